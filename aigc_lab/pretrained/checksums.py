"""Whether the files in the hub's cache are whole, and the ones that the hub promised."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from aigc_lab.core.files import atomic_write, cache_folder, read_json
from aigc_lab.pretrained.weights import INDEX

CONFIG = "config.json"
SMALL = (
    *(CONFIG, INDEX),
    *("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"),
)
PROMISE = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")  # the name of a file in the cache
AT_ONCE = 2**22  # bytes
BAR_AFTER = 1.0  # seconds of summing
RIGHT, WRONG = b"", b"wrong"  # what is noted about a file
OTHER = "has another checksum than the hub gave for it"


def find_damage(snapshot: Path, weights: bool = True) -> str | None:
    """What is wrong with the first damaged file in a snapshot of the hub's cache; None if nothing.

    There each file is a link to one that is named by the checksum which the hub gave for it. Where
    a system has no links the cache does not tell it, and only weights and JSON cut short are found.

    The small files are read each time, and of weights the header, which tells a file cut short in
    no time. The weights are summed once, at a second or two per gigabyte or as slowly as the disk
    gives them, with a bar when it takes long; what was found is noted until the file changes.
    `weights=False` leaves them out.
    """
    return next(_damages(snapshot, weights), None)


def _damages(snapshot: Path, weights: bool) -> Iterator[str]:
    small = [snapshot / name for name in SMALL if (snapshot / name).is_file()]
    large = sorted(filter(Path.is_file, snapshot.glob("*.safetensors"))) if weights else []
    checks = [(small, _is_wrong), (large, _is_cut), (large, _is_wrong_as_noted)]
    for paths, check in checks:
        for path in paths:
            if reason := check(path):
                yield f"{path.name} ({path.stat().st_size:,} bytes) {reason}"


def _is_cut(path: Path) -> str | None:
    """Whether weights are shorter than the header in front of them says, or longer."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="np"):
            return None
    except (SafetensorError, OSError):  # an empty file cannot be mapped into memory
        return "is not a whole safetensors file"


def _is_wrong(path: Path) -> str | None:
    """Whether a file has another checksum than its name in the cache says."""
    promised = path.resolve().name
    if PROMISE.fullmatch(promised):
        return None if promised in _sums(path, len(promised)) else OTHER
    if path.suffix == ".json":
        with contextlib.suppress(ValueError):
            read_json(path)
            return None
        return "does not hold JSON"
    return None


def _is_wrong_as_noted(path: Path) -> str | None:
    """The same, from what was noted when the file was last summed."""
    blob = path.resolve()
    about = blob.stat()
    seen = cache_folder() / "checked" / f"{blob.name}-{about.st_size}-{about.st_mtime_ns}"
    if not PROMISE.fullmatch(blob.name) or (noted := _read(seen)) == RIGHT:
        return None
    if noted == WRONG:
        return OTHER
    reason = _is_wrong(path)
    with contextlib.suppress(OSError):  # it will be read again next time, that is all
        atomic_write(seen, WRONG if reason else RIGHT)
    return reason


def _read(note: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return note.read_bytes()
    return None


def _sums(path: Path, digits: int) -> set[str]:
    """The checksums by which the hub may call a file: sha256, or of small ones git's name."""
    from tqdm.auto import tqdm

    size = path.stat().st_size
    if digits == 64:
        digests = [hashlib.sha256()]
    else:  # some mirrors of the hub take the plain sha1
        digests = [hashlib.sha1(start, usedforsecurity=False) for start in (_git(size), b"")]
    shown = dict(unit="B", unit_scale=True, delay=BAR_AFTER, leave=False, disable=size < AT_ONCE)
    bar = tqdm(desc=f"checking {path.name}", total=size, **shown)
    with open(path, "rb") as file, bar:
        while piece := file.read(AT_ONCE):
            for digest in digests:
                digest.update(piece)
            bar.update(len(piece))
    return {digest.hexdigest() for digest in digests}


def _git(size: int) -> bytes:
    """What git puts in front of a file before it sums it."""
    return b"blob %d\0" % size
