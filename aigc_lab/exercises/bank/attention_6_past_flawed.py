"""Notebook 03: the ways to get self-attention wrong, for attention_6_past."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.attention_5_heads import split_heads
from aigc_lab.exercises.definition import Mistake
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
    turned: str = "none",
    count: str = "right",
) -> ndarray:
    """The same with what can go wrong."""
    length, width = _tokens(x, count), x.shape[-1]
    n_head = 1 if cut == "one head" else n_head
    if turned == "all":
        w_q, w_k, w_v = w_q.T, w_k.T, w_v.T
    w_o = w_o if turned == "none" else w_o.T
    q, k, v = _roles(x @ w_q, x @ w_k, x if roles == "no values" else x @ w_v, roles)
    q, k, v = (_cut(each, n_head, cut) for each in (q, k, v))
    root = math.sqrt(width // n_head)
    divisor = {"head": root, "model": math.sqrt(width), "none": 1.0, "twice": root**2}[scale]
    scores = q @ np.swapaxes(k, -1, -2) / divisor
    shift = {"strict": -1, "peek": 1, "none": length}.get(mask, 0)
    allowed = np.tri(length, length, shift, dtype=bool)
    allowed = {"future": allowed.T, "inverted": ~allowed}.get(mask, allowed)
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
    if merge == "last two":
        return np.swapaxes(heads, -2, -1)  # (…, H, D, T)
    return np.swapaxes(heads, -3, -2)  # (…, T, H, D)


COUNTS = (  # mistakes in the number of tokens
    Mistake(
        "len",
        "a single text is right, a batch stops with an error",
        "len(x) is the length of the first axis, which in a batch counts texts, not tokens",
        "x.shape[-2] is the number of tokens, whatever stands in front.",
        knobs={"count": "len"},
    ),
    Mistake(
        "second",
        "a batch is right, a single text stops with an error",
        "x.shape[1] counts tokens in a batch; in a single text it counts features",
        "x.shape[-2] is the number of tokens, whatever stands in front.",
        knobs={"count": "second"},
    ),
    Mistake(
        "two_axes",
        "a single text is right, a batch stops with an error",
        "`T, C = x.shape` allows no axes in front of T",
        "The last two sizes are x.shape[-2] and x.shape[-1], whatever stands in front.",
        knobs={"count": "two"},
    ),
    Mistake(
        "three_axes",
        "a batch is right, a single text stops with an error",
        "`B, T, C = x.shape` insists on exactly one axis in front of T",
        "The last two sizes are x.shape[-2] and x.shape[-1], whatever stands in front.",
        knobs={"count": "three"},
    ),
)
