"""Notebook 08: devices whose attention is causal, and devices where it is not quite, for gpu_5."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy import ndarray

from aigc_lab.model.reference import causal_mask, softmax

EXERCISES = ()  # the exercise that these belong to stands in gpu_5_leaks

SLIGHTLY = 1e-3  # the share of what all tokens would give, in an answer that is almost causal
ROUNDING = 1e-7  # by how much of itself a number differs from call to call


class Device:
    """attend(q, k, v) of a device of this kind; the arrays are (T, D), one head of one text."""

    def __init__(self, kind: str) -> None:
        self.kind, self.draw = kind, np.random.default_rng(0)

    def __call__(self, q: ndarray, k: ndarray, v: ndarray) -> ndarray:
        if self.kind == "rounds anew in each call":
            mixed = _attend(q, k, v, causal_mask(len(q), len(q)))
            return mixed * (1 + ROUNDING * self.draw.uniform(-1, 1, mixed.shape))
        return KINDS[self.kind](q, k, v)


def _attend(q: ndarray, k: ndarray, v: ndarray, mask: ndarray, scale: float = 1.0) -> ndarray:
    """Attention with any mask; a row that sees nothing gets zeros."""
    scores = scale * q @ k.T / math.sqrt(q.shape[-1])  # (T, T)
    seen = mask.any(axis=1, keepdims=True)
    weights = softmax(np.where(mask | ~seen, scores, -np.inf))
    return np.where(seen, weights @ v, 0.0)


def _masked(sees: Callable[[ndarray, ndarray, int], ndarray]) -> Callable[..., ndarray]:
    """Attention in which row i sees token j where sees(i, j, T) is true."""

    def attend(q: ndarray, k: ndarray, v: ndarray) -> ndarray:
        at = np.arange(len(q))
        return _attend(q, k, v, np.broadcast_to(sees(at[:, None], at, len(at)), (len(at),) * 2))

    return attend


def _masked_too_late(q: ndarray, k: ndarray, v: ndarray) -> ndarray:
    """The weights are made from all keys, and cut afterwards: later keys take their share."""
    weights = softmax(q @ k.T / math.sqrt(q.shape[-1]))
    return (weights * causal_mask(len(q), len(k))) @ v


def _values_ahead(q: ndarray, k: ndarray, v: ndarray) -> ndarray:
    """The weights are right, and each falls on the value one place further on."""
    return _attend(q, k, np.concatenate([v[1:], v[-1:]]), causal_mask(len(q), len(k)))


def _taken_away(q: ndarray, k: ndarray, v: ndarray) -> ndarray:
    """The sum of later values is subtracted: where these grow, every answer before them shrinks."""
    seen = causal_mask(len(q), len(k))
    return _attend(q, k, v, seen) - ~seen @ v


def _slightly(q: ndarray, k: ndarray, v: ndarray) -> ndarray:
    """A small share of what attention without any mask gives."""
    causal = _attend(q, k, v, causal_mask(len(q), len(k)))
    return (1 - SLIGHTLY) * causal + SLIGHTLY * KINDS["sees everything"](q, k, v)


def _unscaled(q: ndarray, k: ndarray, v: ndarray) -> ndarray:
    return _attend(q, k, v, causal_mask(len(q), len(k)), scale=math.sqrt(q.shape[-1]))


KINDS: dict[str, Callable[..., ndarray]] = {
    "causal": _masked(lambda i, j, t: j <= i),
    "strict": _masked(lambda i, j, t: j < i),  # not even itself
    "window": _masked(lambda i, j, t: (j <= i) & (j > i - 2)),
    "unscaled": _unscaled,
    "sees everything": _masked(lambda i, j, t: i == i),
    "one ahead": _masked(lambda i, j, t: j <= i + 1),
    "two ahead only": _masked(lambda i, j, t: (j <= i) | (j == i + 2)),
    "to the end of its block": _masked(lambda i, j, t: j // 3 <= i // 3),
    "the last token": _masked(lambda i, j, t: (j <= i) | (j == t - 1)),
    "the first row": _masked(lambda i, j, t: (j <= i) | ((i == 0) & (j == 1))),
    "the third row": _masked(lambda i, j, t: (j <= i) | ((i == 2) & (j == 3))),
    "the last row but one": _masked(lambda i, j, t: (j <= i) | (i == t - 2)),
    "later keys": _masked_too_late,
    "later values": _values_ahead,
    "taken away": _taken_away,
    "slightly": _slightly,
}
