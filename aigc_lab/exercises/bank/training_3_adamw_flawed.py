"""Wrong steps of AdamW, for the exercise in training_3_adamw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in training_3_adamw


def flawed(
    p: ndarray,
    g: ndarray,
    m: ndarray,
    v: ndarray,
    step: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    *,
    betas: str = "right",
    correct: str = "both",
    count: int = 0,
    divide: str = "right",
    decay: str = "right",
    m_takes: str = "share",
    v_takes: str = "share",
    move: str = "right",
    back: str = "new",
) -> Any:
    """`adamw_step` with knobs for what goes wrong."""
    beta1, beta2 = {"exchanged": (beta2, beta1), "first": (beta1,) * 2}.get(betas, (beta1, beta2))
    if decay == "coupled":
        g = g + weight_decay * p
    new_m = beta1 * m + (1 if m_takes == "all" else 1 - beta1) * g
    squares = {"g": g, "m": new_m**2}.get(v_takes, g**2)
    new_v = beta2 * v + (1 if v_takes == "all" else 1 - beta2) * squares
    if m_takes == "most":
        new_m, new_v = (1 - beta1) * m + beta1 * g, (1 - beta2) * v + beta2 * squares
    used_m, used_v = (m, v) if move == "old" else (new_m, new_v)
    by_m = _correction(beta1, step + count, correct if correct != "v" else "none")
    by_v = _correction(
        beta1 if correct == "beta1" else beta2, step + count, correct if correct != "m" else "none"
    )
    m_hat, v_hat = used_m / by_m, used_v / by_v
    change = (g if move == "g" else m_hat) / _divisor(used_v, by_v, eps, divide)
    if decay == "divided":
        change = change + weight_decay * p / _divisor(used_v, by_v, eps, divide)
    rate = {"up": -lr, "no lr": 1.0}.get(move, lr)
    moved = _decayed(p, lr, weight_decay, decay) - rate * change
    if divide == "eps to p":
        moved = moved + eps
    if decay == "new p":
        moved = moved - lr * weight_decay * moved
    return {
        "new": (moved, new_m, new_v),
        "corrected": (moved, m_hat, v_hat),
        "exchanged": (moved, new_v, new_m),
        "old": (moved, m, v),
        "p": moved,
    }[back]


def _correction(beta: float, step: int, correct: str) -> Any:
    ways = {
        "none": 1.0,
        "times": 1 - beta * step,
        "first": 1 - beta,
        "power outside": (1 - beta) ** step,
        "multiplied": 1 / (1 - beta**step) if step else np.inf,
    }
    return np.float64(ways.get(correct, 1 - beta**step))


def _divisor(v: ndarray, correction: float, eps: float, divide: str) -> ndarray:
    return {
        "right": lambda: np.sqrt(v / correction) + eps,
        "inside": lambda: np.sqrt(v / correction + eps),
        "early": lambda: (np.sqrt(v) + eps) / np.sqrt(correction),
        "no eps": lambda: np.sqrt(v / correction),
        "eps to p": lambda: np.sqrt(v / correction),
        "root corrected": lambda: np.sqrt(v) / correction + eps,
        "no root": lambda: v / correction + eps,
    }[divide]()


def _decayed(p: ndarray, lr: float, weight_decay: float, decay: str) -> ndarray:
    share = {"right": lr, "no lr": 1.0, "growth": -lr}.get(decay, 0.0)
    return p - share * weight_decay * p
