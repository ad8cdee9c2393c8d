"""Notebook 05: the ways to assemble a GPT wrong, for block_7_assemble."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Function
from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in block_7_assemble


def flawed(
    ids: ndarray,
    wte: ndarray,
    wpe: ndarray,
    blocks: Sequence[Function],
    ln_f: Function,
    *,
    positions: str = "added",
    start: str = "plain",
    feed: str = "in turn",
    norm: str = "last",
    head: str = "logits",
) -> ndarray:
    """The model with what can go wrong."""
    tokens = wte[ids] * (math.sqrt(wte.shape[1]) if start == "scaled" else 1)
    x = _start(tokens, ids, wpe, positions)
    x = ln_f(x) if norm == "first" else x
    begin = x
    for block in _in_order(blocks, feed):
        if feed == "positions again":
            x = x + (0 if x is begin else wpe[: len(ids)])
        x = block(begin if feed in ("embedding", "summed") else x) + _more(begin, x, feed)
        x = ln_f(x) if norm.startswith("each") else x
    x = ln_f(x) if norm.endswith("last") else x
    logits = x @ wte[ids].T if head == "of the text" else _end(x, wte, wpe, head)
    return ln_f(logits) if norm == "of the logits" else logits


def _in_order(blocks: Sequence[Function], feed: str) -> Sequence[Function]:
    orders = {
        "reversed": blocks[::-1],
        "first only": blocks[:1],
        "first repeated": blocks[:1] * len(blocks),
        "without the last": blocks[:-1],
        "none": [],
    }
    return orders.get(feed, blocks)


def _more(begin: ndarray, x: ndarray, feed: str) -> ndarray | float:
    """What is added to a block's answer."""
    if feed == "summed":
        return 0.0 if x is begin else x
    return {"added": x, "start added": begin}.get(feed, 0.0)


def _start(x: ndarray, ids: ndarray, wpe: ndarray, positions: str) -> ndarray:
    length = len(ids)
    if positions == "only":
        return wpe[:length]
    if positions == "multiplied":
        return x * wpe[:length]
    rows = {
        "added": lambda: wpe[:length],
        "none": lambda: 0.0,
        "by id": lambda: wpe[ids],
        "first": lambda: wpe[0],
        "end": lambda: wpe[length],
        "last": lambda: wpe[-length:],
        "whole": lambda: wpe,
    }
    return x + rows[positions]()


def _end(x: ndarray, wte: ndarray, wpe: ndarray, head: str) -> ndarray:
    if head in ("none", "not turned", "wpe"):
        return {"none": lambda: x, "not turned": lambda: x @ wte, "wpe": lambda: x @ wpe.T}[head]()
    logits = x @ wte.T
    ends = {
        "last": logits[-1],
        "last, as a matrix": logits[-1:],
        "argmax": logits.argmax(axis=-1),
        "softmax": reference.softmax(logits),
        "log-softmax": np.log(reference.softmax(logits)),
        "divided": logits / math.sqrt(wte.shape[1]),
        "transposed": logits.T,
    }
    return ends.get(head, logits)
