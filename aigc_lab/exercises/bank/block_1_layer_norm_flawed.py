"""Notebook 05: the ways to get LayerNorm wrong, for block_1_layer_norm."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in block_1_layer_norm


def flawed(
    x: ndarray,
    weight: ndarray,
    bias: ndarray,
    eps: float = 1e-5,
    *,
    mean_over: str = "features",
    spread_over: str = "features",
    kept: str = "both",
    top: str = "centred",
    about: str = "mean",
    power: int = 2,
    ddof: int = 0,
    eps_at: str = "inside",
    root: str = "of the variance",
    ending: str = "gain and bias",
) -> ndarray:
    """LayerNorm with what can go wrong."""
    unpack(x, kept)
    mean = keep(x.mean(axis=axes(x, mean_over), keepdims=True), kept, "mean")
    centre = {"mean": mean, "own": x.mean(axis=axes(x, spread_over), keepdims=True), "zero": 0.0}
    squares = np.abs(x - centre[about]) ** power
    total = squares.sum(axis=axes(x, spread_over), keepdims=True)
    size = x.size / total.size
    variance = keep(total / (1 if root == "of the sum" else size - ddof), kept, "spread")
    spread = root_of(variance, eps, eps_at, root)
    y = {"centred": x - mean, "x": x, "turned": mean - x}[top]
    y = y * spread if root == "multiplied" else y / spread
    return finish(y + (eps if eps_at == "after" else 0.0), weight, bias, ending)


def axes(x: ndarray, over: str) -> int | tuple[int, ...] | None:
    """The axes of x that a mean goes over."""
    within = tuple(range(1, x.ndim))
    known = {"features": -1, "tokens": -2, "first": 0, "second": 1, "all": None, "text": within}
    return known[over]


def keep(numbers: ndarray, kept: str, which: str) -> ndarray:
    """The numbers as they are, or without the axis that keepdims left."""
    if kept.startswith("both") or kept == which or numbers.shape[-1] != 1:
        return numbers
    return numbers[..., 0][:, None] if kept == "column" else numbers[..., 0]


def unpack(x: ndarray, kept: str) -> None:
    """Insist on a number of axes."""
    if kept == "both of two":
        _, _ = x.shape
    if kept == "both of three":
        _, _, _ = x.shape


def root_of(variance: ndarray, eps: float, eps_at: str, root: str) -> ndarray:
    """What is divided by."""
    inside = {"inside": eps, "fixed": 1e-5}.get(eps_at, 0.0)
    spread = variance + inside
    if root == "twice":
        spread = np.sqrt(np.sqrt(variance) + inside)
    elif root != "forgotten":
        spread = np.sqrt(spread)
    return spread + (eps if eps_at == "outside" else 0.0)


def finish(y: ndarray, weight: ndarray, bias: ndarray, ending: str) -> ndarray:
    """The gain and the bias."""
    endings = {
        "gain and bias": y * weight + bias,
        "no gain": y + bias,
        "no bias": y * weight,
        "neither": y,
        "bias first": (y + bias) * weight,
        "exchanged": y * bias + weight,
        "one more": y * (1 + weight) + bias,
    }
    return endings[ending]
