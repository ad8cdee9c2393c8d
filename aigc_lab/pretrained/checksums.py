"""Whether the weights in the hub's cache are the ones that the hub promised."""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path

from aigc_lab.core.files import atomic_write, cache_folder

SHA256 = re.compile(r"[0-9a-f]{64}")
AT_ONCE = 2**22  # bytes


def first_damaged(snapshot: Path) -> Path | None:
    """The first file of weights in a snapshot of the hub's cache that is not what was promised.

    There each file is a link to one that is named by the sha256 which the hub gave for it. Where
    a system has no links, the cache does not tell, and nothing is checked. What was found to be
    right is not read again until the file changes: half a gigabyte takes about a second.
    """
    weights = sorted(snapshot.glob("*.safetensors"))
    return next((path for path in weights if not _is_as_promised(path)), None)


def _is_as_promised(path: Path) -> bool:
    blob = path.resolve()
    if not SHA256.fullmatch(blob.name):
        return True
    about = blob.stat()
    seen = cache_folder() / "checked" / f"{blob.name}-{about.st_size}-{about.st_mtime_ns}"
    if seen.is_file():
        return True
    if _sha256(blob) != blob.name:
        return False
    with contextlib.suppress(OSError):  # it will be read again next time, that is all
        atomic_write(seen, b"")
    return True


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
