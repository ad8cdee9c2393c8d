"""Notebook 08: the ways to get one gradient of many wrong, for gpu_8_average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpu_8_average

Gradients = Sequence[Sequence[ndarray]]


def flawed(
    gradients: Gradients,
    scored: Sequence[int],
    *,
    weigh: str = "scored",
    divide: str = "scored",
    use: str = "all",
    told: str = "list",
) -> Any:
    """The same with what can go wrong."""
    counts = np.asarray(scored, dtype=float)
    if use in ("first", "last"):
        return gradients[0 if use == "first" else -1]
    many = len(counts)
    weights = {
        "scored": counts,
        "one": np.ones(many),
        "inverse": 1 / counts,
        "running": 0.5 ** np.minimum(np.arange(many, 0, -1), many - 1),
    }[weigh]
    divisor = {
        "scored": counts.sum(),
        "processes": many,
        "processes that score": (counts > 0).sum(),
        "nothing": 1.0,
        "scored and processes": counts.sum() * many,
        "one over the scored": 1 / counts.sum(),
        "last": counts[-1],
        "first": counts[0],
        "largest": counts.max(),
    }[divide]
    if use == "last, weighed":
        weights = np.append(np.zeros(many - 1), weights[-1])
    if use in ("first twice", "first not weighed"):
        weights = np.append(2 * weights[0] if use == "first twice" else 1.0, weights[1:])
    return _told(told, gradients, weights, divisor)


def _told(told: str, gradients: Gradients, weights: ndarray, divisor: float) -> Any:
    """What is returned of the arrays, each weighed by its process."""
    sums = [[n * g for g in arrays] for n, arrays in zip(weights, gradients, strict=True)]
    means = [sum(arrays) / divisor for arrays in zip(*sums, strict=True)]
    return {
        "list": lambda: means,
        "first": lambda: means[0],
        "one long": lambda: np.concatenate([each.ravel() for each in means]),
        "shares": lambda: [[g / divisor for g in arrays] for arrays in sums],
        "numbers": lambda: [each.mean() for each in means],
    }[told]()


def averaged_as_one_array(gradients: Gradients, scored: Sequence[int]) -> list[ndarray]:
    """All gradients at once, as if they had one shape."""
    return list(np.average(gradients, axis=0, weights=scored))


def lists_added(gradients: Gradients, scored: Sequence[int]) -> Any:
    """A number times a list, added to 0."""
    return sum(n * each for n, each in zip(scored, gradients, strict=True)) / sum(scored)


def lists_added_up(gradients: Gradients, scored: Sequence[int]) -> Any:
    """The same, added up with +=."""
    total: Any = 0
    for n, each in zip(scored, gradients, strict=True):
        total += n * each
    return total / sum(scored)


def added_inside_processes(gradients: Gradients, scored: Sequence[int]) -> list[ndarray]:
    """The arrays of one process added up, as if they were of different processes."""
    return [
        sum(n * g for n, g in zip(scored, arrays, strict=False)) / sum(scored)
        for arrays in gradients
    ]


def indices_exchanged(gradients: Gradients, scored: Sequence[int]) -> list[ndarray]:
    """gradients[i][r], where i is the parameter and r the process."""
    return [
        sum(n * gradients[i][r] for r, n in enumerate(scored)) / sum(scored)
        for i in range(len(gradients[0]))
    ]
