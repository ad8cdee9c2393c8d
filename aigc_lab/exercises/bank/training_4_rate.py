"""Notebook 06: the learning rate over time."""

from __future__ import annotations

import math

from aigc_lab.core.config import TrainConfig
from aigc_lab.exercises.bank.training_4_rate_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.training import schedule


def lr_at(step: int, steps: int, warmup_steps: int, final: float) -> float:
    """The package's cosine schedule."""
    config = TrainConfig(steps=steps, warmup_steps=warmup_steps, final_lr_fraction=final)
    return schedule.lr_at(step, config)


def flawed(
    step: int,
    steps: int,
    warmup_steps: int,
    final: float,
    *,
    climb: str = "right",
    until: int = 0,
    done: str = "right",
    period: float = 1.0,
    shape: str = "cosine",
    floor: str = "share",
) -> float:
    """The same with what can go wrong."""
    if step < warmup_steps + until and climb != "none":
        return {
            "right": lambda: (step + 1) / warmup_steps,
            "from 0": lambda: step / warmup_steps,
            "one more": lambda: (step + 1) / (warmup_steps + 1),
            "of all": lambda: (step + 1) / steps,
            "flat": lambda: 1.0,
            "from final": lambda: final + (1 - final) * (step + 1) / warmup_steps,
            "whole": lambda: (step + 1) // warmup_steps,
            "times cosine": lambda: (
                (step + 1) / warmup_steps * flawed(step, steps, 0, final, done=done)
            ),
        }[climb]()
    share = {
        "right": lambda: (step - warmup_steps) / (steps - warmup_steps),
        "warm-up not subtracted": lambda: step / steps,
        "subtracted above": lambda: (step - warmup_steps) / steps,
        "subtracted below": lambda: step / (steps - warmup_steps),
        "one step early": lambda: (step - warmup_steps) / (steps - warmup_steps - 1),
        "one step on": lambda: (step + 1 - warmup_steps) / (steps - warmup_steps),
        "whole": lambda: (step - warmup_steps) // (steps - warmup_steps),
    }[done]()
    turn = math.pi * share * period
    left = {
        "cosine": lambda: (1 + math.cos(turn)) / 2,
        "linear": lambda: 1 - share,
        "rising": lambda: (1 - math.cos(turn)) / 2,
        "not halved": lambda: 1 + math.cos(turn),
        "bare": lambda: math.cos(turn),
        "halved alone": lambda: math.cos(turn) / 2,
    }[shape]()
    return {
        "share": lambda: final + (1 - final) * left,
        "max": lambda: max(final, left),
        "added": lambda: final + left,
        "times": lambda: (1 - final) * left,
        "none": lambda: left,
        "exponential": lambda: final**share,
        "halved too": lambda: final / 2 + (1 - final) * left,
    }[floor]()


def _probes() -> list[Probe]:
    return [
        probe("the first of 10 steps, 4 of them warm-up", 0, 10, 4, 0.1),
        probe("the second step of the warm-up", 1, 10, 4, 0.1),
        probe("the last step of the warm-up", 3, 10, 4, 0.1),
        probe("the first step after the warm-up", 4, 10, 4, 0.1),
        probe("half-way down", 7, 10, 4, 0.1),
        probe("the last step", 9, 10, 4, 0.1),
        probe("the first step, without a warm-up", 0, 7, 0, 0.25),
        probe("a third of the way, without a warm-up", 7, 21, 0, 0.25),
        probe("down to nothing", 88, 97, 13, 0.0),
        probe("down to a half", 61, 97, 13, 0.5),
        probe("a warm-up of one step", 0, 5, 1, 0.2),
    ]


RATE = Exercise(
    name="lr_at",
    notebook="06_training",
    title="Warm up, then cool down",
    points=1,
    reference=lr_at,
    probes=_probes,
    flawed=flawed,
    hints=(
        "There are two parts. Work out by hand what each gives at its first and its last step, "
        "for 10 steps with a warm-up of 4.",
        "While step < warmup_steps: (step + 1) / warmup_steps. Afterwards, how much of the way "
        "down is done: steps since the warm-up over steps that remain after it. The cosine turns "
        "that into what is left, from 1 to 0, and final is what always stays.",
        "done = (step - warmup_steps) / (steps - warmup_steps)\n"
        "left = (1 + math.cos(math.pi * done)) / 2\n"
        "…then final plus (1 - final) of what is left",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (RATE,)
