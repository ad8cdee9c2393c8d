"""Notebook 09: the ways to compare two arrays of logits wrongly, for gpt2_3_gap."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpt2_3_gap


def flawed(
    a: ndarray,
    b: ndarray,
    *,
    centre: str = "row mean",
    first: str = "centre",
    gap: str = "largest",
) -> Any:
    """The same with what can go wrong."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if first == "absolute differences":
        return _centred(abs(a - b), centre).max()
    if first == "absolute differences, twice":
        return abs(_centred(abs(a - b), centre)).max()
    if first == "difference":
        a, b = a - b, np.zeros_like(a)
    one = a if first == "centre b only" else _centred(a, centre)
    other = b if first == "centre a only" else _centred(b, centre)
    apart = one - other  # (T, V)
    return {
        "largest": lambda: abs(apart).max(),
        "signed": lambda: apart.max(),
        "signed, turned": lambda: (-apart).max(),
        "abs of torch": lambda: apart.abs().max(),
        "smallest": lambda: abs(apart).min(),
        "mean": lambda: abs(apart).mean(),
        "median": lambda: np.median(abs(apart)),
        "sum": lambda: abs(apart).sum(),
        "squares": lambda: (apart**2).max(),
        "mean of squares": lambda: (apart**2).mean(),
        "root mean square": lambda: math.sqrt((apart**2).mean()),
        "length": lambda: np.linalg.norm(apart),
        "largest row sum": lambda: abs(apart).sum(-1).max(),
        "longest row": lambda: np.sqrt((apart**2).sum(-1)).max(),
        "row by row": lambda: abs(apart).max(-1),
        "column by column": lambda: abs(apart).max(0),
        "mean of rows": lambda: abs(apart).max(-1).mean(),
        "first row": lambda: abs(apart[0]).max(),
        "last row": lambda: abs(apart[-1]).max(),
        "all": lambda: apart,
        "all, absolute": lambda: abs(apart),
        "place": lambda: abs(apart).argmax(),
        "range": lambda: np.ptp(apart, axis=-1).max(),
        "half the range": lambda: np.ptp(apart, axis=-1).max() / 2,
        "between the largest": lambda: abs(one.max() - other.max()),
        "between the rows' largest": lambda: abs(one.max(-1) - other.max(-1)).max(),
        "relative": lambda: (abs(apart) / abs(one)).max(),
        "relative to b": lambda: (abs(apart) / abs(other)).max(),
        "close": lambda: np.allclose(one, other),
    }[gap]()


def _centred(x: ndarray, centre: str) -> ndarray:
    return {
        "row mean": lambda: x - x.mean(-1, keepdims=True),
        "nothing": lambda: x,
        "column mean": lambda: x - x.mean(0),
        "mean of all": lambda: x - x.mean(),
        "row max": lambda: x - x.max(-1, keepdims=True),
        "max of all": lambda: x - x.max(),
        "row min": lambda: x - x.min(-1, keepdims=True),
        "row median": lambda: x - np.median(x, axis=-1, keepdims=True),
        "first token": lambda: x - x[:, :1],
        "dim": lambda: x - x.mean(dim=-1, keepdim=True),  # type: ignore[call-overload]
        "keepdim": lambda: x - x.mean(axis=-1, keepdim=True),  # type: ignore[call-overload]
        "axis dropped": lambda: x - x.mean(-1),
        "columns down the rows": lambda: x - x.mean(0)[:, None],
        "row sum": lambda: x - x.sum(-1, keepdims=True),
        "log softmax": lambda: x - np.log(_exp(x).sum(-1, keepdims=True)) - x.max(-1)[:, None],
        "softmax": lambda: _exp(x) / _exp(x).sum(-1, keepdims=True),
        "standardised": lambda: (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True),
        "over its mean": lambda: x / x.mean(-1, keepdims=True),
        "over its length": lambda: x / np.linalg.norm(x, axis=-1, keepdims=True),
        "mean added": lambda: x + x.mean(-1, keepdims=True),
        "means only": lambda: x.mean(-1),
    }[centre]()


def _exp(x: ndarray) -> ndarray:
    return np.exp(x - x.max(-1, keepdims=True))
