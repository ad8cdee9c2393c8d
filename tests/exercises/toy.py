"""An exercise to try the machinery on: softmax over the last axis."""

from __future__ import annotations

import numpy as np

from aigc_lab.exercises.definition import Exercise, Law, Mistake, probe


def softmax(scores):
    """The reference."""
    return flawed(scores)


def flawed(scores, *, axis=-1, shift=True, base=np.e):
    """The reference with its knobs."""
    scores = np.asarray(scores, dtype=float)
    if shift:
        scores = scores - scores.max(axis=axis, keepdims=True)
    weights = base**scores
    return weights / weights.sum(axis=axis, keepdims=True)


def sums_to_one(function):
    """The law."""
    total = np.asarray(function(np.array([1.0, 2.0, 4.0]))).sum()
    return None if abs(total - 1) < 1e-6 else f"the weights add up to {total:.3g}, not to 1"


TOY = Exercise(
    name="softmax",
    notebook="00_toy",
    title="Scores to weights",
    points=2,
    reference=softmax,
    probes=lambda: [
        probe("three scores", np.array([1.0, 2.0, 4.0])),
        probe("two rows", np.array([[1.0, 2.0, 4.0], [3.0, 0.0, -1.0]])),
        probe("huge scores", np.array([[1e4, 1e4 + 1]])),
    ],
    hints=("push", "plan", "nearly"),
    flawed=flawed,
    mistakes=(
        Mistake("axis", "columns add up to 1", "you go down", "Across.", knobs={"axis": 0}),
        Mistake("overflow", "nan", "exp is too large", "Shift.", knobs={"shift": False}),
        Mistake("base", "too flat", "the base is 2", "exp.", knobs={"base": 2.0}),
        Mistake("zeros", "all zero", "nothing", "Begin.", wrong=lambda scores: 0 * scores),
    ),
    laws=(Law("sums to one", sums_to_one),),
    seconds=0.5,
)
