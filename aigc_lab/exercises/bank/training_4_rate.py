"""Notebook 06: the learning rate over time."""

from __future__ import annotations

import math

from aigc_lab.core.config import TrainConfig
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
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
        }[climb]()
    share = {
        "right": lambda: (step - warmup_steps) / (steps - warmup_steps),
        "warm-up not subtracted": lambda: step / steps,
        "subtracted above": lambda: (step - warmup_steps) / steps,
        "subtracted below": lambda: step / (steps - warmup_steps),
        "one step early": lambda: (step - warmup_steps) / (steps - warmup_steps - 1),
        "one step on": lambda: (step + 1 - warmup_steps) / (steps - warmup_steps),
    }[done]()
    turn = math.pi * share * period
    left = {
        "cosine": lambda: (1 + math.cos(turn)) / 2,
        "linear": lambda: 1 - share,
        "rising": lambda: (1 - math.cos(turn)) / 2,
        "not halved": lambda: 1 + math.cos(turn),
        "bare": lambda: math.cos(turn),
        "constant": lambda: 1.0,
    }[shape]()
    return {
        "share": lambda: final + (1 - final) * left,
        "max": lambda: max(final, left),
        "added": lambda: final + left,
        "times": lambda: (1 - final) * left,
        "none": lambda: left,
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
        probe("a run that is all warm-up", 2, 3, 3, 0.2),
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
    mistakes=(
        Mistake(
            "nothing at first",
            symptom="the first step has a learning rate of 0",
            diagnosis="the warm-up is step / warmup_steps, and step counts from 0",
            hint="The first batch should not be wasted: begin with one share, not with none.",
            knobs={"climb": "from 0"},
        ),
        Mistake(
            "never quite there",
            symptom="the warm-up ends below 1",
            diagnosis="you divide by warmup_steps + 1",
            hint="The last step of the warm-up is warmup_steps - 1. What should it give?",
            knobs={"climb": "one more"},
        ),
        Mistake(
            "climb over the whole run",
            symptom="the warm-up is too slow, and then the rate jumps",
            diagnosis="the climb divides by steps instead of warmup_steps",
            hint="After how many steps should the factor be 1?",
            knobs={"climb": "of all"},
        ),
        Mistake(
            "no climb",
            symptom="the first steps already have the whole rate",
            diagnosis="during the warm-up you return 1",
            hint="A climb has a step at each step: what is the first?",
            knobs={"climb": "flat"},
        ),
        Mistake(
            "climb from final",
            symptom="the warm-up begins too high",
            diagnosis="the climb starts from final; only the fall ends there",
            hint="The first of 4 warm-up steps has a quarter of the rate.",
            knobs={"climb": "from final"},
        ),
        Mistake(
            "no warm-up",
            symptom="the first steps are wrong",
            diagnosis="the cosine is used during the warm-up too",
            hint="What should happen while step < warmup_steps?",
            knobs={"climb": "none"},
        ),
        Mistake(
            "one step too long",
            symptom="the factor is above 1 in the first step after the warm-up",
            diagnosis="the warm-up lasts one step too long: <= where < belongs",
            hint="step counts from 0. Which is the last of 4 steps?",
            knobs={"until": 1},
        ),
        Mistake(
            "warm-up not subtracted",
            symptom="the rate jumps down where the warm-up ends",
            diagnosis="the way down is step / steps, as if it had begun at step 0",
            hint="How much of the way down is done in its first step?",
            knobs={"done": "warm-up not subtracted"},
        ),
        Mistake(
            "subtracted above only",
            symptom="the rate never comes near final",
            diagnosis="the way down is divided by steps, and it is only steps - warmup_steps long",
            hint="How many steps remain after the warm-up?",
            knobs={"done": "subtracted above"},
        ),
        Mistake(
            "subtracted below only",
            symptom="the rate jumps down where the warm-up ends, and rises again at the end",
            diagnosis="you count the way down from step 0, and divide by the steps after the "
            "warm-up",
            hint="How much of the way down is done in its first step?",
            knobs={"done": "subtracted below"},
        ),
        Mistake(
            "final at the last step",
            symptom="the rate falls a little too fast",
            diagnosis="the way down is one step too short: you divide by steps - warmup_steps - 1",
            hint="Here the fall would reach final at step number `steps`, just after the end.",
            knobs={"done": "one step early"},
        ),
        Mistake(
            "one step on",
            symptom="the first step after the warm-up is below 1",
            diagnosis="the way down counts step + 1",
            hint="How much of the way down is done in its first step?",
            knobs={"done": "one step on"},
        ),
        Mistake(
            "full period",
            symptom="the rate falls until half-way, and climbs back",
            diagnosis="the cosine goes through 2π, a whole turn",
            hint="cos falls from 1 to -1 between 0 and …?",
            knobs={"period": 2.0},
        ),
        Mistake(
            "quarter period",
            symptom="the rate falls too slowly",
            diagnosis="the cosine goes only to π/2, and you treat it as if it reached -1",
            hint="cos falls from 1 to -1 between 0 and …?",
            knobs={"period": 0.5},
        ),
        Mistake(
            "no pi",
            symptom="the rate falls too slowly",
            diagnosis="π is missing inside the cosine",
            hint="cos falls from 1 to -1 between 0 and …?",
            knobs={"period": 1 / math.pi},
        ),
        Mistake(
            "degrees",
            symptom="the rate hardly falls",
            diagnosis="the angle is in degrees; math.cos wants radians",
            hint="Half a turn is π for math.cos, not 180.",
            knobs={"period": 180 / math.pi},
        ),
        Mistake(
            "linear",
            symptom="the rate falls along a straight line",
            diagnosis="there is no cosine",
            hint="The fall should be gentle at both ends.",
            knobs={"shape": "linear"},
        ),
        Mistake(
            "rising",
            symptom="after the warm-up the rate falls to final at once, and climbs",
            diagnosis="the sign before the cosine is a minus",
            hint="What is cos(0), and what should be left of the rate there?",
            knobs={"shape": "rising"},
        ),
        Mistake(
            "not halved",
            symptom="after the warm-up the rate jumps above 1",
            diagnosis="1 + cos runs from 2 to 0, and you do not halve it",
            hint="What is left at the beginning of the fall must be 1.",
            knobs={"shape": "not halved"},
        ),
        Mistake(
            "bare cosine",
            symptom="the rate falls below final, and may turn negative",
            diagnosis="you use cos as it is, which runs from 1 to -1",
            hint="What is left must run from 1 to 0. How do you move and squeeze the cosine?",
            knobs={"shape": "bare"},
        ),
        Mistake(
            "no fall",
            symptom="after the warm-up the rate stays at 1",
            diagnosis="the second part is missing",
            hint="After the warm-up the rate falls from 1 towards final.",
            knobs={"shape": "constant"},
        ),
        Mistake(
            "floor by max",
            symptom="the rate is too low on the way, and final from some step on",
            diagnosis="you cut the cosine off at final with max",
            hint="The whole curve is squeezed between 1 and final; nothing is cut off.",
            knobs={"floor": "max"},
        ),
        Mistake(
            "final added",
            symptom="after the warm-up the rate jumps above 1",
            diagnosis="you add final to the whole cosine part",
            hint="At the beginning of the fall final and the rest must add up to 1.",
            knobs={"floor": "added"},
        ),
        Mistake(
            "final left out",
            symptom="the rate begins its fall at 1 - final and ends at 0",
            diagnosis="you scale by 1 - final, and forget to add final",
            hint="What should the last steps come near to?",
            knobs={"floor": "times"},
        ),
        Mistake(
            "final unused",
            symptom="the rate falls to 0",
            diagnosis="final is not used",
            hint="Which of the arguments does your code never mention?",
            knobs={"floor": "none"},
        ),
    ),
)

EXERCISES = (RATE,)
