"""Notebook 05: the ways to get the MLP wrong, for block_4_mlp."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in block_4_mlp
BENDS = {
    "gelu_tanh": reference.gelu_tanh,
    "exact": reference.gelu,
    "relu": lambda x: np.maximum(x, 0),
    "silu": reference.silu,
    "tanh": np.tanh,
    "sigmoid": lambda x: (1 + np.tanh(x / 2)) / 2,
}


def flawed(
    x: ndarray,
    w_fc: ndarray,
    b_fc: ndarray,
    w_proj: ndarray,
    b_proj: ndarray,
    *,
    bent: str = "between",
    act: str = "gelu_tanh",
    b_fc_at: str = "right",
    proj_bias: bool = True,
    skip: bool = False,
    matrices: str = "right",
    narrowed: bool = True,
) -> ndarray:
    """The MLP with what can go wrong."""
    bend = BENDS[act]
    if matrices.startswith("turned"):
        w_fc, w_proj = w_fc.T, w_proj.T
    if matrices.endswith("exchanged"):
        w_fc, w_proj = w_proj, w_fc
    if matrices == "exchanged":
        b_fc, b_proj = b_proj, b_fc
    wide = (bend(x) if bent == "first" else x) @ w_fc
    if b_fc_at == "exchanged":
        b_fc, b_proj = b_proj, b_fc
    wide = wide + b_fc if b_fc_at in ("right", "exchanged") else wide
    wide = bend(wide) if bent in ("between", "twice") else wide
    wide = wide + b_fc if b_fc_at == "late" else wide
    if not narrowed:
        return wide
    narrow = wide @ w_proj + (b_proj if proj_bias else 0)
    narrow = bend(narrow) if bent in ("last", "twice") else narrow
    return narrow + x if skip else narrow
