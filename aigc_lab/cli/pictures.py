"""Figures into files, checked before any work is done for them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.core.arguments import UsageProblem
from aigc_lab.core.files import atomic_write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = (".png", ".svg", ".pdf")


def require_writable(name: str, kinds: Sequence[str] = KINDS) -> None:
    """Refuse a file that could not be written in the end.

    Raises: UsageProblem for another suffix; ValueError for a place that is a folder, not there, or
        not to be written to.
    """
    path = Path(name)
    if path.suffix.lower() not in kinds:
        raise UsageProblem(f"{name} is no picture file; end its name in {', '.join(kinds)}")
    if path.is_dir():
        raise ValueError(f"{name} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to put {path.name} in; make it first")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"{path.parent} cannot be written to; put {path.name} into another folder")


def without_display() -> None:
    """Draw into files only: neither a window nor a display is needed."""
    import matplotlib

    matplotlib.use("agg")


def save(figure: Figure, name: str) -> None:
    """Write a figure, replacing an older picture of that name only when the new one is whole."""
    kind = Path(name).suffix.lower().lstrip(".")
    picture = BytesIO()
    figure.savefig(picture, format=kind)
    atomic_write(name, picture.getvalue())
