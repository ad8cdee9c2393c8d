"""Notebook 06: mistakes with corrections and division, of the exercise in training_3_adamw."""

from __future__ import annotations

import math
from typing import Any

from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_3_adamw


def caret(p: ndarray, g: ndarray, m: ndarray, v: ndarray, step: int, **settings: float) -> Any:
    """The power of another language."""
    return m / (1 - settings.get("beta1", 0.9) ^ step)


def root_of_a_number(
    p: ndarray, g: ndarray, m: ndarray, v: ndarray, step: int, **settings: float
) -> Any:
    """The root of an array, by a function for single numbers."""
    return p - m / math.sqrt(v)


CORRECTIONS = (
    Mistake(
        "no correction",
        symptom="m and v are right, and the first steps have the wrong size",
        diagnosis="m and v are used as they are, without the division that makes up for their "
        "beginning at 0",
        hint="After one step m is (1 - beta1) * g. What must it be divided by to give g?",
        knobs={"correct": "none"},
    ),
    Mistake(
        "only m corrected",
        symptom="the first step is far too long",
        diagnosis="you correct m, but not v",
        hint="v begins at 0 too, and creeps even more slowly.",
        knobs={"correct": "m"},
    ),
    Mistake(
        "only v corrected",
        symptom="the first step is too short, by a factor of ten at beta1 = 0.9",
        diagnosis="you correct v, but not m",
        hint="m begins at 0 too.",
        knobs={"correct": "v"},
    ),
    Mistake(
        "step from 0",
        symptom="the first step divides by zero",
        diagnosis="the power in the correction is step - 1, but step counts from 1 here",
        hint="Before the first step nothing has been averaged. What is `step` in the first?",
        knobs={"count": -1},
    ),
    Mistake(
        "step from 2",
        symptom="the first steps have the wrong size",
        diagnosis="the power in the correction is step + 1, but step counts from 1 already",
        hint="What is `step` in the very first step?",
        knobs={"count": 1},
    ),
    Mistake(
        "times step",
        symptom="the correction is wrong from the second step on",
        diagnosis="the correction has beta * step, not beta to the power of step",
        hint="Each step multiplies what is left of the beginning by beta once more.",
        knobs={"correct": "times"},
    ),
    Mistake(
        "not growing",
        symptom="the first step is right, and all later ones have the wrong size",
        diagnosis="the correction divides by 1 - beta in every step, without the power",
        hint="After a thousand steps, how much is left of the beginning at 0?",
        knobs={"correct": "first"},
    ),
    Mistake(
        "eps inside",
        symptom="tiny gradients move p too little",
        diagnosis="eps stands under the root",
        hint="Take the root first, then add eps.",
        knobs={"divide": "inside"},
    ),
    Mistake(
        "eps before the correction",
        symptom="when eps counts, the step is too short or too long",
        diagnosis="eps is added to the root of v before v is corrected",
        hint="eps is added last, to the root of the corrected v.",
        knobs={"divide": "early"},
    ),
    Mistake(
        "no eps",
        symptom="where there has never been a gradient, p becomes nan",
        diagnosis="eps is not added",
        hint="What is 0 / 0?",
        knobs={"divide": "no eps"},
    ),
    Mistake(
        "no root",
        symptom="small gradients make huge steps, and large ones tiny steps",
        diagnosis="you divide by v, without its root",
        hint="v holds squares. In which unit is a step measured?",
        knobs={"divide": "no root"},
    ),
    Mistake(
        "power outside",
        symptom="the first step is right, and all later ones have the wrong size",
        diagnosis="the correction is (1 - beta) ** step instead of 1 - beta**step",
        hint="The power belongs to beta alone: that is how much of the beginning is left.",
        knobs={"correct": "power outside"},
    ),
    Mistake(
        "correction multiplied",
        symptom="the first step has the wrong size, and the error fades",
        diagnosis="you multiply by the corrections instead of dividing",
        hint="m is too small at first. What makes it larger?",
        knobs={"correct": "multiplied"},
    ),
    Mistake(
        "one beta corrects",
        symptom="m is right, and v is corrected too little",
        diagnosis="v is corrected with beta1",
        hint="Each average has its own beta, in the correction too.",
        knobs={"correct": "beta1"},
    ),
    Mistake(
        "root corrected",
        symptom="the first step is too short",
        diagnosis="the correction divides the root of v instead of v itself",
        hint="First correct v, then take the root.",
        knobs={"divide": "root corrected"},
    ),
    Mistake(
        "eps added to p",
        symptom="where there has never been a gradient, p becomes nan",
        diagnosis="eps is added to p instead of to the root: parentheses are missing",
        hint="a / b + c is (a / b) + c.",
        knobs={"divide": "eps to p"},
    ),
    Mistake(
        "caret",
        symptom="it stops with a TypeError about ^",
        diagnosis="^ is no power in Python",
        hint="How does Python write a power?",
        wrong=caret,
    ),
    Mistake(
        "math.sqrt",
        symptom="it stops with a TypeError about scalars",
        diagnosis="math.sqrt takes single numbers, and v is an array",
        hint="Which square root takes whole arrays?",
        wrong=root_of_a_number,
    ),
)
