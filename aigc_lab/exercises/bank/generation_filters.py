"""Notebook 07: what goes wrong alike in the dials that rule tokens out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercises that these belong to stand in generation_2 to generation_4

MASK = Mistake(
    "mask",
    "True and False come back",
    "you return which tokens stay, not their logits",
    "What does np.where make of a condition and two values?",
    knobs={"give": "mask"},
)
NOT_LOGITS = (
    Mistake(
        "probabilities",
        "probabilities come back",
        "you return the kept tokens' probabilities, 0 for the others",
        "The next dial expects logits. What does a logit of a ruled out token look like?",
        knobs={"give": "probs"},
    ),
    Mistake(
        "new_probabilities",
        "probabilities come back, which add up to 1",
        "you return the distribution after the cut, not its logits",
        "The next dial expects logits. Softmax will make them add up to 1 by itself.",
        knobs={"give": "new probs"},
    ),
    Mistake(
        "probabilities_and_never",
        "probabilities come back, with minus infinity among them",
        "you rule tokens out among the probabilities instead of the logits",
        "Which array belongs into np.where where a token stays?",
        knobs={"give": "probs and never"},
    ),
    MASK,
)


def given(
    logits: ndarray, probs: ndarray, kept: ndarray, out: float
) -> dict[str, Callable[[], ndarray]]:
    """The logits with all but the kept ones at `out`, and what is given back in their place."""
    left = np.where(kept, probs, 0.0)
    return {
        "logits": lambda: np.where(kept, logits, out),
        "probs": lambda: left,
        "new probs": lambda: left / np.maximum(left.sum(axis=-1, keepdims=True), 1e-300),
        "probs and never": lambda: np.where(kept, probs, -np.inf),
        "mask": lambda: kept,
    }


def softmax_not_shifted(logits: ndarray) -> ndarray:
    """The softmax without the shift that keeps exp from overflowing."""
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)
