"""Tiny Shakespeare, letter by letter: how good a model becomes in nanoGPT's time."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aigc_lab.core.config import TrainConfig, to_dict
from aigc_lab.training.recipes import RECIPES, Recipe, changed
from benchmarks import pupil
from benchmarks.peers import NotHere, nanogpt
from benchmarks.quality import letters
from benchmarks.race import Part
from benchmarks.readme import duration, number
from benchmarks.sheet import Sheet

RECIPE = "shakespeare-char"
NANO_STEPS = 2000
SEEDS = (0, 1, 2)
GOAL, STRETCH = 1.62, 1.55  # nats per letter, the mean over the seeds
SPARE = 0.03  # of the time, for steps that take longer than those that were measured
EXAMS = 8  # of a run, spread evenly
TITLE = "the loss that nanoGPT's time buys"
TOY_MODEL = dict(block_size=16, n_layer=1, n_head=2, n_embd=8)
Data = dict[str, Any]


def recipe_for(vocab: int, small: bool = False, name: str = RECIPE) -> Recipe:
    """One of our recipes, with the alphabet of the text; a small one to try the code."""
    recipe = RECIPES[name]
    sizes = TOY_MODEL if small else {}
    return replace(recipe, model=replace(recipe.model, vocab_size=vocab, **sizes))


def paced(recipe: Recipe, steps: int, seed: int) -> TrainConfig:
    """The recipe's training in so many steps, examined a few times."""
    every = -(-steps // EXAMS)
    return changed(recipe, steps=steps, seed=seed, eval_every=every, checkpoint_every=steps).train


def _race(rounds: int, small: bool) -> list[Sheet]:
    """nanoGPT to the end of its recipe, then ours for as many seconds, once with each seed."""
    try:
        text, (_, commit) = letters(small), nanogpt()
    except NotHere as missing:
        return [Sheet(TITLE, skipped=str(missing))]
    steps = 40 if small else NANO_STEPS
    theirs = _told(
        "nanoGPT", dict(who="nanogpt", steps=steps, eval_every=-(-steps // EXAMS)), small
    )
    recipe = recipe_for(text.vocab, small)
    ours = dict(model=to_dict(recipe.model))
    pace = pupil.send({"who": "pilot", **ours, "train": to_dict(recipe.train), "small": small})
    steps = steps_within(theirs["seconds"], **pace)
    runs = []
    for seed in SEEDS:
        train = to_dict(paced(recipe, steps, seed))
        task = dict(who="ours", **ours, train=train, deadline=theirs["seconds"])
        runs.append(_told(f"ours, seed {seed}", task, small))
    data = {"nanogpt": theirs, "commit": commit, "pace": pace, "ours": runs}
    return [sheet({**data, **ours, "train": train, "letters": len(text.exam) - 1})]


def steps_within(budget: float, start: float, step: float) -> int:
    """How many steps can be done, a little time kept to spare.

    >>> steps_within(100.0, start=17.0, step=0.5)
    160
    """
    return max(1, int((budget * (1 - SPARE) - start) / step))


def _told(name: str, task: dict[str, Any], small: bool) -> dict[str, Any]:
    """Let somebody learn, and tell whoever waits how it went."""
    run = pupil.send({**task, "small": small})
    print(
        f"{name}: {run['loss']:.4f} after {duration(run['seconds'])}", file=sys.stderr, flush=True
    )
    return run


def sheet(data: Mapping[str, Any]) -> Sheet:
    """What the runs say, in words."""
    theirs, runs, model, train = (data[name] for name in ("nanogpt", "ours", "model", "train"))
    named = {"nanoGPT": theirs, **{f"ours, seed {run['seed']}": run for run in runs}}
    lines = [(name, *_cells(run), f"{run['loss']:.3f}") for name, run in named.items()]
    mean = statistics.fmean(run["loss"] for run in runs)
    late = [name for name, run in named.items() if run["seconds"] > theirs["seconds"]]
    verdict = "; ".join(
        f"{name} {goal}: {'reached' if mean <= goal and not late else 'missed'}"
        for name, goal in (("goal", GOAL), ("stretch", STRETCH))
    )
    lines.append((f"ours, mean of {len(runs)} seeds", "", "", "", f"{mean:.3f}; {verdict}"))
    lost = [f"{name} took longer than nanoGPT." for name in late]
    if mean > GOAL:
        lost.append(f"the goal of {GOAL} is missed: {mean:.3f}.")
    facts = {
        "nanoGPT": f"commit {data['commit']}",
        "held-out letters scored": data["letters"],
        "parameters, nanoGPT": theirs["parameters"],
        "parameters, ours": runs[0]["parameters"],
        "our model": f"{model['n_layer']} layers, {model['n_head']} heads, {model['n_embd']} wide",
        "our batch": f"{train['batch_size']} sequences of {model['block_size']}",
        "our start, with whatever is compiled": duration(max(0.0, data["pace"]["start"])),
        "our step, as measured beforehand": duration(data["pace"]["step"]),
        **runs[0]["remarks"],
    }
    head = ("", "seconds", "steps", "letters/s", "loss on all held-out letters")
    return Sheet(TITLE, head, tuple(lines), facts, tuple(lost), dict(data))


def _cells(run: Mapping[str, Any]) -> tuple[str, str, str]:
    speed = number(run["tokens"] / run["seconds"])
    return f"{run['seconds']:.1f}", f"{run['steps']:,}", speed


PARTS: dict[str, Part] = {"race": _race}
