"""Notebook 03: the ways to get attention as a whole wrong, for attention_4_whole."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in attention_4_whole


def truth_of_an_array(
    q: ndarray, k: ndarray, v: ndarray, mask: ndarray | None = None
) -> tuple[ndarray, ndarray]:
    """A mistake: ask whether an array is true, where None was meant."""
    return reference.attention(q, k, v, mask if mask else None)


def flawed(
    q: ndarray,
    k: ndarray,
    v: ndarray,
    mask: ndarray | None = None,
    *,
    scale: str = "root",
    masking: str = "before",
    soften: str = "rows",
    guard: bool = True,
    mix: str = "values",
    give: str = "both",
    without: str = "all",
) -> ndarray | tuple[ndarray, ...]:
    """Attention with what can go wrong."""
    t_q, width = q.shape[-2:]
    if mask is None and without == "causal":
        mask = reference.causal_mask(t_q, k.shape[-2])
    elif mask is None and without == "square":
        mask = np.ones((t_q, t_q), dtype=bool)
    elif mask is None and without != "all":
        mask = np.tri(t_q, k.shape[-2], dtype=bool) & (without == "triangle")
    divisors = dict(none=1.0, afterwards=1.0, width=width, values=math.sqrt(v.shape[-1]))
    scores = q @ np.swapaxes(k, -1, -2) / divisors.get(scale, math.sqrt(width))
    if masking == "turned":
        scores = np.where(np.zeros(1, dtype=bool) if mask is None else ~mask, scores, -np.inf)
    if mask is not None and masking in ("before", "inverted"):
        scores = np.where(mask == (masking == "before"), scores, -np.inf)
    if mask is not None and masking == "product":
        scores = scores * mask
    weights = _softened(scores, soften, guard)
    if mask is not None and masking == "afterwards":
        weights = weights * mask
    if scale == "afterwards":
        weights = weights / math.sqrt(width)
    mixed_by = np.swapaxes(weights, -1, -2) if mix == "turned" else weights
    mixture = np.dot(weights, v) if mix == "np.dot" else mixed_by @ (k if mix == "keys" else v)
    if give == "mixture":
        return mixture
    second = scores if give == "scores" else weights
    return (second, mixture) if give == "swapped" else (mixture, second)


def _softened(scores: ndarray, soften: str, guard: bool) -> ndarray:
    if soften == "not":
        return scores
    if soften == "columns":
        return np.swapaxes(reference.softmax(np.swapaxes(scores, -1, -2)), -1, -2)
    weights = reference.softmax(scores)
    if not guard:
        weights = np.where(np.isneginf(scores).all(axis=-1, keepdims=True), np.nan, weights)
    return reference.softmax(weights) if soften == "twice" else weights
