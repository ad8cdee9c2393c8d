"""Notebook 05: the ways to get GPT-2's GELU wrong, for block_3_gelu."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Function, Mistake
from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in block_3_gelu


def flawed(
    x: ndarray,
    *,
    factor: float = math.sqrt(2 / math.pi),
    coefficient: float = 0.044715,
    power: int = 3,
    bracket: str = "sum",
    squash: str = "tanh",
    sign: float = 1.0,
    one: float = 1.0,
    half: float = 0.5,
    front: str = "x",
) -> ndarray:
    """GELU with what can go wrong."""
    cube = coefficient * x**power
    inners = {
        "sum": factor * (x + cube),
        "x": factor * x + cube,
        "under the root": np.sqrt(factor**2 * (x + cube)),
        "outside": x + cube,
        "cubed": factor * (x + coefficient * x) ** 3,
    }
    bent = sign * np.tanh(inners[bracket])
    bent = factor * bent if bracket == "outside" else bent
    if squash == "sigmoid":
        return x * (1 + np.tanh(inners[bracket] / 2)) / 2
    if front == "open":
        return half * x * one + bent
    return half * (one + bent) * (x if front == "x" else 1.0)


def other(name: str) -> Function:
    """Another bend, or one that fails on some numbers."""
    return {
        "exact": reference.gelu,
        "exact, no root": lambda x: reference.gelu(x * math.sqrt(2)) / math.sqrt(2),
        "relu": lambda x: np.maximum(x, 0.0),
        "silu": reference.silu,
        "quick": lambda x: x / (1 + np.exp(-1.702 * x)),
        "overflow": lambda x: x / 2 * (1 + _by_two_powers(_inner(x))),
        "overflow above": lambda x: x / 2 * (1 + _by_one_power(_inner(x))),
        "math.tanh": lambda x: x / 2 * (1 + math.tanh(_inner(x))),
    }[name]


def _inner(x: ndarray) -> ndarray:
    return math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)


def _by_two_powers(z: ndarray) -> ndarray:
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def _by_one_power(z: ndarray) -> ndarray:
    return (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)


OTHERS = (
    Mistake(
        "exact",
        "every number is nearly right, to three digits",
        "this is the exact GELU with erf; GPT-2 computes the approximation by tanh",
        "The two differ by less than 0.0005, but a loaded GPT-2 learned with the other one.",
        wrong=other("exact"),
    ),
    Mistake(
        "relu",
        "everything below 0 comes out as 0",
        "this is ReLU",
        "GELU lets a little of a negative number through. What is its formula?",
        wrong=other("relu"),
    ),
    Mistake(
        "silu",
        "negative numbers dip deeper than they should",
        "this is SiLU, x times the sigmoid of x",
        "The gate of GELU is 1 + tanh(…), halved.",
        wrong=other("silu"),
    ),
    Mistake(
        "quick",
        "every number is off by a hundredth or so",
        "this is x times the sigmoid of 1.702 x, another approximation",
        "It is simpler, but GPT-2 learned with the tanh.",
        wrong=other("quick"),
    ),
    Mistake(
        "exact_no_root",
        "the bend is too sharp",
        "this is the exact GELU, and the √2 inside erf is missing as well",
        "GPT-2 computes the formula with tanh.",
        wrong=other("exact, no root"),
    ),
    Mistake(
        "overflow",
        "large numbers give nan",
        "exp of a large number is infinite, and infinite by infinite is no number",
        "np.tanh knows how to deal with large numbers.",
        wrong=other("overflow"),
    ),
    Mistake(
        "overflow_above",
        "large positive numbers give nan",
        "exp of a large number is infinite, and infinite by infinite is no number",
        "np.tanh knows how to deal with large numbers.",
        wrong=other("overflow above"),
    ),
    Mistake(
        "math_tanh",
        "it stops with a TypeError",
        "math.tanh takes one number, not an array",
        "NumPy has a tanh of its own, for whole arrays.",
        wrong=other("math.tanh"),
    ),
)
