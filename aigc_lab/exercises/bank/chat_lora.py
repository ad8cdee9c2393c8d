"""Notebook 11: the ways to scale an adapter, for its exercises on LoRA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # for other modules

RANK = "x has d_in features, then r, then d_out. Which size of A is the r?"
SCALE = "With α = 16 and r = 8 the adapter counts double. What is the factor in your code?"

SCALES: dict[str, Callable[[float, ndarray, ndarray], Any]] = {
    "alpha / r": lambda alpha, A, B: alpha / A.shape[0],
    "none": lambda alpha, A, B: 1.0,
    "alpha": lambda alpha, A, B: alpha,
    "1 / r": lambda alpha, A, B: 1 / A.shape[0],
    "r / alpha": lambda alpha, A, B: A.shape[0] / alpha,
    "alpha r": lambda alpha, A, B: alpha * A.shape[0],
    "alpha / sqrt r": lambda alpha, A, B: alpha / np.sqrt(A.shape[0]),
    "alpha // r": lambda alpha, A, B: alpha // A.shape[0],
    "squared": lambda alpha, A, B: (alpha / A.shape[0]) ** 2,
    "alpha / d_in": lambda alpha, A, B: alpha / A.shape[1],
    "alpha / d_out": lambda alpha, A, B: alpha / B.shape[0],
    "1 / alpha": lambda alpha, A, B: 1 / alpha,
}

WRONG_SCALES = (
    Mistake(
        "no scale",
        symptom="the adapter has the wrong strength",
        diagnosis="you add the adapter as it is, without α / r",
        hint=SCALE,
        knobs={"scale": "none"},
    ),
    Mistake(
        "alpha alone",
        symptom="the adapter is too strong, the more so the higher its rank",
        diagnosis="you multiply by α and do not divide by the rank",
        hint=SCALE,
        knobs={"scale": "alpha"},
    ),
    Mistake(
        "rank alone",
        symptom="the adapter has the wrong strength",
        diagnosis="you divide by the rank, and α is missing",
        hint=SCALE,
        knobs={"scale": "1 / r"},
    ),
    Mistake(
        "divided by alpha alone",
        symptom="the adapter has the wrong strength",
        diagnosis="you divide by α, and the rank is missing",
        hint=SCALE,
        knobs={"scale": "1 / alpha"},
    ),
    Mistake(
        "upside down",
        symptom="the larger α, the weaker the adapter",
        diagnosis="your factor is r / α instead of α / r",
        hint=SCALE,
        knobs={"scale": "r / alpha"},
    ),
    Mistake(
        "times the rank",
        symptom="the adapter is far too strong, the more so the higher its rank",
        diagnosis="you multiply α by the rank instead of dividing",
        hint=SCALE,
        knobs={"scale": "alpha r"},
    ),
    Mistake(
        "root of the rank",
        symptom="with rank 1 all is right, and with others not",
        diagnosis="you divide α by the root of the rank; that is another method, rsLoRA",
        hint=SCALE,
        knobs={"scale": "alpha / sqrt r"},
    ),
    Mistake(
        "whole numbers",
        symptom="it is right only where α is a multiple of the rank",
        diagnosis="you divide with //, which drops what stands behind the point",
        hint="What is 2 // 4 in Python?",
        knobs={"scale": "alpha // r"},
    ),
    Mistake(
        "scaled twice",
        symptom="the adapter has the wrong strength",
        diagnosis="you multiply by α / r twice, once on each of two factors perhaps",
        hint="If both A and B are doubled, how much is B @ A?",
        knobs={"scale": "squared"},
    ),
    Mistake(
        "rank from d_in",
        symptom="the adapter is too weak",
        diagnosis="you take the number of A's columns, d_in, for the rank",
        hint=RANK,
        knobs={"scale": "alpha / d_in"},
    ),
    Mistake(
        "rank from d_out",
        symptom="the adapter is too weak",
        diagnosis="you take d_out, the number of rows of B or W, for the rank",
        hint=RANK,
        knobs={"scale": "alpha / d_out"},
    ),
)
