"""Notebook 07: the ways to get min-p wrong, for generation_4_min_p."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_filters import given, softmax_not_shifted
from aigc_lab.model.reference import softmax

EXERCISES = ()  # the exercise that these belong to stands in generation_4_min_p


def flawed(
    logits: ndarray,
    p: float,
    *,
    bar: str = "top",
    strict: bool = False,
    shift: bool = True,
    out: float = -np.inf,
    give: str = "logits",
) -> ndarray:
    """Min-p with what can go wrong."""
    probs = softmax(logits) if shift else softmax_not_shifted(logits)
    top, likeliest = (each.max(axis=-1, keepdims=True) for each in (logits, probs))
    values, least = {
        "top": (probs, p * likeliest),
        "whole": (probs, p * probs.max()),
        "no axis kept": (probs, p * probs.max(axis=-1)),
        "down": (probs, p * probs.max(axis=0)),
        "mixed": (logits, p * likeliest),
        "itself": (probs, p),
        "rest": (probs, (1 - p) * likeliest),
        "mean": (probs, p * probs.mean(axis=-1, keepdims=True)),
        "least": (probs, p * probs.min(axis=-1, keepdims=True)),
        "behind": (probs, likeliest - p),
        "logits": (logits, p * top),
        "distance": (logits, top - p),
        "bare logits": (logits, p),
        "no logarithm": (logits, top + p),
        "wrong side": (logits, top - np.log(np.float64(p))),
    }[bar]
    kept = values > least if strict else values >= least
    return {
        **given(logits, probs, kept, out),
        "turned": lambda: np.where(kept, -np.inf, logits),
        "short": lambda: logits[kept],
    }[give]()
