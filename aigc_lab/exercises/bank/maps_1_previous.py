"""Notebook 10: how much a head looks at the token just before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_1_previous_mistakes import MISTAKES
from aigc_lab.exercises.bank.maps_maps import causal_map
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import heads


def previous_token_score(weights: ndarray) -> float:
    """The package's own, of one map."""
    return float(heads.previous_token_score(np.asarray(weights)))


def flawed(
    weights: ndarray, *, taken: str = "before", queries: str = "from 1", summary: str = "mean"
) -> Any:
    """The same with what can go wrong."""
    length = len(weights)
    places = {"from 1": range(1, length), "from 2": range(2, length)}
    places |= {"all but the last": range(1, length - 1), "first": range(1, 2)}
    places |= {"last": range(length - 1, length)}
    found = np.array([_taken(weights, query, taken) for query in places[queries]])
    if taken == "two before":
        found = found[1:]  # the second token has nothing two places before it
    return {
        "mean": lambda: found.mean(),
        "over all queries": lambda: found.sum() / length,
        "over all numbers": lambda: found.sum() / length**2,
        "over all numbers of the past": lambda: found.sum() / (length * (length + 1) / 2),
        "sum": lambda: found.sum(),
        "most": lambda: found.max(),
        "median": lambda: np.median(found),
        "each": lambda: found,
        "where it looks most": lambda: np.mean(np.arange(length - 1) == weights[1:].argmax(-1)),
    }[summary]()


def _taken(weights: ndarray, query: int, taken: str) -> float:
    """The weight that is taken of a row."""
    row = weights[query]
    return {
        "before": lambda: row[query - 1],
        "itself": lambda: row[query],
        "after": lambda: weights[query - 1, query],
        "two before": lambda: row[query - 2],
        "first": lambda: row[0],
        "all before": lambda: row[:query].sum(),
        "mean of the block": lambda: row[:-1].mean(),
        "against itself": lambda: row[query - 1] / (row[query - 1] + row[query]),
    }[taken]()


def _probes() -> list[Probe]:
    draw = np.random.default_rng(17)
    fixed = np.eye(7, k=-1)
    fixed[0, 0] = 1.0
    return [
        probe("3 tokens", causal_map(draw, 3)),
        probe("5 tokens", causal_map(draw, 5)),
        probe("a head that always looks one place back", fixed),
        probe("even weights on all that is past", np.tri(7) / np.arange(1, 8)[:, None]),
        probe("11 tokens, a head that looks at few places", causal_map(draw, 11, sharp=3.0)),
        probe("13 tokens in float32", causal_map(draw, 13).astype(np.float32), tolerance=1e-4),
    ]


def _extremes(function: Function) -> str | None:
    """What the surest head and the blindest head should come to."""
    back = np.eye(5, k=-1)
    back[0, 0] = 1.0
    for told, weights, right in (
        ("always looks one place back", back, 1.0),
        ("always looks at its own place", np.eye(5), 0.0),
    ):
        score = float(function(weights))
        if abs(score - right) > 1e-6:
            return f"a head that {told} should score {right:g}; yours gives it {score:.4g}"
    return None


PREVIOUS = Exercise(
    name="previous_token_score",
    notebook="10_attention_maps",
    title="Who looks one place back?",
    points=1,
    reference=previous_token_score,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Put a finger on the map: row 1, row 2, row 3. In which column stands the weight on the "
        "token just before? Which row has none?",
        "The weights stand just below the diagonal: weights[1, 0], weights[2, 1], and so on. There "
        "are T - 1 of them. The score is their mean.",
        "np.diagonal(weights, offset=-1) holds them; or weights[q, q - 1] for q in range(1, T). "
        "Then the mean.",
    ),
    mistakes=MISTAKES,
    laws=(Law("extremes", _extremes),),
)

EXERCISES = (PREVIOUS,)
