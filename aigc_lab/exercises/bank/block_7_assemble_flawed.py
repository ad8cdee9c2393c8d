"""Notebook 05: the ways to assemble a GPT wrong, for block_7_assemble."""

from __future__ import annotations

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
    feed: str = "in turn",
    norm: str = "last",
    head: str = "logits",
) -> ndarray:
    """The model with what can go wrong."""
    x = _start(wte[ids], ids, wpe, positions)
    x = ln_f(x) if norm == "first" else x
    blocks = blocks[::-1] if feed == "reversed" else blocks[:1] if feed == "first only" else blocks
    start = x
    for block in [] if feed == "none" else blocks:
        x = block(start if feed == "embedding" else x) + (x if feed == "added" else 0)
        x = ln_f(x) if norm == "each" else x
    x = ln_f(x) if norm == "last" else x
    return _end(x, wte, head)


def _start(x: ndarray, ids: ndarray, wpe: ndarray, positions: str) -> ndarray:
    length = len(ids)
    if positions == "multiplied":
        return x * wpe[:length]
    rows = {
        "added": wpe[:length],
        "none": np.zeros(x.shape),
        "by id": wpe[np.minimum(ids, len(wpe) - 1)],
        "first": wpe[0],
        "last": wpe[-length:],
        "whole": wpe,
    }
    return x + rows[positions]


def _end(x: ndarray, wte: ndarray, head: str) -> ndarray:
    if head == "none":
        return x
    logits = x @ wte.T
    if head == "last":
        return logits[-1]
    if head == "argmax":
        return logits.argmax(axis=-1)
    return reference.softmax(logits) if head == "softmax" else logits
