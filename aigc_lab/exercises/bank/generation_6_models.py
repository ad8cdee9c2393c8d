"""Notebook 07: models small enough for a probe of generation and of beam search."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy import ndarray

EXERCISES = ()

NextLogits = Callable[[Sequence[int]], ndarray]
LogProbs = Callable[[Sequence[int]], ndarray]


def speaker(seed: int, vocab_size: int) -> NextLogits:
    """A model small enough for a probe: row t of its logits depends on all ids up to t."""
    random = np.random.default_rng(seed)
    table = 2 * random.normal(size=(vocab_size, 11))
    turn, out = (random.normal(size=shape) for shape in ((11, 11), (11, vocab_size)))

    def next_logits(ids: Sequence[int]) -> ndarray:
        state, rows = np.zeros(11), []
        for one in ids:
            state = np.sin(table[int(one)] + state @ turn)
            rows.append(state @ out)
        return np.array(rows)  # (T, V)

    return next_logits


def teller(seed: int, vocab_size: int) -> LogProbs:
    """The log-probabilities (V,) of a small model for the token after some ids; even after none."""
    next_logits = speaker(seed, vocab_size)

    def log_probs(ids: Sequence[int]) -> ndarray:
        logits = next_logits(ids)[-1] / 3 if len(ids) else np.zeros(vocab_size)
        return logits - np.log(np.exp(logits).sum())

    return log_probs
