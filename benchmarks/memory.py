"""What it costs that glibc gives freed memory back to the system after every training step.

A big block is mapped fresh from the system, filled with zeros page by page as it is touched, and
unmapped when freed: a training step does that with all its activations, again and again. Kept
blocks are reused as they are. Each way needs a process of its own; they take turns like all others.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.checkout import ROOT
from benchmarks.race import Contender, Part, Table, race, table
from benchmarks.sizes import BIG, TOWN, Size, toy
from benchmarks.training import OURS_BF16, STEPS, THEIRS_BF16

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


class Worker:
    """A process that trains when told to."""

    def __init__(self, size: Size, way: str, small: bool) -> None:
        environment, words = WAYS[way]
        self.told: dict[str, list[dict[str, int]]] = {}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_"))}
        flags = [*words, "--toy"] if small else [*words]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", size.name, *flags, *NAMES],
            cwd=ROOT,
            env={**clean, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us, and we end the worker
        )
        try:
            self._answer()  # it has built its models
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, which has nothing to lose."""
        self.process.terminate()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def turn(self, name: str) -> None:
        """Let one contender take its turn, and wait for its end."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        self.told.setdefault(name, []).append(self._answer())

    def _answer(self) -> Any:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended with code {self.process.wait()}; see above")
        return json.loads(line)


def _measure(size: Size, rounds: int, small: bool) -> list[Table]:
    """Training in bfloat16, ours and theirs, with freed memory kept and given back."""
    if platform.libc_ver()[0] != "glibc":
        return [Table(f"{size.name}: memory kept", skipped="this C library is not glibc")]
    with ExitStack() as stack:
        workers = {way: stack.enter_context(Worker(size, way, small)) for way in WAYS}
        racing = [
            Contender(f"{name}; {way}", partial(worker.turn, name))
            for name in NAMES
            for way, worker in workers.items()
        ]
        seconds = race(racing, rounds, f"memory, {size.name}")
    made, steps = toy(size) if small else size, STEPS[size.name]
    facts = {"model": made.shape, "batch": f"{made.batch} sequences of {made.length} tokens"}
    peaks = {
        f"most memory of the process, both models in it, {way}": _peak(worker)
        for way, worker in workers.items()
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


def _faults(worker: Worker, name: str, steps: int) -> int:
    """Page faults of a step, the median over the rounds; the first turn warmed up."""
    return round(statistics.median(told["faults"] for told in worker.told[name][1:]) / steps)


def _peak(worker: Worker) -> str:
    most = max(told["peak_kib"] for turns in worker.told.values() for told in turns)
    return f"{most / 2**10:,.0f} MiB"


PARTS: dict[str, Part] = {size.name: partial(_measure, size) for size in (BIG, TOWN)}
