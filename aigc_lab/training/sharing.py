"""What one process of a machine makes for all of a run's processes there."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from aigc_lab.core.files import clear_parts, is_being_written, part_of

if TYPE_CHECKING:
    from aigc_lab.training.parallel import Team

LOOK_EVERY = 0.2  # seconds between two looks for a file that another process writes
PATIENCE = 300.0  # seconds to wait for a file that no process is writing


def first_here() -> bool:
    """Whether this process is the first, or the only one, of a run on this machine."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def processes_here(processes: int) -> int:
    """How many of a run's processes are on this machine, as `torchrun` tells; else all of them."""
    return min(processes, int(os.environ.get("LOCAL_WORLD_SIZE", processes)))


def written_once(path: Path, write: Callable[[], object]) -> Path:
    """A file that this machine's first process writes if need be, and the others wait for.

    They wait as long as it is being written, be it for hours.

    Raises: TimeoutError when nobody writes it; what `write` raises.
    """
    if not first_here():
        _wait_for(path)
    elif not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        clear_parts(path.parent)
        sign = part_of(path)  # of life, for those who wait, from before its first byte
        sign.touch()
        try:
            write()
        finally:
            sign.unlink(missing_ok=True)
    return path


@contextmanager
def meeting_place(crew: Team) -> Iterator[Path | None]:
    """A folder of this machine through which its first process hands on what it made.

    None where there is one process only. The folder goes when all have been there.
    """
    if crew.size == 1:
        yield None
        return
    import torch

    number = crew.total(torch.tensor(secrets.randbits(62) if crew.is_first else 0))
    place = Path(gettempdir()) / f"aigc-lab-{int(number):x}"
    try:
        yield place
        crew.wait()
    finally:
        if first_here():
            shutil.rmtree(place, ignore_errors=True)


def _wait_for(path: Path) -> None:
    patient_until = time.monotonic() + PATIENCE
    while not path.is_file():
        if is_being_written(path):
            patient_until = time.monotonic() + PATIENCE
        elif time.monotonic() > patient_until:
            raise TimeoutError(
                f"{path} did not come within {PATIENCE:g} seconds, and no process is writing it: "
                "the one that was to do so has ended; start the run again"
            )
        time.sleep(LOOK_EVERY)
