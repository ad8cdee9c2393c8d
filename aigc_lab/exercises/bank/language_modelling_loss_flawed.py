"""Wrong ways to the loss, for the exercise in language_modelling_loss."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Function, Mistake
from aigc_lab.model.reference import softmax

EXERCISES = ()  # the exercise that these belong to stands in language_modelling_loss


def flawed(
    logits: ndarray,
    targets: ndarray,
    *,
    average: str = "positions",
    unit: float = 1.0,
    shift: str = "row",
    through: str = "scores",
    least: float = 0.0,
    pick: str = "own",
    axis: int = -1,
    keep: bool = True,
    moved: bool = False,
) -> float | ndarray:
    """`cross_entropy` with knobs for what goes wrong."""
    if moved:
        logits, targets = logits[:-1], targets[1:]
    if through == "twice":
        logits = softmax(logits)
    surprises = -_log_probabilities(logits, shift, through, least, axis, keep)  # (N, V)
    if pick in ("every", "rows"):
        taken = surprises[:, targets] if pick == "every" else surprises[targets]
        return float(taken.mean() / unit)
    own = _own(surprises, targets, pick) / unit  # (N,)
    if average == "none":
        return own
    return float(own.sum() / {"positions": len(own), "sum": 1, "numbers": surprises.size}[average])


def _log_probabilities(
    logits: ndarray, shift: str, through: str, least: float, axis: int, keep: bool
) -> ndarray:
    base = {
        "row": lambda: logits.max(axis=axis, keepdims=True),
        "no keepdims": lambda: logits.max(axis=axis),
        "all": lambda: logits.max(),
        "nothing": lambda: 0.0,
    }[shift]()
    z = logits - base
    total = np.exp(z).sum(axis=axis, keepdims=keep)
    ways = {
        "raw": lambda: np.log(logits),
        "softmax": lambda: np.log(np.exp(z) / total + least),
        "no log": lambda: np.exp(z) / total,
        "score alone": lambda: logits,
        "half shifted": lambda: logits - np.log(total),
        "maximum added": lambda: z - base - np.log(total),
    }
    return ways.get(through, lambda: z - np.log(total))()


def _own(surprises: ndarray, targets: ndarray, pick: str) -> ndarray:
    """The surprise of each row's target; with one-hots, zero times the others is added."""
    if pick == "one-hot":
        return (np.eye(surprises.shape[-1])[targets] * surprises).sum(axis=-1)
    return surprises[np.arange(len(targets)), targets]


def rows_of_scores(logits: ndarray, targets: ndarray) -> float:
    """Whole rows of scores, taken from a single log-sum-exp for each position."""
    z = logits - logits.max(axis=-1, keepdims=True)
    return float((np.log(np.exp(z).sum(axis=-1)) - z[targets]).mean())


def overflow_in_math(logits: ndarray, targets: ndarray) -> float:
    """Python's own exp and log, which stop where NumPy gives infinity."""
    totals = [math.log(sum(map(math.exp, row))) for row in logits]
    return float(np.mean(totals - logits[np.arange(len(targets)), targets]))


def log_in_math(logits: ndarray, targets: ndarray) -> float:
    """Python's own log, which stops at 0."""
    own = softmax(logits)[np.arange(len(targets)), targets]
    return -float(np.mean([math.log(p) for p in own]))


def surprise_has_no_cap(function: Function) -> str | None:
    """The law of the hopeless answer."""
    usual = float(function(np.array([[2.0, 1.0, 0.0]]), np.array([1])))
    hopeless = float(function(np.array([[0.0, 600.0]]), np.array([0])))
    if abs(usual - 1.4076) > 1e-3 or not 5 < hopeless < 599:
        return None
    return (
        f"a right token that lies 600 behind costs {hopeless:.4g} nats instead of 600; is the "
        "probability clipped, or a small number added to it?"
    )


def capped_at(least: float) -> Mistake:
    """The mistake of protecting the logarithm by this little number."""
    return Mistake(
        f"capped at {least:.0e}",
        symptom=f"a hopeless right token costs {-np.log(least):.1f} nats, however hopeless it is",
        diagnosis=f"you clip the probability at {least:.0e}, or add that to it, and no surprise "
        "can be larger than minus the logarithm of it",
        hint="With log-sum-exp nothing has to be protected: no logarithm of 0 ever occurs.",
        knobs={"through": "softmax", "least": least},
    )
