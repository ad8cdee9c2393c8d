"""Notebook 10: do two measures put the heads in the same order?"""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_5_ranks_flawed import flawed
from aigc_lab.exercises.bank.maps_5_ranks_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import trust


def rank_correlation(x: ndarray, y: ndarray) -> float:
    """The package's own."""
    return trust.rank_correlation(x, y)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(43)
    many = draw.normal(size=29)
    near = 0.4 * draw.normal(size=29) - 0.6 * many
    single = np.exp(2 * draw.normal(size=(2, 17))).astype(np.float32)
    x = np.array([0.1, 0.7, 0.3, 40.0, 0.2])

    def whole(label: str, *numbers: list[int]) -> Probe:
        # Of 16-bit numbers, up to 16 of them, every sort leaves equal ones in their order.
        return probe(label, *(np.array(each, dtype=np.int16) for each in numbers))

    return [
        probe("5 pairs, no ties", x, np.array([1.0, 3.0, 5.0, 4.0, -2.0])),
        whole("7 pairs, ties in x", [20, 50, 20, 80, 50, 20, 10], [3, 9, 1, 8, 2, 5, 4]),
        whole(
            "8 pairs, ties in y, and what rises falls",
            [18, 1, 14, 6, -8, 12, 4, 2],
            [1, 4, 1, 2, 4, 2, 2, 4],
        ),
        whole(
            "11 pairs, ties in both",
            [3, 0, 3, 7, 1, 0, 3, 9, 7, 0, 2],
            [5, 2, 2, 8, 5, 1, 2, 6, 8, 1, 5],
        ),
        probe("29 pairs, nearly opposite", many, near),
        probe("17 pairs in float32, far apart", *single),
    ]


def _shape_free(function: Function) -> str | None:
    """Only the order counts."""
    x, y = np.array([0.2, 0.9, 0.4, 0.7, 0.1]), np.array([3.0, 5.0, 1.0, 4.0, 2.0])
    plain, bent = float(function(x, y)), float(function(np.exp(5 * x), y))
    if abs(plain - bent) > 1e-6:
        return "exp keeps the order, so it should change nothing; with yours it does"
    same = float(function(np.array([1.0, 2.0, 2.0, 5.0]), np.array([10.0, 20.0, 20.0, 50.0])))
    if abs(same - 1) > 1e-6:
        return f"the same order, ties and all, should give 1; yours gives {same:.4g}"
    return None


def _any_order(function: Function) -> str | None:
    """The pairs may come in any order."""
    x, y = np.array([3, 1, 3, 2, 3, 1]), np.array([1, 2, 3, 4, 5, 6])
    once, again = float(function(x, y)), float(function(x[::-1].copy(), y[::-1].copy()))
    if abs(once - again) < 1e-9:
        return None
    return (
        "the pairs may come in any order, and with yours the answer depends on it, as it does "
        "when equal numbers do not share a rank"
    )


RANKS = Exercise(
    name="rank_correlation",
    notebook="10_attention_maps",
    title="The same order?",
    points=2,
    reference=rank_correlation,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Write the ranks of 2, 5, 2, 8 on paper. The two 2s stand on places 1 and 2, and neither "
        "has a better right to the first. Which rank do both get?",
        "Replace each number of x by its rank: how many are smaller, plus half of (how many are "
        "equal, itself among them, plus 1). The same for y. Then the ordinary correlation of the "
        "ranks: covariance over the product of the deviations.",
        "ranks = [(x < a).sum() + ((x == a).sum() + 1) / 2 for a in x], likewise for y; then "
        "np.corrcoef(…, …)[0, 1] of the two lists.",
    ),
    mistakes=MISTAKES,
    laws=(Law("any order", _any_order), Law("order", _shape_free)),
)

EXERCISES = (RANKS,)
