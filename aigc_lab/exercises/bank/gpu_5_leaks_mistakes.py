"""Notebook 08: the mistakes known of the exercise in gpu_5_leaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_5_leaks

Attend = Callable[[ndarray, ndarray, ndarray], ndarray]
NEAR = 1e-6  # what rounding may change


def flawed(
    attend: Attend,
    q: ndarray,
    k: ndarray,
    v: ndarray,
    *,
    change: str = "kv",
    tokens: str = "later",
    rows: str = "earlier",
    near: float = NEAR,
    copies: str = "copies",
    answer: str = "any",
) -> bool:
    """Change what comes later, look at what came before; with what can go wrong."""
    before, many = attend(q, k, v), len(k)
    starts = {"last": range(max(1, many - 1), many), "first": range(1, min(2, many))}
    leaks = []
    for t in starts.get(tokens, range(0 if rows == "own too" else 1, many)):
        if copies == "copies":
            other_k, other_v = k.copy(), v.copy()
        else:
            other_k, other_v = k, v
        part = slice(t, t + 1) if tokens == "next" else slice(t, None)
        for name, array in (("k", other_k), ("v", other_v)):
            if name in change:
                array[part] += _change(array[part], tokens)
        moved = abs(attend(q, other_k, other_v) - before)
        looked_at = {
            "earlier": moved[:t],
            "own too": moved[: t + 1],
            "all": moved,
            "first": moved[:1],
            "neighbour": moved[t - 1 : t],
        }[rows]
        leaks.append((looked_at > near).any())
    return {"any": any(leaks), "all": all(leaks), "not": not any(leaks)}[answer]


def _change(array: ndarray, tokens: str) -> ndarray:
    if tokens == "turned round":
        return array[::-1] - array
    return np.random.default_rng(len(array)).normal(size=array.shape).astype(array.dtype)


MISTAKES = (
    Mistake(
        "keys only",
        symptom="a device that mixes in later values is passed",
        diagnosis="you change the keys and leave the values",
        hint="Scores are made of keys. What are the outputs made of?",
        knobs={"change": "k"},
    ),
    Mistake(
        "values only",
        symptom="a device whose weights depend on later keys is passed",
        diagnosis="you change the values and leave the keys",
        hint="A weight is a share. Among how many keys is it shared out?",
        knobs={"change": "v"},
    ),
    Mistake(
        "last token only",
        symptom="devices are passed that leak in the middle of the text",
        diagnosis="only a change of the last token decides: no other is changed, or the answers of "
        "earlier rounds are lost",
        hint="A device that works in blocks may leak inside of each, and never at the end.",
        knobs={"tokens": "last"},
    ),
    Mistake(
        "exact",
        symptom="a device that only rounds differently is blamed",
        diagnosis="you ask for the very same numbers",
        hint="A device may add in another order each time. How large is such a difference?",
        knobs={"near": 0.0},
    ),
    Mistake(
        "too tolerant",
        symptom="a device that leaks only slightly is passed",
        diagnosis="differences of a hundredth and more are let pass",
        hint="Rounding changes the seventh digit or so. Which of yours do you compare?",
        knobs={"near": 1e-2},
    ),
    Mistake(
        "turned",
        symptom="every answer is the opposite of the right one",
        diagnosis="you say True where nothing changes",
        hint="What does True stand for: a good device, or a leak?",
        knobs={"answer": "not"},
    ),
)
