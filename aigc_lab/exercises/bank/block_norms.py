"""Notebook 05: what goes wrong alike in both normalisations."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercises that these belong to stand in block_1 and block_2

FIXED_EPS = Mistake(
    "fixed_eps",
    "all is right until another eps is asked for",
    "a number is written where eps should stand",
    "Use the argument eps; 1e-5 is only what it is when nobody says otherwise.",
    knobs={"eps_at": "fixed"},
)
COUNTED_AXES = (
    Mistake(
        "column",
        "one text is right, several at once stop with an error",
        "`[:, None]` puts the new axis second; in a batch it must come last",
        "keepdims=True, or [..., None], works however many axes stand in front.",
        knobs={"kept": "column"},
    ),
    Mistake(
        "two_axes",
        "one text is right, several at once stop with an error",
        "`T, C = x.shape` allows no axes in front of T",
        "You need the size of the last axis at most: x.shape[-1], whatever stands in front.",
        knobs={"kept": "both of two"},
    ),
    Mistake(
        "three_axes",
        "several texts are right, a single one stops with an error",
        "`B, T, C = x.shape` insists on exactly one axis in front of T",
        "You need the size of the last axis at most: x.shape[-1], whatever stands in front.",
        knobs={"kept": "both of three"},
    ),
)
