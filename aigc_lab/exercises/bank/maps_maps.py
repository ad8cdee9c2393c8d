"""Notebook 10: attention maps drawn by chance, for the probes of its exercises."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.model.reference import causal_mask, softmax

EXERCISES = ()  # maps for other modules


def causal_map(draw: np.random.Generator, *shape: int, sharp: float = 1.0) -> ndarray:
    """Maps (…, T, T) of a causal head, of which the last size given is T.

    >>> causal_map(np.random.default_rng(0), 2, 3).sum(axis=-1).round(6).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    length = shape[-1]
    scores = sharp * draw.normal(size=(*shape, length))
    return softmax(np.where(causal_mask(length, length), scores, -np.inf))
