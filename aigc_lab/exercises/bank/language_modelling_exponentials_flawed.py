"""Wrong ways to turn scores into probabilities, for language_modelling_exponentials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.model.reference import softmax

EXERCISES = ()  # the exercise that these belong to stands in language_modelling_exponentials


def flawed(
    x: ndarray,
    *,
    shift: str = "row",
    axis: int | None = -1,
    keep: bool = True,
    divide: bool = True,
    logs: str = "none",
) -> ndarray:
    """`softmax` with knobs for what goes wrong."""
    base = {
        "row": lambda: x.max(axis=-1, keepdims=True),
        "no keepdims": lambda: x.max(axis=-1),
        "columns": lambda: x.max(axis=0, keepdims=True),
        "all": lambda: x.max(),
        "mean": lambda: x.mean(axis=-1, keepdims=True),
        "least": lambda: x.min(axis=-1, keepdims=True),
        "nothing": lambda: 0,
    }[shift]()
    powers = np.exp(x - base)
    total = powers.sum(axis=axis, keepdims=keep) if divide else 1
    if logs == "of scores":
        return x - base - np.log(total)
    return np.log(powers / total) if logs == "of weights" else powers / total


def scale_by_largest(x: ndarray) -> ndarray:
    """Divide by the largest score where it should be subtracted."""
    powers = np.exp(x / x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def down_the_columns(x: ndarray) -> ndarray:
    """Softmax along the first axis."""
    return np.moveaxis(softmax(np.moveaxis(x, 0, -1)), -1, 0)


def over_everything(x: ndarray) -> ndarray:
    """One softmax over all numbers of the array."""
    return softmax(x.ravel()).reshape(x.shape)


def along_axis_one(x: ndarray) -> ndarray:
    """Softmax along axis 1, which a single row does not have."""
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def row_by_row(x: ndarray) -> ndarray:
    """A loop that takes every array for a table."""
    powers = [np.exp(row - row.max()) for row in x]
    return np.array([each / each.sum() for each in powers])


def without_exp(x: ndarray) -> ndarray:
    """Shares of the scores themselves."""
    return x / x.sum(axis=-1, keepdims=True)


def into_same_type(x: ndarray) -> ndarray:
    """The right weights, written into an array of the input's type."""
    out = np.zeros_like(x)
    out[...] = softmax(x)
    return out


def along_axis_one_in_torch(x: ndarray) -> Any:
    """The same with PyTorch, which has another error for it."""
    import torch

    return torch.softmax(torch.from_numpy(x).double(), dim=1)


def overflow_in_math(x: ndarray) -> ndarray:
    """Python's own exp, number by number, which stops where NumPy gives infinity."""
    rows = [[math.exp(score) for score in row] for row in x.reshape(-1, x.shape[-1])]
    return np.array([[power / sum(row) for power in row] for row in rows]).reshape(x.shape)
