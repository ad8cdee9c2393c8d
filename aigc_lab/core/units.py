"""Sizes and times in words that a reader takes in at once."""

from __future__ import annotations

TIMES = ((365 * 86400, "years"), (86400, "days"), (3600, "hours"), (60, "minutes"))
UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def size(count: int) -> str:
    """Bytes for a reader.

    >>> size(500), size(3 * 2**20), size(5 * 2**29)
    ('500 bytes', '3.0 MiB', '2.5 GiB')
    """
    for unit, name in UNITS:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes"


def duration(seconds: float) -> str:
    """A time for a reader.

    >>> duration(7.3), duration(200), duration(9000), duration(200_000)
    ('7 seconds', '3.3 minutes', '2.5 hours', '2.3 days')
    """
    for unit, name in TIMES:
        if seconds >= 1.5 * unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.0f} seconds"
