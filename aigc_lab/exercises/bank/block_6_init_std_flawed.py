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
    biases: str = "none",
    gains: float | str = 0.0,
    tables: str = "right",
    squared: bool = False,
) -> float:
    """The deviation with what can go wrong."""
    divisors = {
        "root of 2L": math.sqrt(2 * n_layer),
        "root of L": math.sqrt(n_layer),
        "2L": 2 * n_layer,
        "2 root of L": 2 * math.sqrt(n_layer),
        "root of 2, times L": math.sqrt(2) * n_layer,
        "root of 2, and times L": math.sqrt(2) / n_layer,
        "root of half": math.sqrt(n_layer / 2),
        "root of 24": math.sqrt(24),
        "root of 2": math.sqrt(2),
        "own layer": math.sqrt(2 * (block_number(name) + 1)),
        "times": 1 / math.sqrt(2 * n_layer),
    }
    small = 0.02 / divisors[divide]
    if name.endswith("bias"):
        return _of_bias(name, small, biases)
    if "ln_" in name:
        missed = {"inner": not name.startswith("ln_"), "final": "ln_f" in name}
        return missed[gains] * 0.02 if isinstance(gains, str) else gains
    loud = {"wpe": {"wpe.weight": 0.01}, "all": {"wpe.weight": 1.0, "wte.weight": 1.0}}
    std = small if quieter in name else loud.get(tables, {}).get(name, 0.02)
    return std**2 if squared else std


def _of_bias(name: str, small: float, biases: str) -> float:
    if "ln_" in name:
        return 0.02 if biases.startswith("all") else 0.0
    if "c_proj" in name and (biases == "of c_proj" or biases.endswith("as weights")):
        return small
    return 0.0 if biases in ("none", "of c_proj") else 0.02


def block_number(name: str) -> int:
    """The 3 of h.3.attn.c_proj.weight; 0 outside the blocks."""
    return int(name.split(".")[1]) if name.startswith("h.") else 0
