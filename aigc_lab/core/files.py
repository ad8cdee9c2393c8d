"""Writing files so that a crash leaves the old one whole, and finding the folders we own."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

STALE = 3600.0  # seconds; a writer on another machine, whom we cannot see, gives a sign in between


def atomic_write(path: str | Path, content: bytes | Callable[[BinaryIO], object]) -> Path:
    """Write a file so that readers see either the old version or the complete new one.

    `content` is the bytes themselves, or a function that writes them to an open file. They go to a
    temporary file beside `path`, are flushed to the disk, and only then take the name.
    Raises: OSError naming the file when the disk is full, read-only and so on; whatever
    `content` raises, as it is. In every case the old file is as it was and no temporary file stays
    behind.
    """
    target = Path(os.path.realpath(path))  # through a link: the file it names, not the link
    temporary, theirs = part_of(target), None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            watched = _Watched(file)
            try:
                if callable(content):
                    content(watched)
                else:
                    watched.write(content)
            except OSError as error:
                theirs = None if watched.failed else error
                raise
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the first error is the one to report
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error is not theirs:
            reason = error.strerror or str(error)
            message = f"could not write {target}: {reason}; what was there before is unchanged"
            raise OSError(error.errno, message) from error
        raise
    _flush_folder(target.parent)
    return target


def part_of(path: Path) -> Path:
    """Where this process writes a file until it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def is_being_written(path: Path) -> bool:
    """Whether a living process of this machine has begun to write a file."""
    parts = path.parent.glob(f".{glob.escape(path.name)}.*.part")
    return any(_has_writer(part) for part in parts)


def clear_parts(folder: Path) -> None:
    """Remove the parts of files that killed processes left in a folder an hour ago or more."""
    for part in folder.glob(".*.part"):
        with contextlib.suppress(OSError):  # another process may have been quicker
            if not _has_writer(part) and time.time() - part.stat().st_mtime > STALE:
                part.unlink()


def write_json(path: str | Path, value: Any) -> Path:
    """Write a value as readable UTF-8 JSON, atomically."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return atomic_write(path, text.encode("utf-8"))


def read_json(path: str | Path) -> Any:
    """Read a JSON file.

    Raises: ValueError naming the file and the line when it does not hold JSON; OSError when it
    cannot be read.
    """
    try:
        return json.loads(Path(path).read_bytes())
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text, so it cannot hold JSON: {error}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} does not hold JSON: {error}; is it the right file?") from error


def data_folder() -> Path:
    """The folder of bundled data: word lists, recorded runs, the small pretrained checkpoint.

    It is `data/` beside `pyproject.toml`: the course runs from a checkout, installed editable.
    Raises: FileNotFoundError saying where it was looked for.
    """
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "data").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / "data"
    raise FileNotFoundError(
        f"the bundled data is not at {checkout / 'data'}; run from a complete checkout of the "
        "course, installed with pip install --editable ."
    )


def cache_folder() -> Path:
    """Where downloads are kept: `$AIGC_LAB_CACHE`, or `aigc-lab` where this system keeps caches."""
    from platformdirs import user_cache_path

    chosen = os.environ.get("AIGC_LAB_CACHE")
    return Path(chosen) if chosen else user_cache_path("aigc-lab", appauthor=False)


class _Watched:
    """A file to write to that remembers whether it was the one to fail."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.failed = file, False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._file, name)
        if not callable(method):
            return method

        def call(*arguments: Any) -> Any:
            try:
                return method(*arguments)
            except OSError:
                self.failed = True
                raise

        return call


def _has_writer(part: Path) -> bool:
    import psutil

    number = part.name.split(".")[-2]
    return number.isdecimal() and psutil.pid_exists(int(number))


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
