"""Notebook 06: clipping gradients to a largest norm."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.training_5_clip_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe


def clip_gradients(gradients: list[ndarray], most: float) -> tuple[list[ndarray], float]:
    """PyTorch's clipping, of arrays."""
    import torch

    parameters = [torch.nn.Parameter(torch.tensor(each)) for each in gradients]
    for parameter in parameters:
        parameter.grad = parameter.detach().clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, most)
    return [parameter.grad.numpy() for parameter in parameters], float(norm)


def flawed(
    gradients: list[ndarray],
    most: float,
    *,
    norm: str = "2",
    apart: bool = False,
    always: bool = False,
    by: str = "scale",
    told: str = "before",
) -> Any:
    """The same with what can go wrong."""
    size = _norm(gradients, norm)
    sizes = [_norm([each], norm) for each in gradients] if apart else [size] * len(gradients)
    factors = [_factor(each, most, always, by) for each in sizes]
    clipped = [each * factor for each, factor in zip(gradients, factors, strict=True)]
    if by == "value":
        clipped = [np.clip(each, -most, most) for each in gradients]
    if by == "value above":
        clipped = [np.minimum(each, most) for each in gradients]
    return {
        "before": (clipped, size),
        "after": (clipped, _norm(clipped, norm)),
        "least": (clipped, min(size, most)),
        "factor": (clipped, factors[0]),
        "each": (clipped, sizes),
        "none": clipped,
        "one long": (np.concatenate([each.ravel() for each in clipped]), size),
        "exchanged": (size, clipped),
    }[told]


def _norm(gradients: list[ndarray], norm: str) -> Any:
    flat = np.concatenate([each.ravel() for each in gradients]).astype(float)
    return {
        "2": lambda: np.sqrt((flat**2).sum()),
        "squared": lambda: (flat**2).sum(),
        "1": lambda: np.abs(flat).sum(),
        "max": lambda: np.abs(flat).max(),
        "mean": lambda: np.sqrt((flat**2).mean()),
        "sum of norms": lambda: sum(np.sqrt((each**2).sum()) for each in gradients),
        "root of norms": lambda: np.sqrt(sum(np.sqrt((each**2).sum()) for each in gradients)),
        "mean of norms": lambda: np.mean([np.sqrt((each**2).sum()) for each in gradients]),
        "largest of norms": lambda: max(np.sqrt((each**2).sum()) for each in gradients),
        "signed": lambda: np.sqrt(flat.sum() ** 2),
        "last": lambda: np.sqrt((gradients[-1] ** 2).sum()),
        "first": lambda: np.sqrt((gradients[0] ** 2).sum()),
    }[norm]()


def _factor(size: float, most: float, always: bool, by: str) -> float:
    if size >= most if by == "short ones" else size <= most and not always:
        return 1.0
    wrong = {"turned": size / most, "to length 1": 1 / size, "most": most, "nothing": 1.0}
    return wrong.get(by, most / size)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(5)

    def case(*shapes: tuple[int, ...], size: float = 1.0) -> list[ndarray]:
        return [size * draw.normal(size=shape) for shape in shapes]

    mixed = [20 * each for each in case((2, 3))] + case((7,), (5, 1))
    single = [each.astype(np.float32) for each in case((11, 3), (13,))]
    return [
        probe("3 and 4 in one array, at most 1", [np.array([3.0, -4.0])], 1.0),
        probe(
            "two arrays that are too long together only", [np.array([3.0]), np.array([[4.0]])], 4.5
        ),
        probe("three arrays, at most 0.7", case((2, 3), (5,), (7, 2)), 0.7),
        probe("three arrays, at most 2.5", case((3, 5), (2,), (11,), size=3.0), 2.5),
        probe("small enough already", case((5, 2), (3,), size=0.1), 5.0),
        probe("one array much larger than the others", mixed, 30.0),
        probe("one array of zeros", [np.zeros(3), *case((2, 5))], 0.3),
        probe("float32", single, 1.5, tolerance=1e-4),
    ]


CLIP = Exercise(
    name="clip_gradients",
    notebook="06_training",
    title="No step too far",
    points=1,
    reference=clip_gradients,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Think of all the numbers of all the arrays as one long arrow. How long is it, and what "
        "makes it shorter without turning it?",
        "The norm is the root of the sum of the squares of all numbers in all arrays. If it is "
        "larger than most, multiply every array by most / norm; otherwise leave all as they are.",
        "norm = np.sqrt(sum((g**2).sum() for g in gradients))\n"
        "scale = min(1.0, most / norm)\n"
        "…then a list of g * scale for every g, and norm",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (CLIP,)
