"""Tiny Shakespeare for longer: the minutes to the loss that nanoGPT publishes for a GPU."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aigc_lab.core.config import to_dict
from aigc_lab.core.files import write_json
from aigc_lab.core.runtime import git_commit
from aigc_lab.training.recipes import changed
from benchmarks.checkout import ROOT
from benchmarks.peers import NotHere
from benchmarks.quality import learn, letters
from benchmarks.race import Part
from benchmarks.readme import number
from benchmarks.shakespeare import recipe_for
from benchmarks.sheet import Sheet

LONG_RECIPE = "shakespeare-char-long"
PUBLISHED = 1.4697  # nats per letter: nanoGPT's README, of its larger recipe on an A100
GOAL, STRETCH = 15.0, 8.0  # minutes
PATIENCE = GOAL  # minutes of training, after which it ends wherever it is
TITLE = "minutes to the loss that nanoGPT publishes for a GPU"
RUNS = ROOT / "runs" / "benchmarks"  # which git does not keep
DONE = "result.json"  # in a run's folder: it has ended, and the next one begins anew
EXAMS = 16  # of a run, spread evenly


def _run(rounds: int, small: bool) -> list[Sheet]:
    """One run until it is as good as published, has used its time up, or has taken all its steps.

    It goes on where an earlier one of the same commit was cut off.
    """
    try:
        text = letters(small)
    except NotHere as missing:
        return [Sheet(TITLE, skipped=str(missing))]
    recipe = recipe_for(text.vocab, small, LONG_RECIPE)
    steps = 40 if small else recipe.train.steps
    every = -(-steps // EXAMS)
    train = changed(recipe, steps=steps, eval_every=every, checkpoint_every=every).train
    folder = _folder(small)
    run = learn(recipe.model, train, text, PATIENCE * 60, PUBLISHED, folder)
    write_json(folder / DONE, run)
    configs = {"model": to_dict(recipe.model), "train": to_dict(train)}
    return [sheet({"ours": run, **configs, "letters": len(text.exam) - 1})]


def _folder(small: bool) -> Path:
    commit = (git_commit() or "unknown")[:12]
    folder = RUNS / f"shakespeare-long-{'toy' if small else commit}"
    if (folder / DONE).exists():
        shutil.rmtree(folder)
    return folder


def sheet(data: Mapping[str, Any]) -> Sheet:
    """What the run says, in words."""
    run, model, train = data["ours"], data["model"], data["train"]
    reached = next((point for point in run["validation"] if point[2] <= PUBLISHED), None)
    best = min(run["validation"], key=lambda point: point[2])
    step, seconds, loss = reached or best
    minutes = seconds / 60
    verdict = "; ".join(
        f"{name} {goal:g} min: {'reached' if reached and minutes <= goal else 'missed'}"
        for name, goal in (("goal", GOAL), ("stretch", STRETCH))
    )
    name = f"ours, to {PUBLISHED}" if reached else f"ours, its best; {PUBLISHED} is not reached"
    line = (name, f"{minutes:.1f}; {verdict}", f"{step:,}", f"{loss:.4f}")
    facts = {
        "held-out letters scored": data["letters"],
        "parameters": run["parameters"],
        "our model": f"{model['n_layer']} layers, {model['n_head']} heads, {model['n_embd']} wide",
        "our batch": f"{train['batch_size']} sequences of {model['block_size']}",
        "letters learned from a second": number(run["tokens"] / run["seconds"]),
        "steps of the whole recipe": train["steps"],
        **run["remarks"],
    }
    lost = () if reached and minutes <= GOAL else (f"the goal of {GOAL:g} minutes is missed.",)
    head = ("", "minutes", "steps", "loss on all held-out letters")
    return Sheet(TITLE, head, (line,), facts, lost, dict(data))


PARTS: dict[str, Part] = {"run": _run}
