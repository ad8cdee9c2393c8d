"""Notebook 10: the ways to look through a wrong lens, for maps_7_lens."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.model.reference import softmax

EXERCISES = ()  # the exercise that these belong to stands in maps_7_lens


def flawed(
    residual: ndarray,
    scale: ndarray,
    shift: ndarray,
    wte: ndarray,
    eps: float,
    *,
    states: str = "all",
    over: str = "features",
    centred: str = "yes",
    ddof: int = 0,
    root: str = "inside",
    ending: str = "scale and shift",
    normed: str = "all",
    table: str = "turned",
    then: str = "logits",
) -> Any:
    """The same with what can go wrong."""
    x = _states(residual, states)
    y = _norm(x, eps, over, centred, ddof, root)
    y = {
        "scale and shift": lambda: y * scale + shift,
        "no scale": lambda: y + shift,
        "no shift": lambda: y * scale,
        "neither": lambda: y,
        "exchanged": lambda: y * shift + scale,
        "shift first": lambda: (y + shift) * scale,
        "one more": lambda: y * (1 + scale) + shift,
    }[ending]()
    if normed == "none":
        y = x
    elif normed == "the last only":
        y = np.concatenate([x[:-1], y[-1:]])
    elif normed == "all but the last":
        y = np.concatenate([y[:-1], x[-1:]])
    elif normed == "twice":
        y = _norm(y, eps, over, centred, ddof, root) * scale + shift
    logits = y @ (wte if table == "as it is" else wte.T)
    return {
        "logits": lambda: logits,
        "probabilities": lambda: softmax(logits),
        "logs of probabilities": lambda: np.log(softmax(logits)),
        "likeliest": lambda: logits.argmax(axis=-1),
        "last token": lambda: logits[:, -1],
        "last state": lambda: logits[-1],
    }[then]()


def _states(residual: ndarray, states: str) -> ndarray:
    """Which states are read."""
    return {
        "all": lambda: residual,
        "after blocks": lambda: residual[1:],
        "before blocks": lambda: residual[:-1],
        "what each block adds": lambda: np.diff(residual, axis=0),
        "embeddings, then what each adds": lambda: np.diff(residual, axis=0, prepend=0.0),
        "added up": lambda: np.cumsum(residual, axis=0),
        "since the embeddings": lambda: residual - residual[0],
        "downwards": lambda: residual[::-1],
    }[states]()


def _norm(x: ndarray, eps: float, over: str, centred: str, ddof: int, root: str) -> ndarray:
    """The states, each shifted and scaled."""
    axis = {"features": -1, "tokens": 1, "states": 0, "all": None, "a state": (1, 2)}[over]
    mean = x.mean(axis=axis, keepdims=True)
    about = np.zeros_like(mean) if centred == "never" else mean
    squares = (x - about) ** 2
    total = squares.sum(axis=axis, keepdims=True)
    variance = total / (x.size / total.size - ddof)
    spread = {
        "inside": lambda: np.sqrt(variance + eps),
        "outside": lambda: np.sqrt(variance) + eps,
        "no eps": lambda: np.sqrt(variance),
        "always 1e-5": lambda: np.sqrt(variance + 1e-5),
        "forgotten": lambda: variance + eps,
        "of the sum": lambda: np.sqrt(total + eps),
        "eps added at the end": lambda: np.sqrt(variance),
        "not divided": lambda: np.ones_like(variance),
    }[root]()
    top = x if centred in ("never", "in the variance only") else x - mean
    return top / spread + (eps if root == "eps added at the end" else 0.0)


def axis_lost(
    residual: ndarray, scale: ndarray, shift: ndarray, wte: ndarray, eps: float
) -> ndarray:
    """Mean and variance without the axis that they were taken over."""
    mean, variance = residual.mean(axis=-1), residual.var(axis=-1)
    return ((residual - mean) / np.sqrt(variance + eps) * scale + shift) @ wte.T


def table_as_it_is_in_torch(
    residual: ndarray, scale: ndarray, shift: ndarray, wte: ndarray, eps: float
) -> Any:
    """PyTorch's product with the table as it is: its error has other words than NumPy's."""
    import torch

    normed = _norm(residual, eps, "features", "yes", 0, "inside") * scale + shift
    return torch.as_tensor(normed) @ torch.as_tensor(wte)


def scaled_afterwards(
    residual: ndarray, scale: ndarray, shift: ndarray, wte: ndarray, eps: float
) -> ndarray:
    """Scale and shift upon the logits, which have as many numbers as the vocabulary."""
    return _norm(residual, eps, "features", "yes", 0, "inside") @ wte.T * scale + shift


def dotted_as_it_is(
    residual: ndarray, scale: ndarray, shift: ndarray, wte: ndarray, eps: float
) -> ndarray:
    """np.dot with the table as it is: its error has other words than that of @."""
    return np.dot(_norm(residual, eps, "features", "yes", 0, "inside") * scale + shift, wte)
