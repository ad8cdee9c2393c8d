"""Writing files so that a crash leaves the old one whole, and finding the folders we own."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO


def atomic_write(path: str | Path, content: bytes | Callable[[BinaryIO], object]) -> Path:
    """Write a file so that readers see either the old version or the complete new one.

    `content` is the bytes themselves, or a function that writes them to an open file. They go to a
    temporary file beside `path`, are flushed to the disk, and only then take the name.
    Raises: OSError naming the file when the disk is full, read-only and so on; whatever
    `content` raises. In every case the old file is as it was and no temporary file stays behind.
    """
    target = Path(os.path.realpath(path))  # through a link: the file it names, not the link
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            if callable(content):
                content(file)
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the first error is the one to report
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            message = f"could not write {target}: {reason}; what was there before is unchanged"
            raise OSError(error.errno, message) from error
        raise
    _flush_folder(target.parent)
    return target


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


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
