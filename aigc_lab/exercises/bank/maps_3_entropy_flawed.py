"""Notebook 10: the ways to miss an entropy, for maps_3_entropy."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in maps_3_entropy


def flawed(
    weights: ndarray,
    *,
    log: str = "ln",
    at_zero: str = "0",
    factor: str = "w",
    over: str = "keys",
    sign: float = -1.0,
    then: str = "as it is",
) -> Any:
    """The same with what can go wrong."""
    if over == "queries":
        weights = np.swapaxes(weights, -1, -2)
    if factor == "softmax again":
        weights = np.exp(weights) / np.exp(weights).sum(axis=-1, keepdims=True)
    logs = {"ln": np.log, "2": np.log2, "10": np.log10, "1 + w": np.log1p}.get(
        log, partial(_shifted, log)
    )(weights)
    terms = logs if factor == "none" else weights * logs
    if at_zero == "0":
        terms = np.where(weights > 0, terms, 0.0)
    if at_zero == "nan in the past":
        terms = np.where(np.tri(weights.shape[-1], dtype=bool), terms, 0.0)
    sums = sign * terms.sum(axis=-1)  # (…, T)
    if at_zero == "row of zeros":
        sums = np.nan_to_num(sums)
    return _then(sums, weights, sign * terms, then)


def _shifted(log: str, weights: ndarray) -> ndarray:
    """ln of w + eps, where log is "w + eps" with a number."""
    return np.log(weights + float(log.removeprefix("w + ")))


def _then(sums: ndarray, weights: ndarray, terms: ndarray, then: str) -> Any:
    """What is made of the entropies."""
    length = weights.shape[-1]
    allowed = np.arange(1, length + 1)
    return {
        "as it is": lambda: sums,
        "mean of keys": lambda: sums / length,
        "mean of allowed keys": lambda: sums / allowed,
        "mean of keys above 0": lambda: sums / (weights > 0).sum(axis=-1),
        "mean": lambda: sums.mean(axis=-1),
        "total": lambda: sums.sum(axis=-1),
        "last": lambda: sums[..., -1],
        "terms": lambda: terms,
        "share of ln T": lambda: sums / np.log(length),
        "share of the most": lambda: np.nan_to_num(sums / np.log(allowed)),
        "share of the most, nan": lambda: sums / np.log(allowed),
        "missing to the most": lambda: np.log(allowed) - sums,
        "number of keys": lambda: np.exp(sums),
        "from 1": lambda: sums[..., 1:],
    }[then]()


def logarithm_refused(weights: ndarray) -> list[float]:
    """Python's own logarithm, which refuses 0."""
    return [-sum(weight * math.log(weight) for weight in row) for row in weights]


def one_minus_squares(weights: ndarray) -> ndarray:
    """Another measure of spread."""
    return 1 - (weights**2).sum(axis=-1)


def most_likely(weights: ndarray) -> ndarray:
    """The surprise at the largest weight."""
    return -np.log(weights.max(axis=-1))


def deviation(weights: ndarray) -> ndarray:
    """The spread of the weights, not of the look."""
    return weights.std(axis=-1)
