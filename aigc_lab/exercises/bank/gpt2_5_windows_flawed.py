"""Notebook 09: the ways to score a text in windows wrongly, for gpt2_5_windows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpt2_5_windows

LossOf = Callable[[ndarray], ndarray]


def flawed(
    loss_of: LossOf,
    ids: ndarray,
    block: int,
    stride: int,
    *,
    windows: str = "to the end",
    keep: str = "fresh",
    total: str = "sum",
) -> Any:
    """The same with what can go wrong."""
    kept: list[ndarray] = []
    done = 1  # the first id that has no nats yet
    laid = list(_windows(windows, len(ids), block, stride))
    for at, (begin, end) in enumerate(laid):
        if windows == "fresh ones alone":
            begin = 0 if done == 1 else done
        elif windows == "fresh ones and one before":
            begin = done - 1
        nats = np.asarray(loss_of(ids[begin:end]))
        fresh = done - begin - 1
        if windows != "one id shorter":  # there it may be -1, which is the last one
            fresh = max(fresh, 0)
        part = _kept(keep, nats, fresh, at == 0, at == len(laid) - 1, block, stride)
        kept.append(nats[part])
        done = max(done, end)
    if keep == "averaged":
        return _averaged(loss_of, ids, block, stride)
    return _total(total, kept, len(ids))


def _windows(windows: str, length: int, block: int, stride: int) -> Iterator[tuple[int, int]]:
    """Where the windows begin and end."""
    step, size = {
        "blocks": (block, block),
        "blocks that share one": (block - 1, block),
        "stride is the overlap": (max(block - stride, 1), block),
        "one by one": (1, block),
        "one id longer": (stride, block + 1),
        "one id shorter": (stride, block - 1),
        "as short as the stride": (stride, stride),
        "short, and share one": (stride, stride + 1),
        "all at once": (length, length),
    }.get(windows, (stride, block))
    stop = {
        "whole ones": length - block + 1,
        "whole ones but the last": length - block,
        "whole ones and the first": max(length - block + 1, 1),
        "until the last stride": length - stride,
    }
    for at, begin in enumerate(range(0, stop.get(windows, length), step)):
        end = min(begin + size, length)
        if windows == "the first" and at:
            return
        if windows == "slid back":
            begin = max(0, end - block)
        yield begin, end
        if end == length and windows != "every beginning":
            return


def _kept(
    keep: str, nats: ndarray, fresh: int, first: bool, last: bool, block: int, stride: int
) -> slice:
    """Which nats of a window count; the first `fresh` of them belong to the windows before."""
    new = len(nats) - fresh
    everything = slice(None)
    return {
        "fresh": slice(fresh, None),
        "averaged": everything,
        "all": everything,
        "one too few": slice(0 if first else fresh + 1, None),
        "one too few, always": slice(fresh + 1, None),
        "one too many, always": slice(fresh - 1, None),
        "one too many": slice(max(fresh - 1, 0), None),
        "last stride": slice(0 if first else -stride, None),
        "last stride always": slice(-stride, None),
        "from the overlap on": slice(block - stride - 1, None),
        "from behind the overlap on": slice(block - stride, None),
        "first stride": slice(0, stride),
        "first stride, all of the last": slice(0, None if last else stride),
        "from the stride on": slice(0 if first else stride, None),
        "from the stride on, less one": slice(0 if first else stride - 1, None),
        "all of a short one": everything if len(nats) < block - 1 else slice(fresh, None),
        "last one": slice(-1, None),
        "overlap only": slice(0, fresh if not first else None),
        "minus nothing": slice(-new, None) if new else everything,
        "last window only": everything if last else slice(0, 0),
    }[keep]


def _averaged(loss_of: LossOf, ids: ndarray, block: int, stride: int) -> float:
    """Every target's nats, averaged over the windows that hold it."""
    sums, counts = np.zeros(len(ids)), np.zeros(len(ids))
    for begin, end in _windows("to the end", len(ids), block, stride):
        sums[begin + 1 : end] += loss_of(ids[begin:end])
        counts[begin + 1 : end] += 1
    return float((sums[1:] / counts[1:]).sum())


def _total(total: str, kept: list[ndarray], length: int) -> Any:
    """One number for all windows."""
    nats = np.concatenate(kept) if kept else np.zeros(0)
    means = [part.mean() for part in kept if len(part)]
    return {
        "sum": lambda: float(nats.sum()),
        "mean": lambda: nats.sum() / len(nats),
        "mean over ids": lambda: nats.sum() / length,
        "bits": lambda: nats.sum() / math.log(2),
        "sum of means": lambda: sum(means),
        "mean of means": lambda: np.mean(means),
        "mean of sums": lambda: nats.sum() / len(kept),
        "negative": lambda: -nats.sum(),
        "nats": lambda: nats,
        "list": lambda: [part.sum() for part in kept],
        "count": lambda: len(nats),
    }[total]()


def as_long_as_the_window(loss_of: LossOf, ids: ndarray, block: int, stride: int) -> float:
    """As many nats are expected as a window has ids."""
    nats = np.zeros(len(ids))
    for begin, end in _windows("to the end", len(ids), block, stride):
        nats[begin:end] = loss_of(ids[begin:end])
    return float(nats.sum())
