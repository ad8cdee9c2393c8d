"""Notebook 03: the ways to get from scores to weights and go wrong, for attention_3_weights."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in attention_3_weights


def flawed(
    scores: ndarray,
    mask: ndarray,
    *,
    axis: int | None = -1,
    fill: float | str = -np.inf,
    top: str = "allowed",
    guard: bool = True,
    invert: bool = False,
    sums: str = "kept",
    stretch: bool = True,
) -> ndarray:
    """The weights with what can go wrong."""
    mask = ~mask if invert else mask
    masked = _masked(scores, mask, fill, stretch)
    highest = (scores if top == "all" else masked).max(axis=axis, keepdims=True)
    highest = np.where(np.isneginf(highest) & guard, 0.0, highest)
    if top in ("none", "global"):
        highest = np.full_like(highest, 0.0 if top == "none" else masked.max())
    highest = highest[..., 0] if sums == "dropped twice" else highest
    raised = np.exp(masked - highest)
    raised = raised * mask if fill == "afterwards" else raised
    total = raised.sum(axis=None if sums == "of all" else axis, keepdims=True)
    total = np.where((total == 0) & guard, 1.0, total)
    if sums == "not renewed":  # the total of all keys, forbidden ones included
        total = np.exp(masked - highest).sum(axis=axis, keepdims=True)
    return raised / (total[..., 0] if sums.startswith("dropped") else total)


ADDED = {"added": -1e9, "infinity added": -np.inf}  # what forbidden scores get on top


def _masked(scores: ndarray, mask: ndarray, fill: float | str, stretch: bool) -> ndarray:
    if fill == "product":
        return scores * mask
    if fill == "sum":
        return scores + mask
    if fill in ADDED:
        return scores + (1 - mask) * ADDED[fill]
    if fill in ("none", "afterwards"):
        return scores
    if stretch:
        return np.where(mask, scores, fill)
    masked = scores.copy()
    masked[~mask] = fill
    return masked


def powers_of_raw_scores(
    scores: ndarray, mask: ndarray, *, forbid: str = "powers", rescue: str = "nothing"
) -> ndarray:
    """No largest score is subtracted; what then becomes nan may be rescued."""
    masked = np.where(mask, scores, -np.inf) if forbid == "first" else scores
    powers = np.exp(masked) * mask
    total = powers.sum(axis=-1, keepdims=True)
    total = np.where(total == 0, 1, total) if rescue == "sum" else total
    weights = powers / total
    weights = np.where(total > 0, weights, 0) if rescue == "positive" else weights
    return np.nan_to_num(weights) if rescue == "nan" else weights


POWERS = (  # mistakes that take exp of the raw scores
    Mistake(
        "powers_masked",
        "all is well until the scores are large, very negative, or all forbidden: then nan",
        "exp is taken of the raw scores, and infinity times 0 or 0/0 is no number",
        "Forbid first, then subtract a row's largest score; and think of rows without any.",
        wrong=powers_of_raw_scores,
    ),
    Mistake(
        "powers_guarded",
        "large scores give nan, and very negative ones give no weights at all",
        "exp is taken of the raw scores: exp(1000) is infinite and exp(-1000) is nothing",
        "Forbid first, then subtract a row's largest score before exp.",
        wrong=partial(powers_of_raw_scores, rescue="sum"),
    ),
    Mistake(
        "powers_positive",
        "allowed scores that are large give nan, and very negative ones no weights at all",
        "exp is taken of the raw scores: exp(1000) is infinite and exp(-1000) is nothing",
        "Forbid first, then subtract a row's largest score before exp.",
        wrong=partial(powers_of_raw_scores, rescue="positive"),
    ),
    Mistake(
        "powers_zeroed",
        "when scores are far from 0, every weight is 0",
        "exp of the raw scores is infinite or nothing, and nan_to_num hides what follows",
        "Rows of zeros are right only where nothing is allowed. What makes exp safe elsewhere?",
        wrong=partial(powers_of_raw_scores, rescue="nan"),
    ),
    Mistake(
        "overflow_zeroed",
        "when allowed scores are far from 0, every weight is 0",
        "exp of the raw scores is infinite or nothing, and nan_to_num hides what follows",
        "Rows of zeros are right only where nothing is allowed. What makes exp safe elsewhere?",
        wrong=partial(powers_of_raw_scores, forbid="first", rescue="nan"),
    ),
)
