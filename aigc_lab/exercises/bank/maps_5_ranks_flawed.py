"""Notebook 10: the ways to miss a rank correlation, for maps_5_ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in maps_5_ranks


def flawed(
    x: ndarray,
    y: ndarray,
    *,
    ranks: str = "mean",
    ranked: str = "both",
    measure: str = "correlation",
    then: str = "as it is",
) -> Any:
    """The same with what can go wrong."""
    a = _ranks(x, ranks) if ranked in ("both", "x alone") else np.asarray(x, dtype=float)
    b = _ranks(y, ranks) if ranked in ("both", "y alone") else np.asarray(y, dtype=float)
    if ranked == "each sorted":
        a, b = _ranks(np.sort(x), ranks), _ranks(np.sort(y), ranks)
    if ranked == "one upside down":
        a, b = _ranks(x, ranks), _ranks(-np.asarray(y), ranks)
    many = len(a)
    u, v = a - a.mean(), b - b.mean()
    found = {
        "correlation": lambda: u @ v / np.sqrt((u @ u) * (v @ v)),
        "squared differences": lambda: 1 - 6 * ((a - b) ** 2).sum() / (many * (many**2 - 1)),
        "sum of products": lambda: u @ v,
        "covariance": lambda: u @ v / many,
        "covariance of a sample": lambda: u @ v / (many - 1),
        "slope over x": lambda: u @ v / (u @ u),
        "slope over y": lambda: u @ v / (v @ v),
        "two kinds of deviation": lambda: u @ v / (many - 1) / (a.std() * b.std()),
        "two kinds, turned": lambda: u @ v / many / (a.std(ddof=1) * b.std(ddof=1)),
        "variances": lambda: u @ v / many / (a.var() * b.var()),
        "one bracket missing": lambda: u @ v / (u @ u) * (v @ v),
        "root, one bracket missing": lambda: u @ v / np.sqrt(u @ u) * np.sqrt(v @ v),
        "not centred": lambda: a @ b / np.sqrt((a @ a) * (b @ b)),
        "not centred, from 0": lambda: (
            (a - 1) @ (b - 1) / np.sqrt(((a - 1) ** 2).sum() * ((b - 1) ** 2).sum())
        ),
        "pairs in order": lambda: _pairs(a, b),
        "share of equal ranks": lambda: np.mean(a == b),
        "mean distance": lambda: np.abs(a - b).mean(),
    }[measure]()
    return {
        "as it is": lambda: found,
        "absolute": lambda: abs(found),
        "squared": lambda: found**2,
        "matrix": lambda: np.array([[1.0, found], [found, 1.0]]),
        "with itself": lambda: 1.0,
        "ranks": lambda: (a, b),
    }[then]()


def _ranks(values: ndarray, ranks: str) -> ndarray:
    """Ranks from 1; equal values share the mean of theirs, or whatever goes wrong."""
    values = np.asarray(values)
    below = (values[:, None] > values).sum(axis=1)  # how many are smaller
    alike = (values[:, None] == values).sum(axis=1)
    return {
        "mean": lambda: below + (alike + 1) / 2,
        "least": lambda: below + 1.0,
        "most": lambda: below + alike * 1.0,
        "no gaps": lambda: np.unique(values, return_inverse=True)[1] + 1.0,
        "in order of place": lambda: values.argsort().argsort() + 1.0,
        "in order of place, falling": lambda: (-values).argsort().argsort() + 1.0,
        "argsort once": lambda: values.argsort() + 1.0,
    }[ranks]()


def _pairs(a: ndarray, b: ndarray) -> float:
    """Kendall's tau: pairs in the same order less pairs in opposite order, of all pairs."""
    signs = np.sign(a[:, None] - a) * np.sign(b[:, None] - b)
    return signs.sum() / (len(a) * (len(a) - 1))
