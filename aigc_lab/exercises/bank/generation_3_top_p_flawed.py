"""Notebook 07: the ways to get top-p wrong, for generation_3_top_p."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_filters import given, softmax_not_shifted
from aigc_lab.model.reference import softmax

EXERCISES = ()  # the exercise that these belong to stands in generation_3_top_p


def flawed(
    logits: ndarray,
    p: float,
    *,
    edge: str = "in",
    order: str = "falling",
    back: str = "scatter",
    mass: str = "probs",
    by: str = "sum",
    out: float = -np.inf,
    give: str = "logits",
) -> ndarray:
    """Top-p with what can go wrong."""
    if mass == "no axis" and logits.ndim > 1:
        np.cumsum(logits) - logits  # stops: their shapes do not fit
    probs = softmax_not_shifted(logits) if mass == "no shift" else softmax(logits)
    ids = {
        "falling": np.argsort(-logits, axis=-1, kind="stable"),
        "falling, late": np.argsort(logits, axis=-1, kind="stable")[..., ::-1],
        "rising": np.argsort(logits, axis=-1, kind="stable"),
        "none": np.broadcast_to(np.arange(logits.shape[-1]), logits.shape),
    }[order]
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    ordered = np.take_along_axis(probs, ids, -1)
    summed = np.take_along_axis({"logits": logits, "weights": weights}.get(mass, probs), ids, -1)
    p = 1 - p if by == "rest" else p
    keep = _by(by, ordered, p) if by in BARS else _up_to(edge, summed, p)
    keep = ~keep if by == "turned" else keep
    kept = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(kept, ids, keep, axis=-1)
    kept = {"scatter": kept, "left": keep, "gather": np.take_along_axis(keep, ids, -1)}[back]
    return {
        **given(logits, probs, kept, out),
        "in order": lambda: np.where(keep, np.take_along_axis(logits, ids, -1), out),
    }[give]()


def _up_to(edge: str, summed: ndarray, p: float) -> ndarray:
    """Which tokens stay, in the order of the sum."""
    total = np.cumsum(summed, axis=-1)
    before = total - summed
    first = np.arange(summed.shape[-1]) == 0
    if edge == "with ties":
        many = (before < p).sum(axis=-1, keepdims=True)
        return summed >= np.take_along_axis(summed, many - 1, -1)
    return {
        "in": before < p,
        "out": total <= p,
        "tail": total >= p,
        "out but one": (total <= p) | first,
        "one more": np.where(first, True, np.roll(before, 1, axis=-1) < p),
    }[edge]


BARS = ("each", "each of the rest", "top", "share")


def _by(by: str, ordered: ndarray, p: float) -> ndarray:
    """Which tokens stay, without a sum."""
    size = ordered.shape[-1]
    return {
        "each": ordered >= p,
        "each of the rest": ordered >= 1 - p,
        "top": ordered >= p * ordered.max(axis=-1, keepdims=True),
        "share": np.broadcast_to(np.arange(size) < max(1, int(p * size)), ordered.shape),
    }[by]
