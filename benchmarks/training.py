"""One training step: batch, forward, backward, clipping, AdamW."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aigc_lab.training.loop import Trainer
from aigc_lab.training.measuring import matmul_peak, mfu
from benchmarks.compilers import compiler, forget
from benchmarks.peers import NotHere, nanogpt
from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.readme import duration, number
from benchmarks.sizes import BIG, MIDDLE, NARROW, SMALL, Size, our_model, their_model, toy
from benchmarks.trainers import (
    BEST_NANO,
    BEST_OURS,
    BEST_OURS_EXACT,
    BEST_THEIRS,
    NAMES,
    NANO,
    SAME_AS_NANO,
    SAME_AS_THEIRS,
    STEPS,
    THEIRS,
    THEIRS_EAGER,
    contender,
    make_trainer,
    the_ids,
)

LOSSES_COMPARED = 3
LOSS_TOLERANCE = 1e-3  # nats
GOAL_BEST = 2.0  # times transformers' quickest
GOALS_FLOAT32 = {THEIRS: 1.15, THEIRS_EAGER: 1.15}
GOAL_NANOGPT = {"small": 1.8, "narrow": 1.8, "middle": 1.8, "big": 1.9}  # times it, not compiled
FIRST_TURN = "first turn, with compiling, "  # and the contender's name
Seconds, Facts, Goals = Mapping[str, Sequence[float]], Mapping[str, Any], Mapping[str, float]


def loss_difference(size: Size, names: Sequence[str]) -> float:
    """How far apart the losses are over the first steps, of those who compute in float32.

    Raises: UnfairRace when they are not doing the same work.
    """
    losses = []
    for name in names:
        trainer = make_trainer(name, size)
        for _ in range(LOSSES_COMPARED):
            trainer.train_step()
        ours = isinstance(trainer, Trainer)
        read = trainer.history.series("train_loss")[1] if ours else map(float, trainer.losses)
        losses.append(list(read))
    difference = max(max(step) - min(step) for step in zip(*losses, strict=True))
    if not difference < LOSS_TOLERANCE:
        raise UnfairRace(f"the losses of {size.name} models differ by {difference} nats")
    return difference


def _measure(size: Size, rounds: int, small: bool) -> list[Table]:
    """One race, seen against each peer: float32 against float32, and each at its best."""
    size = toy(size) if small else size
    names, told = present()
    facts = {
        "model": size.shape,
        "batch": f"{size.batch} sequences of {size.length} tokens",
        "steps a turn": STEPS[size.name],
        "first losses, largest difference (nats)": max(
            loss_difference(size, [name for name in same if name in names])
            for same in (SAME_AS_THEIRS, SAME_AS_NANO)
        ),
        **told,
    }
    forget()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.bin"
        the_ids(size).astype(np.uint16).tofile(file)
        racing = [contender(name, size, file) for name in names]
        compiling = first_turns([racer for racer in racing if "compiled" in racer.name])
        seconds = race(racing, rounds, f"training, {size.name}")
    all_facts = {**facts, **compiling}
    tables = [
        _view(size, "float32, against transformers", SAME_AS_THEIRS, seconds, facts, GOALS_FLOAT32),
        _at_best(size, "transformers", BEST_OURS, BEST_THEIRS, GOAL_BEST, seconds, all_facts),
    ]
    if NANO not in names:
        return tables
    goal = GOAL_NANOGPT[size.name]
    return [
        *tables,
        _view(size, "float32, against nanoGPT", SAME_AS_NANO, seconds, facts, {}),
        _at_best(size, "nanoGPT", BEST_OURS_EXACT, BEST_NANO, goal, seconds, all_facts),
    ]


def present(names: Sequence[str] = NAMES, device: str = "cpu") -> tuple[list[str], dict[str, str]]:
    """Those who can race here, and what a reader should know about nanoGPT and the compiler."""
    names, told = list(names), {}
    try:
        told["nanoGPT"] = f"commit {nanogpt()[1]}"
    except NotHere as missing:
        names = [name for name in names if not name.startswith("nanoGPT")]
        told["nanoGPT"] = f"skipped: {missing}"
    fault, seconds = compiler(device)
    if fault:
        names = [name for name in names if "compiled" not in name]
        told["compiled"] = f"skipped: {fault}"
    else:
        told["seeing whether the compiler works"] = duration(seconds)
    return names, told


def first_turns(racing: Sequence[Contender]) -> dict[str, str]:
    """Let them compile, which is not a part of the race, and say how long that took."""
    told = {}
    for racer in racing:
        began = time.perf_counter()
        racer.run()
        told[FIRST_TURN + racer.name] = duration(time.perf_counter() - began)
    return told


def _at_best(
    size: Size,
    peer: str,
    ours: Sequence[str],
    theirs: Sequence[str],
    goal: float,
    seconds: Seconds,
    facts: Facts,
) -> Table:
    """Our quickest first. The goal stands against transformers' quickest, or nanoGPT uncompiled."""
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    quickest = partial(min, key=median.__getitem__)
    first = quickest(name for name in ours if name in seconds)
    against = NANO if peer == "nanoGPT" else quickest(theirs)
    names = [first, *(name for name in (*ours, *theirs) if name != first)]
    use = use_of_peak(size, STEPS[size.name] * size.tokens / median[first], "bfloat16" in first)
    mine = {name: fact for name, fact in facts.items() if not _of_another(name, names)}
    title = f"each at its best, against {peer}"
    return _view(size, title, names, seconds, {**mine, **use}, {against: goal})


def _of_another(fact: str, names: Iterable[str]) -> bool:
    """Whether a fact is about a contender who is not among the named ones."""
    return fact.startswith(FIRST_TURN) and fact.removeprefix(FIRST_TURN) not in names


def _view(
    size: Size, title: str, names: Sequence[str], seconds: Seconds, facts: Facts, goals: Goals
) -> Table:
    work = STEPS[size.name] * size.tokens
    chosen = {name: seconds[name] for name in names if name in seconds}
    goals = {name: goal for name, goal in goals.items() if name in chosen}
    return table(f"{size.name}: {title}", "tokens", work, chosen, facts, goals)


def use_of_peak(
    size: Size, tokens_per_second: float, half: bool, device: str = "cpu"
) -> dict[str, str]:
    """How much of what this device can multiply a speed needs for the model itself."""
    dtype = torch.bfloat16 if half else torch.float32
    flops = our_model(their_model(size)).flops_per_token(size.length)
    peak = matmul_peak(device, dtype)
    name = str(dtype).removeprefix("torch.")
    return {
        "model FLOPs per token": f"{number(flops / 1e6)} million",
        f"measured peak of {name} matrix products": f"{number(peak / 1e9)} GFLOP/s",
        "share of it that the first row uses": f"{mfu(tokens_per_second, flops, peak):.0%}",
    }


PARTS: dict[str, Part] = {
    size.name: partial(_measure, size) for size in (SMALL, NARROW, MIDDLE, BIG)
}
