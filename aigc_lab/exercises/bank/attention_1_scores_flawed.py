"""Notebook 03: the ways to get the scores wrong, for attention_1_scores."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Function
from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in attention_1_scores


def flawed(
    q: ndarray,
    k: ndarray,
    *,
    scale: str = "root",
    product: str = "tokens",
    weights: bool = False,
    turned: bool = False,
    unit: bool = False,
) -> ndarray:
    """The scores with what can go wrong."""
    width, keys = q.shape[-1], k.shape[-2]
    if scale == "unpacked":
        _, _ = q.shape
    divisors = {
        "root": math.sqrt(width),
        "none": 1.0,
        "width": width,
        "half": width / 2,
        "twice": width * 2,
        "times": 1 / math.sqrt(width),
        "keys": math.sqrt(keys),
        "queries": math.sqrt(q.shape[-2]),
        "four": math.sqrt(4),
        "first": math.sqrt(len(q)),
        "first of k": math.sqrt(len(k)),
        "second": math.sqrt(q.shape[1]),
        "unpacked": math.sqrt(width),
    }
    if unit:
        q = q / np.linalg.norm(q, axis=-1, keepdims=True)
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    scores = PRODUCTS[product](q, k) / divisors[scale]
    scores = reference.softmax(scores) if weights else scores
    return np.swapaxes(scores, -1, -2) if turned else scores


PRODUCTS: dict[str, Function] = {
    "tokens": lambda q, k: q @ np.swapaxes(k, -1, -2),
    "all axes turned": lambda q, k: q @ k.T,
    "np.dot": lambda q, k: np.dot(q, np.swapaxes(k, -1, -2)),
    "features": lambda q, k: np.swapaxes(q, -1, -2) @ k,
    "axes 0 and 1": lambda q, k: q @ np.swapaxes(k, 0, 1),
    "transpose (1, 0)": lambda q, k: q @ np.transpose(k, (1, 0)),
    "einsum": lambda q, k: np.einsum("qd,kd->qk", q, k),
    "not turned": lambda q, k: q @ k,
    "pairwise": lambda q, k: (q * k).sum(axis=-1),
}
