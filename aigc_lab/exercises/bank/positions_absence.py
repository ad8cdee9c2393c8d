"""Notebook 04: does a function notice the order of its tokens? Shuffle them and see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import attention, causal_mask


def permutation_gap(f: Function, x: np.ndarray, order: np.ndarray) -> float:
    """The reference: how far f of the shuffled rows is from the shuffled rows of f."""
    return float(np.abs(f(x[order]) - f(x)[order]).max())


def flawed(
    f: Function,
    x: np.ndarray,
    order: np.ndarray,
    *,
    shuffle_in: bool = True,
    shuffle_out: bool = True,
    undo: bool = True,
    undo_in: bool = False,
    features: bool = False,
    size: str = "abs max",
) -> float:
    """The reference with its knobs."""
    x, order = np.asarray(x, dtype=float), np.asarray(order)
    in_order = np.argsort(order) if undo_in else order
    rows = (slice(None), in_order) if features else (in_order,)
    before = f(x[rows] if shuffle_in else x)
    out_order = order if undo else np.argsort(order)
    out_rows = (slice(None), out_order) if features else (out_order,)
    after = f(x)[out_rows] if shuffle_out else f(x)
    gap = before - after
    sizes = {
        "abs max": lambda: np.abs(gap).max(),
        "max": lambda: gap.max(),
        "above zero": lambda: max(gap.max(), 0.0),
        "rows": lambda: np.sqrt((gap**2).sum(axis=-1)).max(),
        "max abs": lambda: abs(gap.max()),
        "mean": lambda: np.abs(gap).mean(),
        "sum": lambda: np.abs(gap).sum(),
        "norm": lambda: np.sqrt((gap**2).sum()),
    }
    return float(sizes[size]())


def each_by_itself(x: np.ndarray) -> np.ndarray:
    """Every token alone: no gap, whatever the order."""
    return np.tanh(x) * 2.0 - x**2


def running_sum(x: np.ndarray) -> np.ndarray:
    """Every token and those before it."""
    return np.cumsum(x, axis=0)


def causal(x: np.ndarray) -> np.ndarray:
    """Attention in which nobody sees a later token."""
    return attention(x, x, x, causal_mask(len(x), len(x)))[0]


def see_everyone(x: np.ndarray) -> np.ndarray:
    """Attention without positions or a mask."""
    return attention(x, x, x)[0]


def without_first(x: np.ndarray) -> np.ndarray:
    """Minus the first token, so that a larger one in front makes all differences negative."""
    return x - x[0]


def probes() -> Sequence[Probe]:
    """Orders that are not their own way back, and differences of either sign."""
    rng = np.random.default_rng(4)
    five, seven, eleven = (rng.normal(size=size) for size in ((5, 3), (7, 2), (11, 13)))
    rising = np.arange(15.0).reshape(5, 3)
    cycle = np.array([2, 0, 4, 1, 3])
    return [
        probe("each token by itself, 5 tokens", each_by_itself, five, cycle),
        probe("a running sum over 5 tokens", running_sum, five, cycle),
        probe("minus the first token, 5 tokens", without_first, rising, cycle),
        probe("causal attention, 7 tokens", causal, seven, np.array([3, 0, 6, 1, 5, 2, 4])),
        probe("attention without a mask, 11 tokens", see_everyone, eleven, rng.permutation(11)),
        probe("an order that changes nothing", running_sum, five, np.arange(5)),
    ]


def is_never_negative(function: Function) -> str | None:
    """A largest absolute difference cannot lie below zero."""
    gap = float(function(without_first, np.arange(6.0).reshape(3, 2), np.array([2, 0, 1])))
    return f"it gives {gap:.3g}, and a distance is never below zero" if gap < 0 else None


MISTAKES = (
    Mistake(
        "output not shuffled",
        "even a function that looks at each token by itself seems to notice the order",
        "you compare f of the shuffled tokens with f of the tokens in their old places",
        "Follow one token: it moved to another row going in. In which row is its result?",
        knobs={"shuffle_out": False},
    ),
    Mistake(
        "input not shuffled",
        "even a function that looks at each token by itself seems to notice the order",
        "you shuffle only the results, and f never sees the shuffled tokens",
        "The question is what f makes of another order; who gives it one?",
        knobs={"shuffle_in": False},
    ),
    Mistake(
        "wrong way round",
        "orders that are their own way back come out right, the others do not",
        "on one side you shuffle by `order` and on the other you undo it, or you undo it with "
        "`order` itself",
        "Shuffle twice by (2, 0, 1) on paper: are you back where you began?",
        knobs={"undo": False},
    ),
    Mistake(
        "put at the order",
        "orders that are their own way back come out right, the others do not",
        "on the way in you put row i at place order[i]; x[order] puts row order[i] at place i",
        "Shuffle twice by (2, 0, 1) on paper: are you back where you began?",
        knobs={"undo_in": True},
    ),
    Mistake(
        "features shuffled",
        "features change places, or an index is out of bounds",
        "you shuffle the columns, which are features, and not the rows, which are tokens",
        "Which axis of (T, C) counts the tokens?",
        knobs={"features": True},
    ),
    Mistake(
        "signed",
        "differences below zero are not seen, and the gap can even be negative",
        "you take the largest difference without its absolute value",
        "Which is further from 0: -5 or 2?",
        knobs={"size": "max"},
    ),
    Mistake(
        "only above zero",
        "differences below zero are not seen",
        "your search for the largest difference begins at 0 and takes no absolute values",
        "Which is further from 0: -5 or 2?",
        knobs={"size": "above zero"},
    ),
    Mistake(
        "absolute value too late",
        "a large difference below zero is not seen",
        "you take the absolute value of the largest difference, and not the largest of the "
        "absolute values",
        "What does each of the two orders make of the differences -5 and 2?",
        knobs={"size": "max abs"},
    ),
    Mistake(
        "mean",
        "the gap is too small, except where there is none",
        "you take the mean of the absolute differences and not the largest of them",
        "One token that is treated differently is enough; it should not be averaged away.",
        knobs={"size": "mean"},
    ),
    Mistake(
        "sum",
        "the gap is too large, and grows with the number of tokens",
        "you add up the absolute differences instead of taking the largest",
        "Should a longer sentence have a larger gap only because it is longer?",
        knobs={"size": "sum"},
    ),
    Mistake(
        "furthest token",
        "the gap is too large, except where there is none",
        "you take the distance between two tokens: the root of a sum of squares over features",
        "Single numbers are compared; which of them differs most?",
        knobs={"size": "rows"},
    ),
    Mistake(
        "norm",
        "the gap is too large, except where there is none",
        "you take the length (root of the sum of squares) of all differences together",
        "One number per feature is compared; which of them differs most?",
        knobs={"size": "norm"},
    ),
)

EXERCISES = (
    Exercise(
        name="permutation_gap",
        notebook="04_positions",
        title="Does it notice the order?",
        points=1,
        reference=permutation_gap,
        probes=probes,
        hints=(
            "Two roads lead from x to a result: shuffle and then apply f, or apply f and then "
            "shuffle. How far apart do they end?",
            "`x[order]` is x with its rows shuffled; so is `f(x)[order]` for the results. "
            "Subtract, take absolute values, then the largest.",
            "first = f(x[order])\nsecond = f(x)[order]\n"
            "return the largest of np.abs(first - second), as a float",
        ),
        flawed=flawed,
        mistakes=MISTAKES,
        laws=(Law("never negative", is_never_negative),),
    ),
)
