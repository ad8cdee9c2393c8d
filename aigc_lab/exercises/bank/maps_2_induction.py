"""Notebook 10: how much a head looks at what followed the last times."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_2_induction_flawed import flawed
from aigc_lab.exercises.bank.maps_2_induction_mistakes import MISTAKES
from aigc_lab.exercises.bank.maps_maps import causal_map
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import heads


def induction_score(weights: ndarray, ids: ndarray) -> float:
    """The package's own, of one map."""
    return float(heads.induction_score(np.asarray(weights), np.asarray(ids)))


def perfect(ids: ndarray) -> ndarray:
    """The map of a head that looks at what followed the newest earlier place, if there is one."""
    weights = np.zeros((len(ids), len(ids)))
    for query, token in enumerate(ids):
        earlier = np.flatnonzero(ids[:query] == token)
        weights[query, earlier[-1] + 1 if len(earlier) else query] = 1.0
    return weights


def _probes() -> list[Probe]:
    draw = np.random.default_rng(19)

    def case(label: str, *ids: int, sharp: float = 1.0) -> Probe:
        weights = causal_map(draw, len(ids), sharp=sharp)
        return probe(label, weights, np.array(ids))

    many = np.array([2, 0, 3, 1, 0, 2, 3, 0, 1, 2, 1, 0, 1])
    twice = np.tile([31, 7, 19, 2, 23], 2)
    single = causal_map(draw, len(many)).astype(np.float32)
    return [
        case("5 tokens, one of them twice", 4, 8, 1, 8, 2),
        case("8 tokens, a pattern of 3 over and over", 3, 1, 4, 3, 1, 4, 3, 1),
        case("11 tokens, some of them three times", 8, 5, 2, 7, 5, 9, 2, 5, 0, 8, 2),
        case("7 tokens, the same one twice in a row", 6, 1, 6, 6, 1, 1, 9),
        case("5 tokens that begin with the same one twice", 3, 3, 1, 2, 1),
        probe("a pattern of 5, twice, and a perfect head", perfect(twice), twice),
        case("12 tokens, a head that looks at few places", *range(7), 2, 3, 4, 1, 2, sharp=3.0),
        probe("13 tokens in float32", single, many, tolerance=1e-4),
    ]


def _extremes(function: Function) -> str | None:
    """What the surest head and the blindest head should come to."""
    ids = np.array([5, 3, 8, 5, 3, 8, 5, 3])
    for told, weights, right in (
        ("always looks at what followed the newest earlier place", perfect(ids), 1.0),
        ("always looks at its own place", np.eye(len(ids)), 0.0),
    ):
        score = float(function(weights, ids))
        if abs(score - right) > 1e-6:
            return f"a head that {told} should score {right:g}; yours gives it {score:.4g}"
    return None


INDUCTION = Exercise(
    name="induction_score",
    notebook="10_attention_maps",
    title="Who looks for what came next the last time?",
    points=3,
    reference=induction_score,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Take one query and do it by hand: where did its token stand before? What stands just "
        "after each of those places? How much weight goes there?",
        "For every query q: the earlier places are the p < q with ids[p] == ids[q]. If there are "
        "none, skip q. Otherwise add up the weights on p + 1, leaving out p + 1 == q. The score is "
        "the mean of these sums over the queries that were not skipped.",
        "for q in range(len(ids)): earlier = [p for p in range(q) if ids[p] == ids[q]]\n"
        "if earlier: totals.append(sum(weights[q, p + 1] for p in earlier if p + 1 < q))\n"
        "…and the mean of totals after the loop",
    ),
    mistakes=MISTAKES,
    laws=(Law("extremes", _extremes),),
)

EXERCISES = (INDUCTION,)
