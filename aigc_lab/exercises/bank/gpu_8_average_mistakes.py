"""Notebook 08: the mistakes known of the exercise in gpu_8_average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_8_average


def flawed(
    gradients: Sequence[Sequence[ndarray]],
    scored: Sequence[int],
    *,
    weigh: str = "scored",
    divide: str = "scored",
    told: str = "list",
) -> Any:
    """The same with what can go wrong."""
    counts = np.asarray(scored, dtype=float)
    weights = {
        "scored": counts,
        "one": np.ones_like(counts),
        "inverse": 1 / counts,
        "others": counts.sum() - counts,
    }[weigh]
    divisor = {
        "scored": counts.sum(),
        "processes": len(counts),
        "processes that score": (counts > 0).sum(),
        "nothing": 1.0,
        "scored and processes": counts.sum() * len(counts),
        "weights": weights.sum(),
        "last": counts[-1],
    }[divide]
    means = [
        sum(n * each for n, each in zip(weights, arrays, strict=True)) / divisor
        for arrays in zip(*gradients, strict=True)
    ]
    return {
        "list": lambda: means,
        "first": lambda: means[0],
        "one long": lambda: np.concatenate([each.ravel() for each in means]),
        "each process": lambda: [
            [n / divisor * g for g in of] for n, of in zip(weights, gradients, strict=True)
        ],
    }[told]()


MISTAKES = (
    Mistake(
        "mean of means",
        symptom="targets count more in a process that has few of them",
        diagnosis="you average the processes' gradients, as if all had equally many targets",
        hint="A process with one scored target and one with nine: how much should each weigh?",
        knobs={"weigh": "one", "divide": "processes"},
    ),
    Mistake(
        "sum of means",
        symptom="the more processes, the larger the gradient",
        diagnosis="you add up the processes' gradients, and never divide",
        hint="Sharing a batch among more processes should change nothing.",
        knobs={"weigh": "one", "divide": "nothing"},
    ),
    Mistake(
        "sum of sums",
        symptom="the gradient grows with the number of targets",
        diagnosis="you weigh each process by its scored targets, and never divide by all of them",
        hint="A weighted mean ends in a division. By what?",
        knobs={"divide": "nothing"},
    ),
    Mistake(
        "sums over processes",
        symptom="the gradient grows with the number of targets",
        diagnosis="you weigh each process by its scored targets, and divide by the number of "
        "processes",
        hint="The weights of a mean must add up to 1.",
        knobs={"divide": "processes"},
    ),
    Mistake(
        "means over the count",
        symptom="the gradient is too small",
        diagnosis="you divide by the number of scored targets, but each gradient is a mean "
        "already, not a sum",
        hint="How do you make a process's sum from its mean?",
        knobs={"weigh": "one"},
    ),
)
