"""Notebook 10: do two measures put the heads in the same order?"""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_8_ranks_flawed import flawed
from aigc_lab.exercises.bank.maps_8_ranks_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import trust


def rank_correlation(x: ndarray, y: ndarray) -> float:
    """The package's own."""
    return trust.rank_correlation(x, y)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(43)
    many = draw.normal(size=29)
    near = 0.6 * many + 0.8 * draw.normal(size=29)
    single = np.exp(2 * draw.normal(size=(2, 17))).astype(np.float32)
    return [
        probe(
            "5 pairs, no ties",
            np.array([0.1, 0.7, 0.3, 40.0, 0.2]),
            np.array([1.0, 3.0, 5.0, 4.0, -2.0]),
        ),
        probe(
            "7 pairs, ties in x",
            np.array([2.0, 5.0, 2.0, 8.0, 5.0, 2.0, 1.0]),
            np.array([0.3, 0.9, 0.1, 0.8, 0.2, 0.5, 0.4]),
        ),
        probe(
            "8 pairs, ties in y, and what rises falls",
            np.array([9.0, 0.5, 7.0, 3.0, -4.0, 6.0, 2.0, 1.0]),
            np.array([1.0, 4.0, 1.0, 2.0, 4.0, 2.0, 2.0, 4.0]),
        ),
        probe(
            "11 pairs of whole numbers, ties in both",
            np.array([3, 0, 3, 7, 1, 0, 3, 9, 7, 0, 2]),
            np.array([5, 2, 2, 8, 5, 1, 2, 6, 8, 1, 5]),
        ),
        probe("29 pairs, rounded to one digit", many.round(1), near.round(1)),
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
    laws=(Law("order", _shape_free),),
)

EXERCISES = (RANKS,)
