"""Notebook 10: the ways to silence something else than one head, for maps_4_silence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in maps_4_silence


def flawed(
    merged: ndarray,
    n_head: int,
    head: int,
    *,
    copied: bool = True,
    which: str = "together",
    silent: str = "0",
    rest: str = "as it is",
    shape: str = "as it is",
) -> Any:
    """The same with what can go wrong."""
    length, width = merged.shape
    each = width // n_head
    chosen = np.zeros(merged.shape, dtype=bool)
    chosen[_where(which, length, n_head, head, each)] = True
    if which == "view":
        heads = chosen.reshape(n_head, length, each)
        heads[head] = True
    if which == "all others":
        chosen = ~chosen
    fill = {
        "0": 0.0,
        "-inf": -np.inf,
        "mean over tokens": merged.mean(axis=0),
        "1": 1.0,
    }[silent]
    kept = merged * {"as it is": 1.0, "scaled up": n_head / max(n_head - 1, 1)}[rest]
    result = np.where(chosen, fill, kept)
    if not copied:
        merged[:] = result
    begin, end = head * each, (head + 1) * each
    return {
        "as it is": lambda: result,
        "heads apart": lambda: result.reshape(length, n_head, each),
        "heads in front": lambda: result.reshape(length, n_head, each).swapaxes(0, 1),
        "removed": lambda: np.delete(result, slice(begin, end), axis=1),
        "the head": lambda: merged[:, begin:end],
        "its zeros": lambda: result[:, begin:end],
        "untouched": lambda: merged,
    }[shape]()


def fractions(merged: ndarray, n_head: int, head: int) -> ndarray:
    """The width of a head as a float."""
    width = merged.shape[1] / n_head
    silent = merged.copy()
    silent[:, head * width : (head + 1) * width] = 0  # type: ignore[misc]
    return silent


def split_tokens(merged: ndarray, n_head: int, head: int) -> ndarray:
    """np.split goes along the first axis unless it is told another."""
    pieces = np.split(merged, n_head)
    pieces[head] = np.zeros_like(pieces[head])
    return np.concatenate(pieces)


def _where(which: str, length: int, n_head: int, head: int, each: int) -> tuple:
    """What is silenced, as an index."""
    begin, end = head * each, (head + 1) * each
    columns = {
        "from 1": slice(max(begin - each, 0), begin),
        "in turn": slice(head, None, n_head),
        "one column": slice(head, head + 1),
        "n_head columns": slice(head * n_head, (head + 1) * n_head),
        "T // n_head columns": slice(head * (length // n_head), (head + 1) * (length // n_head)),
        "starts at the head": slice(head, head + each),
        "starts at head · n_head": slice(head * n_head, head * n_head + each),
        "ends at D": slice(begin, each),
        "to the end": slice(begin, None),
        "up to the end": slice(0, end),
        "one short": slice(begin, end - 1),
        "one more": slice(begin, end + 1),
        "first column": slice(begin, begin + 1),
        "backwards": slice((n_head - 1 - head) * each, (n_head - head) * each),
        "view": slice(0, 0),
    }
    if which == "rows":
        return (slice(begin, end),)
    if which == "one token":
        return (slice(head, head + 1),)
    return slice(None), columns.get(which, slice(begin, end))
