"""Notebook 05: the ways to get GPT-2's GELU wrong, for block_3_gelu."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Function
from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in block_3_gelu


def flawed(
    x: ndarray,
    *,
    factor: float = math.sqrt(2 / math.pi),
    coefficient: float = 0.044715,
    power: int = 3,
    bracket: str = "sum",
    one: float = 1.0,
    half: float = 0.5,
    front: str = "x",
) -> ndarray:
    """GELU with what can go wrong."""
    cube = coefficient * x**power
    inner = factor * x + cube if bracket == "x" else factor * (x + cube)
    bent = np.tanh(inner)
    if front == "open":
        return half * x * one + bent
    return half * (one + bent) * (x if front == "x" else 1.0)


def other(name: str) -> Function:
    """Another bend, which is right by itself but not GPT-2's."""
    return {
        "exact": reference.gelu,
        "relu": lambda x: np.maximum(x, 0.0),
        "silu": reference.silu,
    }[name]
