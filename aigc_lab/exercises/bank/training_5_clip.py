"""Notebook 06: clipping gradients to a largest norm."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


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
        "mean of norms": lambda: np.mean([np.sqrt((each**2).sum()) for each in gradients]),
        "largest of norms": lambda: max(np.sqrt((each**2).sum()) for each in gradients),
        "signed": lambda: np.sqrt(flat.sum() ** 2),
        "last": lambda: np.sqrt((gradients[-1] ** 2).sum()),
        "first": lambda: np.sqrt((gradients[0] ** 2).sum()),
    }[norm]()


def _factor(size: float, most: float, always: bool, by: str) -> float:
    if size <= most and not always:
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
    hints=(
        "Think of all the numbers of all the arrays as one long arrow. How long is it, and what "
        "makes it shorter without turning it?",
        "The norm is the root of the sum of the squares of all numbers in all arrays. If it is "
        "larger than most, multiply every array by most / norm; otherwise leave all as they are.",
        "norm = np.sqrt(sum((g**2).sum() for g in gradients))\n"
        "scale = min(1.0, most / norm)\n"
        "…then a list of g * scale for every g, and norm",
    ),
    mistakes=(
        Mistake(
            "each by itself",
            symptom="the arrow turns: large arrays shrink more than small ones",
            diagnosis="each array is clipped by its own norm",
            hint="One factor for all keeps the direction. Which norm is it made from?",
            knobs={"apart": True},
        ),
        Mistake(
            "each by itself, told apart",
            symptom="the arrow turns, and there are several norms",
            diagnosis="each array is clipped by its own norm, and you return all of these",
            hint="One factor for all keeps the direction. Which norm is it made from?",
            knobs={"apart": True, "told": "each"},
        ),
        Mistake(
            "by value",
            symptom="the largest numbers are cut, and the others stay: the arrow turns",
            diagnosis="you clip the numbers, not the norm",
            hint="All numbers shrink by the same factor, or none does.",
            knobs={"by": "value"},
        ),
        Mistake(
            "by value, above only",
            symptom="large positive numbers are cut, and negative ones stay",
            diagnosis="you clip the numbers at most, and not the norm",
            hint="All numbers shrink by the same factor, or none does.",
            knobs={"by": "value above"},
        ),
        Mistake(
            "always",
            symptom="small gradients grow",
            diagnosis="you scale even when the norm is below most",
            hint="Clipping only ever makes shorter. How large may the factor be at most?",
            knobs={"always": True},
        ),
        Mistake(
            "turned",
            symptom="long gradients grow longer",
            diagnosis="the factor is norm / most, upside down",
            hint="What must a norm of 10 be multiplied by to become 2?",
            knobs={"by": "turned"},
        ),
        Mistake(
            "to length 1",
            symptom="clipped gradients have length 1, whatever most is",
            diagnosis="you divide by the norm and do not multiply by most",
            hint="What must a norm of 10 be multiplied by to become 2?",
            knobs={"by": "to length 1"},
        ),
        Mistake(
            "times most",
            symptom="what is clipped is not most long",
            diagnosis="you multiply by most and do not divide by the norm",
            hint="What must a norm of 10 be multiplied by to become 2?",
            knobs={"by": "most"},
        ),
        Mistake(
            "not clipped",
            symptom="the norm is right, and nothing is clipped",
            diagnosis="the gradients come back as they were",
            hint="What happens with your factor? A new array that only has the loop's own name is "
            "lost in the next round.",
            knobs={"by": "nothing"},
        ),
        Mistake(
            "squared norm",
            symptom="the norm is far too large, or far too small",
            diagnosis="you take no root of the sum of squares",
            hint="Pythagoras: 3 and 4 make 5, not 25.",
            knobs={"norm": "squared"},
        ),
        Mistake(
            "sum of sizes",
            symptom="the norm is too large: 3 and 4 make 7",
            diagnosis="you add up absolute values instead of squares",
            hint="Pythagoras: 3 and 4 make 5.",
            knobs={"norm": "1"},
        ),
        Mistake(
            "largest size",
            symptom="the norm is too small: 3 and 4 make 4",
            diagnosis="the norm is that of the largest number alone",
            hint="Pythagoras: 3 and 4 make 5.",
            knobs={"norm": "max"},
        ),
        Mistake(
            "mean of squares",
            symptom="the norm is too small, the more numbers the smaller",
            diagnosis="you take the mean of the squares instead of their sum",
            hint="Pythagoras adds.",
            knobs={"norm": "mean"},
        ),
        Mistake(
            "sum of norms",
            symptom="one array is right, and several together have too large a norm",
            diagnosis="you add up the norms of the arrays",
            hint="Norms of 3 and 4 make 5 together. What do you add up to get there?",
            knobs={"norm": "sum of norms"},
        ),
        Mistake(
            "mean of norms",
            symptom="one array is right, and several together have too small a norm",
            diagnosis="you take the mean of the arrays' norms",
            hint="Norms of 3 and 4 make 5 together. What do you add up to get there?",
            knobs={"norm": "mean of norms"},
        ),
        Mistake(
            "largest of norms",
            symptom="one array is right, and several together have too small a norm",
            diagnosis="you take the largest of the arrays' norms",
            hint="Norms of 3 and 4 make 5 together. What do you add up to get there?",
            knobs={"norm": "largest of norms"},
        ),
        Mistake(
            "last norm",
            symptom="one array is right, and of several only the last counts",
            diagnosis="the norm is that of the last array; in the loop it is overwritten",
            hint="Where does your sum begin, and is it added to?",
            knobs={"norm": "last"},
        ),
        Mistake(
            "first norm",
            symptom="one array is right, and of several only the first counts",
            diagnosis="the norm is that of the first array",
            hint="Does your loop reach the others?",
            knobs={"norm": "first"},
        ),
        Mistake(
            "signs cancel",
            symptom="positive and negative numbers cancel in the norm",
            diagnosis="you add up first, and square then",
            hint="Square each number, then add.",
            knobs={"norm": "signed"},
        ),
        Mistake(
            "norm afterwards",
            symptom="the gradients are right, and the norm is never above most",
            diagnosis="the norm you return is that of the clipped gradients",
            hint="The curve of the norm before clipping is what shows trouble.",
            knobs={"told": "after"},
        ),
        Mistake(
            "factor told",
            symptom="the gradients are right, and the second answer is not",
            diagnosis="you return the factor instead of the norm",
            hint="Asked for are the clipped gradients and the norm before.",
            knobs={"told": "factor"},
        ),
        Mistake(
            "no norm",
            symptom="the gradients come back alone",
            diagnosis="you do not return the norm",
            hint="Asked for are the clipped gradients and the norm before.",
            knobs={"told": "none"},
        ),
        Mistake(
            "exchanged",
            symptom="the answers are right and stand in the wrong order",
            diagnosis="you return the norm first",
            hint="First the list of arrays, then the norm.",
            knobs={"told": "exchanged"},
        ),
    ),
)

EXERCISES = (CLIP,)
