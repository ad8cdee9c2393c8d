"""Notebook 03: the ways to get self-attention wrong, for attention_6_past."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.attention_5_heads import split_heads
from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in attention_6_past


def flawed(
    x: ndarray,
    w_q: ndarray,
    w_k: ndarray,
    w_v: ndarray,
    w_o: ndarray,
    n_head: int,
    *,
    mask: str = "causal",
    scale: str = "head",
    roles: str = "right",
    cut: str = "right",
    merge: str = "right",
    out: str = "right",
    turned: bool = False,
    count: str = "right",
) -> ndarray:
    """The same with what can go wrong."""
    length, width = _tokens(x, count), x.shape[-1]
    n_head = 1 if cut == "one head" else n_head
    if turned:
        w_q, w_k, w_v, w_o = w_q.T, w_k.T, w_v.T, w_o.T
    q, k, v = _roles(x @ w_q, x @ w_k, x if roles == "no values" else x @ w_v, roles)
    q, k, v = (_cut(each, n_head, cut) for each in (q, k, v))
    divisor = {"head": math.sqrt(width // n_head), "model": math.sqrt(width), "none": 1.0}[scale]
    scores = q @ np.swapaxes(k, -1, -2) / divisor
    shift = {"causal": 0, "strict": -1, "none": length, "future": 0}[mask]
    allowed = np.tri(length, length, shift, dtype=bool)
    allowed = allowed.T if mask == "future" else allowed
    heads = reference.softmax(np.where(allowed, scores, -np.inf)) @ v  # (…, H, T, D)
    merged = _merge(heads, merge).reshape(x.shape)
    return merged if out == "none" else merged @ w_o + (x if out == "residual" else 0)


def _tokens(x: ndarray, count: str) -> int:
    if count == "two":
        length, _ = x.shape
    elif count == "three":
        _, length, _ = x.shape
    else:
        length = x.shape[{"len": 0, "second": 1}.get(count, -2)]
    return length


def _roles(q: ndarray, k: ndarray, v: ndarray, roles: str) -> tuple[ndarray, ndarray, ndarray]:
    wrong = {"q and k": (k, q, v), "k and v": (q, v, k), "only q": (q, q, v)}
    return wrong.get(roles, (q, k, v))


def _cut(x: ndarray, n_head: int, cut: str) -> ndarray:
    *front, length, width = x.shape
    if cut == "view":
        return x.reshape(*front, n_head, length, width // n_head)
    if cut == "strided":
        x = np.swapaxes(x.reshape(*front, length, -1, n_head), -1, -2).reshape(x.shape)
    return split_heads(x, n_head)


def _merge(heads: ndarray, merge: str) -> ndarray:
    if merge == "view":
        return heads
    if merge == "strided":
        return np.moveaxis(heads, -3, -1)  # (…, T, D, H)
    return np.swapaxes(heads, -3, -2)  # (…, T, H, D)
