"""Notebook 04: turning pairs of features, in either layout, with all that can go wrong."""

from __future__ import annotations

import numpy as np

EXERCISES = ()  # the exercises that need it stand in positions_rotary and positions_rotary_halves


def turn(
    x: np.ndarray,
    base: float = 10000.0,
    offset: int = 0,
    *,
    split: str = "neighbours",
    join: str = "neighbours",
    speeds: str = "pairs",
    exponent: float = 2.0,
    own_base: float | None = None,
    sense: int = 1,
    minus: int = -1,
    first: int = 0,
    move: int = 1,
    axis: int = -2,
    reuse: bool = False,
    kept: bool = False,
    crossed: bool = False,
    late: float = 0.0,
    short: bool = False,
    blocks: bool = False,
    count: str = "tokens",
) -> np.ndarray:
    """Rotary positions with a knob for everything that can go wrong, in either layout."""
    x = np.asarray(x, dtype=float)
    axis = max(axis, -x.ndim) % x.ndim
    length = _length(x, axis, count)
    half = x.shape[-1] // 2
    i = np.arange(half)
    number = {"pairs": i, "features": np.repeat(i, 2), "every other": i[::2]}[speeds]
    frequency = (base if own_base is None else own_base) ** (-exponent * number / x.shape[-1])
    t = first + (move + blocks * length) * offset + np.arange(length)
    t = np.arange(offset, x.shape[axis]) if short else t
    angle = sense * t.reshape(-1, *[1] * (x.ndim - 1 - axis)) * frequency + late * offset
    cos, sin = np.cos(angle), np.sin(angle)
    a, b = (x[..., :half], x[..., half:]) if split == "halves" else (x[..., 0::2], x[..., 1::2])
    cut = slice(half), slice(-half, None)  # the same for one column a pair
    one = a * cos[..., cut[0]] + minus * b * sin[..., cut[0]]
    other = b * cos[..., cut[1]] + (one if reuse else a) * sin[..., cut[1]]
    if crossed:
        other = a * cos[..., cut[1]] + b * sin[..., cut[1]]
    if kept:
        other = b
    if join == "halves":
        return np.concatenate((one, other), axis=-1)
    turned = np.empty(x.shape)
    turned[..., 0::2], turned[..., 1::2] = one, other
    return turned


def _length(x: np.ndarray, axis: int, count: str) -> int:
    """How many tokens there are, counted rightly or not."""
    if count == "two":
        length, _ = x.shape
    elif count == "three":
        _, length, _ = x.shape
    else:
        length = x.shape[{"len(x)": 0, "second": 1}.get(count, axis)]
    return length
