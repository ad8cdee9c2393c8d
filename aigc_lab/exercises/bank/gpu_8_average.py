"""Notebook 08: one gradient from those of several processes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpu_8_average_flawed import flawed
from aigc_lab.exercises.bank.gpu_8_average_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def average_gradients(
    gradients: Sequence[Sequence[ndarray]], scored: Sequence[int]
) -> list[ndarray]:
    """Each process counts as often as it has scored targets."""
    return flawed(gradients, scored)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(8)

    def case(label: str, scored: list[int], *shapes: tuple[int, ...]) -> Probe:
        gradients = [
            [draw.normal(size=shape) * (n > 0) for shape in shapes] for n in scored
        ]  # a process in which nothing is scored has a gradient of zeros
        return probe(label, gradients, scored)

    return [
        case("2 processes with 5 targets each", [5, 5], (3,), (2, 7), (1,)),
        case("2 processes, 9 targets and 1", [9, 1], (2, 3), (5,), (7,)),
        case("3 processes, one array each", [2, 11, 5], (3, 2)),
        case("3 processes, nothing scored in the second", [7, 0, 3], (5, 2), (3,)),
        case("5 processes, 2 arrays each", [13, 2, 31, 5, 3], (3,), (2, 2, 5)),
        case("2 processes, nothing scored in the last", [3, 0], (7,), (2, 5), (3, 3)),
        case("a single process", [17], (5,), (3, 2)),
    ]


def _keeps_what_is_equal(function: Function) -> str | None:
    answer = np.ravel(function([[np.ones(1)]] * 3, [5, 1, 2])[0])
    if len(answer) == 1 and np.isclose(answer[0], 1):
        return None
    return (
        "where all processes have the same gradient, it should stay as it is: of 1, with 5, 1 and "
        f"2 targets, yours makes {answer[0]:.4g}"
    )


AVERAGE = Exercise(
    name="average_gradients",
    notebook="08_gpu_training",
    title="One gradient from many",
    points=2,
    reference=average_gradients,
    probes=_probes,
    flawed=flawed,
    hints=(
        "One process had 9 scored targets and one had 1. In the mean over all ten, how much does "
        "each process's own mean count?",
        "A mean times its number of targets is a sum. For each parameter, add up scored[r] times "
        "the gradient of process r, and divide once, by the number of targets of all processes.",
        "for each parameter i: sum(n * g[i] for n, g in zip(scored, gradients)) / sum(scored)\n"
        "…and a list of these for all i in range(len(gradients[0]))",
    ),
    mistakes=MISTAKES,
    laws=(Law("equal gradients stay", _keeps_what_is_equal),),
)

EXERCISES = (AVERAGE,)
