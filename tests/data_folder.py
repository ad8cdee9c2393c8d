"""Where tests find the larger public files, which the repository does not carry."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_file(name: str) -> Path:
    """A file or folder in `$AIGC_LAB_DATA` or `../shared/data`; skips the test without it."""
    folders = [BESIDE_THE_REPOSITORY]
    if given := os.environ.get("AIGC_LAB_DATA"):
        folders.insert(0, Path(given))
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    pytest.skip(f"{name} is not here: set AIGC_LAB_DATA to a folder that holds it")
