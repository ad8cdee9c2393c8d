"""Notebook 08: the ways to miss a leak or to see one where none is, for gpu_5_leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy import ndarray

from aigc_lab.model.reference import attention, causal_mask

EXERCISES = ()  # the exercise that these belong to stands in gpu_5_leaks

Attend = Callable[[ndarray, ndarray, ndarray], ndarray]
NEAR = 1e-6  # what rounding may change


def flawed(
    attend: Attend,
    q: ndarray,
    k: ndarray,
    v: ndarray,
    *,
    change: Iterable[str] = ("kv",),
    tokens: str = "later",
    starts: str = "all",
    rows: str = "earlier",
    near: float = NEAR,
    copies: bool = True,
    answer: str = "any",
) -> bool | None:
    """Change what comes later, look at what came before; with what can go wrong.

    `change` says what is changed together, in one question to the device or in several.
    """
    before = attend(q, k, v)
    questions = []
    for names in change:
        leaks = []
        for t in _starts(starts, len(k)):
            other = {"k": k.copy(), "v": v.copy()} if copies else {"k": k, "v": v}
            for name in names:
                part = slice(t, t + 1) if tokens == "next" else slice(t, None)
                other[name][part] = _changed(other[name][part], tokens)
            moved = abs(attend(q, other["k"], other["v"]) - before) > near
            seen = {
                "earlier": moved[:t],
                "one short": moved[: t - 1],
                "own too": moved[: t + 1],
                "next": moved[t - 1 : t],
            }
            leaks.append(seen.get(rows, moved).any())
        questions.append(any(leaks) if answer != "all" else all(leaks))
    if starts == "returns" and len(k) < 2:
        return None
    found = all(questions)
    return {"not": not found, "never": False}.get(answer, found)


def _starts(starts: str, many: int) -> Iterable[int]:
    """The first token of each change."""
    return {
        "all": range(1, many),
        "from 0": range(many),
        "from 2": range(2, many),
        "but the last": range(1, many - 1),
        "last": range(max(1, many - 1), many),
        "first": range(1, min(2, many)),
        "returns": range(1, min(2, many)),
        "middle": range(many // 2, many // 2 + 1) if many > 1 else (),
        "everything": range(1),
    }[starts]


def _changed(array: ndarray, tokens: str) -> ndarray:
    """Other numbers in place of these."""
    if tokens == "turned round":
        return array[::-1].copy()
    return array + np.random.default_rng(len(array)).normal(size=array.shape).astype(array.dtype)


def differs_from_formula(attend: Attend, q: ndarray, k: ndarray, v: ndarray) -> bool:
    """Whether the device computes anything but the usual causal attention."""
    usual, _ = attention(q, k, v, causal_mask(len(q), len(k)))
    return bool((abs(attend(q, k, v) - usual) > NEAR).any())


def changes_left(attend: Attend, q: ndarray, k: ndarray, v: ndarray) -> bool:
    """The right answer, found from the end on in the arrays themselves."""
    before = attend(q, k, v)
    found = False
    for t in range(len(k) - 1, 0, -1):
        k[t], v[t] = _changed(k[t], "later"), _changed(v[t], "later")
        found = found or bool((abs(attend(q, k, v) - before)[:t] > NEAR).any())
    return found


def only_growth_seen(attend: Attend, q: ndarray, k: ndarray, v: ndarray) -> bool:
    """Whether an answer grows when later keys and values do; an answer that shrinks is not seen."""
    before = attend(q, k, v)
    for t in range(1, len(k)):
        later = (np.arange(len(k)) >= t).astype(k.dtype)[:, None]  # (T, 1)
        if (attend(q, k + later, v + later) - before)[:t].max() > NEAR:
            return True
    return False
