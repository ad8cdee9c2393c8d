"""Notebook 10: the ways to cut an edge and hurt something else, for maps_6_cut."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in maps_6_cut


def flawed(
    weights: ndarray,
    query: int,
    key: int,
    *,
    copied: bool = True,
    cut: str = "edge",
    rest: str = "in proportion",
    shape: str = "map",
) -> Any:
    """The same with what can go wrong."""
    cuts = weights.copy() if copied else weights
    if cut == "turned":
        query, key = key, query
    was = cuts[query, key]
    cuts[{"key for all": np.s_[:, key], "row": query}.get(cut, (query, key))] = 0.0
    if cut == "only it":
        cuts[query] = 0.0
        cuts[query, key] = was
    _rest(cuts, query, key, was, rest)
    return {
        "map": lambda: cuts,
        "row": lambda: cuts[query],
        "untouched": lambda: weights,
    }[shape]()


def _rest(cuts: ndarray, query: int, key: int, was: float, rest: str) -> None:
    """What becomes of the weight that was cut; it changes the map."""
    row = cuts[query]
    if rest == "in proportion":
        row /= row.sum()
    elif rest == "all rows":
        cuts /= cuts.sum(axis=-1, keepdims=True)
    elif rest == "axis lost":
        cuts /= cuts.sum(axis=-1)
    elif rest == "without itself":
        row /= row[:query].sum()
    elif rest == "columns":
        cuts /= cuts.sum(axis=0, keepdims=True)
    elif rest == "of the map":
        cuts /= cuts.sum()
    elif rest == "row by the map":
        row /= cuts.sum()
    elif rest == "by the column":
        row /= cuts[:, key].sum()
    elif rest == "multiplied":
        row *= row.sum()
    elif rest == "by the mean":
        row /= row.mean()
    elif rest == "by the largest":
        row /= row.max()
    elif rest == "by 1 + w":
        row /= 1 + was
    elif rest == "by w":
        row /= was
    elif rest == "length":
        row /= np.sqrt((row**2).sum())
    elif rest == "softmax":
        row[:] = np.exp(row) / np.exp(row).sum()
    elif rest == "softmax of the past":
        powers = np.exp(row) * (np.arange(len(row)) <= query)
        row[:] = powers / powers.sum()
    elif rest == "softmax of the rest":
        powers = np.exp(row) * (np.arange(len(row)) <= query) * (np.arange(len(row)) != key)
        row[:] = powers / powers.sum()
    elif rest != "left":
        row[_takers(row, query, key, rest)] += was / _many(row, query, rest)


def _takers(row: ndarray, query: int, key: int, rest: str) -> Any:
    """Who gets the weight that was cut."""
    return {
        "evenly": [at for at in range(query + 1) if at != key],
        "evenly, the cut key too": slice(0, query + 1),
        "evenly to all": [at for at in range(len(row)) if at != key],
        "evenly to all, the cut key too": slice(None),
        "to itself": query,
        "to the first": 0,
        "to the largest": row.argmax(),
    }[rest]


def _many(row: ndarray, query: int, rest: str) -> int:
    """How many share the weight that was cut."""
    return {
        "evenly": query,
        "evenly, the cut key too": query + 1,
        "evenly to all": len(row) - 1,
        "evenly to all, the cut key too": len(row),
    }.get(rest, 1)
