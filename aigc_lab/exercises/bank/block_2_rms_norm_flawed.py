"""Notebook 05: the ways to get RMSNorm wrong, for block_2_rms_norm."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.block_1_layer_norm_flawed import axes, keep, root_of, unpack

EXERCISES = ()  # the exercise that these belong to stands in block_2_rms_norm


def flawed(
    x: ndarray,
    weight: ndarray,
    eps: float = 1e-5,
    *,
    over: str = "features",
    kept: str = "both",
    top: str = "x",
    about: str = "zero",
    power: int | str = 2,
    eps_at: str = "inside",
    root: str = "of the mean",
    ending: str = "multiplied",
) -> ndarray:
    """RMSNorm with what can go wrong."""
    unpack(x, kept)
    along = axes(x, over)
    mean = x.mean(axis=along, keepdims=True)
    from_where = x - mean if about == "mean" else x
    if power == "after the mean":
        squares = np.broadcast_to(mean**2, x.shape)
    else:
        squares = np.abs(from_where) ** power
    gathered = squares.sum if root == "of the sum" else squares.mean
    gathered_squares = keep(gathered(axis=along, keepdims=True), kept, "spread")
    spread = root_of(gathered_squares, eps, eps_at, root)
    y = {"x": x, "centred": x - mean}[top]
    y = y * spread if root == "multiplied" else y / spread
    y = y + (eps if eps_at == "after" else 0.0)
    return {"multiplied": y * weight, "no gain": y, "added": y + weight}[ending]
