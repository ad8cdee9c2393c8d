"""Notebook 05: the ways to get the start wrong, for block_6_init_std."""

from __future__ import annotations

import math

EXERCISES = ()  # the exercise that these belong to stands in block_6_init_std


def flawed(
    name: str,
    n_layer: int,
    *,
    quieter: str = "c_proj",
    divide: str = "root of 2L",
    biases: float | str = 0.0,
    gains: float = 0.0,
    squared: bool = False,
) -> float:
    """The deviation with what can go wrong."""
    divisors = {
        "root of 2L": math.sqrt(2 * n_layer),
        "root of L": math.sqrt(n_layer),
        "2L": 2 * n_layer,
        "2 root of L": 2 * math.sqrt(n_layer),
        "times": 1 / math.sqrt(2 * n_layer),
    }
    small = 0.02 / divisors[divide]
    if name.endswith("bias"):
        return small if biases == "of c_proj" and "c_proj" in name else float(biases == 0.02) / 50
    if "ln_" in name:
        return gains
    std = small if quieter in name else 0.02
    return std**2 if squared else std
