"""What it costs that glibc gives freed memory back to the system after every training step.

A big block is mapped fresh from the system, filled with zeros page by page as it is touched, and
unmapped when freed: a training step does that with all its activations, again and again. Kept
blocks are reused as they are. Each way needs a process of its own; they take turns like all others.
"""

from __future__ import annotations

import platform
import statistics
from contextlib import ExitStack
from functools import partial

from benchmarks.race import Contender, Part, Table, race, table
from benchmarks.sizes import BIG, TOWN, Size, toy
from benchmarks.trainers import OURS_BF16, STEPS, THEIRS_BF16
from benchmarks.turns import Worker

KEEP = {
    "MALLOC_MMAP_THRESHOLD_": "4000000000",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "67108864",
}
WAYS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {  # environment and words for the worker
    "memory kept, by the environment": (KEEP, ()),
    "memory kept, by mallopt": ({}, ("--mallopt",)),
    "as it comes": ({}, ()),
}
NAMES = (OURS_BF16, THEIRS_BF16)


def worker(size: Size, way: str, small: bool) -> Worker:
    """A process that trains when told to, with memory treated one way."""
    environment, words = WAYS[way]
    flags = [*words, "--toy"] if small else [*words]
    return Worker(["benchmarks.worker", size.name, *flags, *NAMES], environment)


def _measure(size: Size, rounds: int, small: bool) -> list[Table]:
    """Training in bfloat16, ours and theirs, with freed memory kept and given back."""
    if platform.libc_ver()[0] != "glibc":
        return [Table(f"{size.name}: memory kept", skipped="this C library is not glibc")]
    with ExitStack() as stack:
        workers = {way: stack.enter_context(worker(size, way, small)) for way in WAYS}
        racing = [
            Contender(f"{name}; {way}", partial(process.turn, name))
            for name in NAMES
            for way, process in workers.items()
        ]
        seconds = race(racing, rounds, f"memory, {size.name}")
    made, steps = toy(size) if small else size, STEPS[size.name]
    facts = {"model": made.shape, "batch": f"{made.batch} sequences of {made.length} tokens"}
    peaks = {
        f"most memory of the process, both models in it, {way}": _peak(process)
        for way, process in workers.items()
    }
    tables = []
    for name in NAMES:
        chosen = {way: seconds[f"{name}; {way}"] for way in WAYS}
        costs = {f"page faults a step, {way}": _faults(workers[way], name, steps) for way in WAYS}
        title = f"{size.name}: {name}"
        tables.append(table(title, "tokens", steps * made.tokens, chosen, facts | costs | peaks))
    kept = {name: seconds[f"{name}; {next(iter(WAYS))}"] for name in NAMES}
    title = f"{size.name}: memory kept for both"
    return [*tables, table(title, "tokens", steps * made.tokens, kept, facts)]


def _faults(process: Worker, name: str, steps: int) -> int:
    """Page faults of a step, the median over the rounds; the first turn warmed up."""
    return round(statistics.median(told["faults"] for told in process.told[name][1:]) / steps)


def _peak(process: Worker) -> str:
    most = max(told["peak_kib"] for turns in process.told.values() for told in turns)
    return f"{most / 2**10:,.0f} MiB"


PARTS: dict[str, Part] = {size.name: partial(_measure, size) for size in (BIG, TOWN)}
