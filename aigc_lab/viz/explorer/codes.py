"""Scenes as the browser gets them: a dictionary that JSON can hold, and the weights as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from aigc_lab.viz.explorer.scene import Scene
from aigc_lab.viz.fonts import Token, token_label

AXES = ("model", "step")
WHOLE = 65535  # the code of weight 1
MOST_BYTES = 64 * 2**20  # a browser takes more than a moment to receive more


def encode(scenes: Sequence[Scene], axis: str = "model") -> tuple[dict[str, Any], bytes]:
    """What the explorer's `meta` and `weights` are for some scenes.

    Raises: ValueError for no scenes, too much for a browser, or steps that are no rising numbers.
    """
    _check(scenes, axis)
    described, start = [], 0
    for scene in scenes:
        described.append(_describe(scene, start))
        start += weight_bytes(scene)
    codes = b"".join(weight_codes(scene.weights) for scene in scenes)
    return {"axis": axis, "scenes": described}, codes


def weight_codes(weights: np.ndarray) -> bytes:
    """The lower triangles of all maps as little-endian 16-bit numbers, 65535 for a weight of 1.

    In the order layer, head, query, key: a query has one number for each key up to itself.
    Shapes: weights (L, H, T, T), causal.

    >>> np.frombuffer(weight_codes(np.array([[[[1, 0], [0.2, 0.8]]]])), dtype="<u2").tolist()
    [65535, 13107, 52428]
    """
    rows, columns = np.tril_indices(weights.shape[-1])
    return np.rint(weights[..., rows, columns] * WHOLE).astype("<u2").tobytes()


def weight_bytes(scene: Scene) -> int:
    """How many bytes the weights of a scene become."""
    layers, heads, length, _ = scene.weights.shape
    return layers * heads * length * (length + 1)  # half of T·(T+1) weights, two bytes each


def label(token: Token) -> str:
    """A token as a browser shows it, which has its own fonts to choose from."""
    return token_label(token, str.isprintable)


def _describe(scene: Scene, start: int) -> dict[str, Any]:
    layers, heads, length, _ = scene.weights.shape
    return {
        "name": scene.name,
        "tokens": [label(token) for token in scene.tokens],
        "start": start,
        "layers": layers,
        "heads": heads,
        "predictions": [
            [[label(token), round(float(chance), 5)] for token, chance in likeliest]
            for likeliest in scene.predictions or [()] * length
        ],
        "effects": None if scene.effects is None else _effects(scene.effects),
        "numbers": dict(scene.numbers),
    }


def _effects(effects: np.ndarray) -> list[list[list[float | None]]]:
    """Nested lists (L, H, T-1) with None for what is no number."""
    rounded = np.round(effects.astype(float), 5)
    return np.where(np.isfinite(rounded), rounded, None).tolist()


def _check(scenes: Sequence[Scene], axis: str) -> None:
    if axis not in AXES:
        raise ValueError(f"there is no axis {axis!r}; choose {' or '.join(map(repr, AXES))}")
    if not scenes or not all(isinstance(scene, Scene) for scene in scenes):
        kinds = ", ".join(type(scene).__name__ for scene in scenes) or "none"
        raise ValueError(f"the explorer shows scenes, and {kinds} arrived; make one by scene_of")
    total = sum(map(weight_bytes, scenes))
    if total > MOST_BYTES:
        raise ValueError(
            f"the scenes' weights take {total / 2**20:.0f} MiB, and a browser is sent at most "
            f"{MOST_BYTES / 2**20:.0f}; give a shorter text or fewer scenes"
        )
    if axis == "step":
        _check_steps([scene.name for scene in scenes])


def _check_steps(names: Sequence[str]) -> None:
    try:
        steps = [float(name) for name in names]
    except ValueError:
        steps = []
    if not steps or not all(low < high for low, high in pairwise(steps)):
        raise ValueError(
            f"with axis='step' the scenes' names are numbers that rise, and {list(names)} arrived; "
            "name each scene by its step"
        )
