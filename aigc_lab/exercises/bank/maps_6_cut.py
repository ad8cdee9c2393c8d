"""Notebook 10: cut one edge of an attention map."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_6_cut_flawed import flawed
from aigc_lab.exercises.bank.maps_6_cut_mistakes import MISTAKES
from aigc_lab.exercises.bank.maps_maps import causal_map
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def cut_edge(weights: ndarray, query: int, key: int) -> ndarray:
    """A copy in which the query cannot look at the key, and looks at the rest in proportion."""
    return flawed(np.asarray(weights), query, key)


def _left(before: ndarray, weights: ndarray, query: int, key: int) -> dict[str, bool]:
    """Whether the map that went in is still what it was."""
    return {"“weights is unchanged”": bool(np.array_equal(before, weights))}


def _probes() -> list[Probe]:
    draw = np.random.default_rng(31)

    def case(label: str, weights: ndarray, query: int, key: int, tolerance: float = 1e-6) -> Probe:
        looks = partial(_left, weights)
        return probe(label, weights, query, key, tolerance=tolerance, leaves=looks)

    nearly = causal_map(draw, 5)
    nearly[3] = [0.004, 0.985, 0.008, 0.003, 0.0]
    single = causal_map(draw, 11).astype(np.float32)
    return [
        case("5 tokens, query 3 and key 1", causal_map(draw, 5), 3, 1),
        case("7 tokens, the last query and the first key", causal_map(draw, 7), 6, 0),
        case("7 tokens, query 4 and itself", causal_map(draw, 7), 4, 4),
        case("7 tokens, query 1 of two keys", causal_map(draw, 7), 1, 0),
        case("5 tokens, nearly all the weight on the edge", nearly, 3, 1, 1e-5),
        case("11 tokens in float32", single, 8, 5, 1e-4),
    ]


def _sums(function: Function) -> str | None:
    """Rows sum to 1, and the proportions of the rest stay."""
    weights = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.125, 0.375]])
    cut = np.asarray(function(weights.copy(), 2, 0), dtype=float)
    if cut.shape != weights.shape or np.allclose(cut[2], [0.0, 0.25, 0.75]):
        return None
    row = ", ".join(f"{number:.4g}" for number in cut[2])
    return f"of the row [0.5, 0.125, 0.375], key 0 cut, [0, 0.25, 0.75] is left; yours is [{row}]"


CUT = Exercise(
    name="cut_edge",
    notebook="10_attention_maps",
    title="Cut one edge",
    points=2,
    reference=cut_edge,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Take the row [0.5, 0.125, 0.375] and cut its first edge. What is left, what do the rest "
        "add up to, and what makes them add up to 1 again?",
        "Copy the map. In row `query`, set the weight on `key` to 0; then divide that row by its "
        "new sum. No other row changes.",
        "cut = weights.copy(); cut[query, key] = 0; now cut[query] has to be divided by …, and cut "
        "is returned.",
    ),
    mistakes=MISTAKES,
    laws=(Law("sums", _sums),),
)

EXERCISES = (CUT,)
