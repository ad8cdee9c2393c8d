"""Notebook 10: attention through all layers."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_8_rollout_flawed import flawed
from aigc_lab.exercises.bank.maps_8_rollout_mistakes import MISTAKES
from aigc_lab.exercises.bank.maps_maps import causal_map
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.model import heads


def rollout(maps: ndarray) -> ndarray:
    """The package's own."""
    return heads.rollout(np.asarray(maps))


def _probes() -> list[Probe]:
    draw = np.random.default_rng(37)
    single = causal_map(draw, 3, 13).astype(np.float32)
    back = np.eye(5, k=-1)
    back[0, 0] = 1.0
    return [
        probe("2 layers, 3 tokens", causal_map(draw, 2, 3), tolerance=1e-6),
        probe("3 layers, 5 tokens", causal_map(draw, 3, 5), tolerance=1e-6),
        probe("3 layers that look one token back", np.stack([back] * 3), tolerance=1e-6),
        probe("a single layer", causal_map(draw, 1, 7), tolerance=1e-6),
        probe("5 layers, 11 tokens, few keys each", causal_map(draw, 5, 11, sharp=3.0)),
        probe("3 layers in float32, 13 tokens", single, tolerance=1e-4),
    ]


def _rows(function: Function) -> str | None:
    """Rows sum to 1, and row 0 knows itself alone."""
    maps = causal_map(np.random.default_rng(2), 3, 5)
    rolled = np.asarray(function(maps), dtype=float)
    if rolled.shape != maps.shape:
        return None
    sums = rolled.sum(axis=-1)
    if not np.allclose(sums, 1):
        layer, query = np.argwhere(~np.isclose(sums, 1))[0]
        total = sums[layer, query]
        return f"after layer {layer}, row {query} sums to {total:.4g}; shares should sum to 1"
    if not np.allclose(rolled[0], (maps[0] + np.eye(5)) / 2):
        return "after layer 0 there should be nothing but (A + I) / 2 of that layer"
    return None


ROLLOUT = Exercise(
    name="rollout",
    notebook="10_attention_maps",
    title="From the last layer back to the words",
    points=2,
    reference=rollout,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Two layers on paper: after layer 0, what share of token 2's state came from token 1? In "
        "layer 1 token 2 looks at those states, not at the words. Which product is that?",
        "For each layer: mix its map with the identity, half and half, and multiply it from the "
        "left to what the layers below have made. Keep the result after each layer.",
        "state = np.eye(T); for layer in maps: state = ((layer + np.eye(T)) / 2) @ state; append "
        "a copy of it to a list. At the end, np.stack of that list.",
    ),
    mistakes=MISTAKES,
    laws=(Law("rows", _rows),),
)

EXERCISES = (ROLLOUT,)
