"""Notebook 07: the ways to get the temperature wrong, for generation_1_temperature."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in generation_1_temperature


def flawed(
    logits: ndarray,
    temperature: float,
    *,
    use: str = "divide",
    zero: str = "first",
    shift: str = "row",
    axis: int | str | None = -1,
    give: str = "probabilities",
) -> ndarray:
    """The same with what can go wrong."""
    if temperature == 0 and zero not in ("divide", "one"):
        return ZEROS[zero](logits)
    temperature = 1.0 if temperature == 0 and zero == "one" else temperature
    if use == "power":
        return _softmax(logits, shift, axis) ** (1 / np.float64(temperature))
    if use in ("probabilities", "softmax again"):
        probs = _softmax(logits, shift, axis) / np.float64(temperature)
        return probs if use == "probabilities" else _softmax(probs, shift, axis)
    warm = logits / np.float64(DIVISORS[use](temperature))
    if give == "logits":
        return warm
    if give == "weights":
        return np.exp(_shifted(warm, shift))
    probs = _softmax(warm, shift, axis)
    return np.log(probs) if give == "log" else probs


DIVISORS = {
    "divide": lambda t: t,
    "times": lambda t: 1 / t if t else np.inf,
    "nothing": lambda t: 1.0 if t else 0.0,
    "squared": lambda t: t * t,
    "root": math.sqrt,
    "plus one": lambda t: 1 + t,
}


def _shifted(logits: ndarray, shift: str) -> ndarray:
    if shift == "none":
        return logits
    if shift == "lost":
        return logits - logits.max(axis=-1)
    return logits - (logits.max() if shift == "whole" else logits.max(axis=-1, keepdims=True))


def _softmax(logits: ndarray, shift: str, axis: int | str | None) -> ndarray:
    weights = np.exp(_shifted(logits, shift))
    if axis == "lost":
        return weights / weights.sum(axis=-1)
    return weights / weights.sum(axis=axis, keepdims=True)


def _one_hot(at: ndarray, logits: ndarray) -> ndarray:
    probs = np.zeros(logits.shape)
    np.put_along_axis(probs, at[..., None], 1.0, axis=-1)
    return probs


def _top(logits: ndarray) -> ndarray:
    return logits == logits.max(axis=-1, keepdims=True)


def _whole(logits: ndarray) -> ndarray:
    probs = np.zeros(logits.shape)
    probs.flat[logits.argmax()] = 1.0
    return probs


def _rows(logits: ndarray) -> ndarray:
    probs = np.zeros(logits.shape)
    probs[logits.argmax(axis=-1)] = 1.0
    return probs


ZEROS = {
    "first": lambda logits: _one_hot(logits.argmax(axis=-1), logits),
    "last": lambda logits: _one_hot(
        logits.shape[-1] - 1 - logits[..., ::-1].argmax(axis=-1), logits
    ),
    "ones": lambda logits: _top(logits).astype(float),
    "shared": lambda logits: _top(logits) / _top(logits).sum(axis=-1, keepdims=True),
    "uniform": lambda logits: np.full(logits.shape, 1 / logits.shape[-1]),
    "id": lambda logits: logits.argmax(axis=-1),
    "logit": lambda logits: logits * _one_hot(logits.argmax(axis=-1), logits),
    "whole": _whole,
    "rows": _rows,
}
