"""A second process that trains on demand, so that its C library can be set up differently.

    python -m benchmarks.worker SIZE [--toy] [--mallopt] NAME…

It answers every line on standard input, the name of a contender, with one JSON line when that
contender's turn is over.
"""

from __future__ import annotations

import ctypes
import json
import re
import resource
import sys
from pathlib import Path

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # from glibc's malloc.h
TOP_PAD = 64 * 2**20


def keep_memory() -> None:
    """Ask glibc's malloc never to give freed memory back to the system.

    No block is mapped on its own, and the heap never shrinks.
    """
    library = ctypes.CDLL(None)
    for what, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, -1), (M_TOP_PAD, TOP_PAD)):
        if library.mallopt(what, value) != 1:
            raise OSError(f"mallopt({what}, {value}) was refused")


def peak_kib() -> int:
    """The most memory that this very program has held so far.

    getrusage's ru_maxrss would not do: it begins at what the parent held when it started us.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def main(words: list[str]) -> None:
    """Serve turns until standard input ends."""
    flags = {word for word in words if word.startswith("--")}
    size_name, *names = [word for word in words if word not in flags]
    if "--mallopt" in flags:
        keep_memory()
    from benchmarks.sizes import BIG, TOWN, toy
    from benchmarks.trainers import contender

    size = {size.name: size for size in (BIG, TOWN)}[size_name]
    size = toy(size) if "--toy" in flags else size
    turns = {name: contender(name, size).run for name in names}
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        before = resource.getrusage(resource.RUSAGE_SELF)
        turns[line.strip()]()
        after = resource.getrusage(resource.RUSAGE_SELF)
        faults = after.ru_minflt - before.ru_minflt
        print(json.dumps({"faults": faults, "peak_kib": peak_kib()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
