"""Notebook 10: how spread the look of each query is."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_3_entropy_flawed import flawed
from aigc_lab.exercises.bank.maps_3_entropy_mistakes import MISTAKES
from aigc_lab.exercises.bank.maps_maps import causal_map
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import heads

EPS = 1e-4  # lets those pass who add 1e-6 inside the logarithm


def attention_entropy(weights: ndarray) -> ndarray:
    """The package's own."""
    return heads.attention_entropy(np.asarray(weights))


def _probes() -> list[Probe]:
    draw = np.random.default_rng(23)
    sure = np.eye(5)[[0, 0, 1, 3, 2]]
    gaps = causal_map(draw, 11)
    gaps[7, [1, 2, 5]] = 0.0
    gaps[9, 4:9] = 0.0
    gaps /= gaps.sum(axis=-1, keepdims=True)
    single = causal_map(draw, 13).astype(np.float32)
    return [
        probe("3 tokens", np.array([[1, 0, 0], [0.5, 0.5, 0], [0.5, 0.25, 0.25]]), tolerance=EPS),
        probe("7 tokens", causal_map(draw, 7), tolerance=EPS),
        probe("5 tokens, each row sure of one key", sure, tolerance=EPS),
        probe("7 tokens, even weights", np.tri(7) / np.arange(1, 8)[:, None], tolerance=EPS),
        probe("11 tokens, some keys of the past at 0", gaps, tolerance=EPS),
        probe("13 tokens in float32", single, tolerance=EPS),
    ]


def _bounds(function: Function) -> str | None:
    """From 0 to ln(q + 1)."""
    length = 5
    for told, weights, right in (
        ("looks at one key alone", np.eye(length), np.zeros(length)),
        (
            "looks at all it may see alike",
            np.tri(length) / np.arange(1, length + 1)[:, None],
            np.log(np.arange(1, length + 1)),
        ),
    ):
        told_by = np.asarray(function(weights), dtype=float)
        if told_by.shape == right.shape and not np.allclose(told_by, right, atol=1e-3):
            rows, yours = (", ".join(f"{n:.3g}" for n in row) for row in (right, told_by))
            return f"a head that {told} should give [{rows}]; yours gives it [{yours}]"
    return None


ENTROPY = Exercise(
    name="attention_entropy",
    notebook="10_attention_maps",
    title="Sure or spread?",
    points=1,
    reference=attention_entropy,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Do a row by hand: two keys with a weight of 1/2 each. What is ln(1/2), and what do the "
        "two halves of it add up to? Then a row with a weight of 0.",
        "For each row: multiply each weight by its natural logarithm, add up along the keys, turn "
        "the sign. A weight of 0 adds 0, but np.log(0) is -inf: keep it out.",
        "Give log something harmless where the weight is 0: "
        "logs = np.log(np.where(weights > 0, weights, 1)). Then -(weights * logs), summed over "
        "axis=-1.",
    ),
    mistakes=MISTAKES,
    laws=(Law("bounds", _bounds),),
)

EXERCISES = (ENTROPY,)
