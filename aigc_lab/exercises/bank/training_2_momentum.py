"""Notebook 06: gradient descent with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.training_2_momentum_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe


def momentum_step(
    p: ndarray, g: ndarray, v: ndarray, lr: float, momentum: float
) -> tuple[ndarray, ndarray]:
    """One step of torch.optim.SGD, from a velocity that it is given."""
    import torch

    parameter = torch.nn.Parameter(torch.tensor(p))
    parameter.grad = torch.tensor(g)
    sgd = torch.optim.SGD([parameter], lr=lr, momentum=momentum)
    sgd.state[parameter]["momentum_buffer"] = torch.tensor(v)
    sgd.step()
    return parameter.detach().numpy(), sgd.state[parameter]["momentum_buffer"].numpy()


def flawed(
    p: ndarray,
    g: ndarray,
    v: ndarray,
    lr: float,
    momentum: float,
    *,
    new: str = "add",
    moved_by: str = "new",
    sign: float = -1.0,
    back: str = "p, v",
) -> Any:
    """The same with what can go wrong."""
    velocity = {
        "add": lambda: momentum * v + g,
        "damped": lambda: momentum * v + (1 - momentum) * g,
        "turned damping": lambda: (1 - momentum) * v + momentum * g,
        "rate inside": lambda: momentum * v + lr * g,
        "minus": lambda: momentum * v - g,
        "minus rate inside": lambda: momentum * v - lr * g,
        "no friction": lambda: v + g,
        "both damped": lambda: momentum * (v + g),
        "wrong one damped": lambda: v + momentum * g,
        "none": lambda: g,
        "no gradient": lambda: momentum * v,
        "braked": lambda: g - momentum * v,
        "lr for momentum": lambda: lr * v + g,
    }[new]()
    step = {
        "new": lambda: lr * velocity,
        "old": lambda: lr * v,
        "gradient": lambda: lr * g,
        "nesterov": lambda: lr * (g + momentum * velocity),
        "gradient as well": lambda: lr * (g + velocity),
        "rate on the gradient": lambda: lr * g + momentum * velocity,
        "rate on the gradient, old": lambda: lr * g + momentum * v,
        "whole": lambda: velocity,
        "momentum for lr": lambda: momentum * velocity,
        "both factors": lambda: lr * momentum * velocity,
    }[moved_by]()
    moved = sign * step + (0 if back == "the change" else p)
    ways = {"v, p": (velocity, moved), "p": moved, "old v": (moved, v)}
    return ways.get(back, (moved, velocity))


def _probes() -> list[Probe]:
    draw = np.random.default_rng(2)

    def case(*shape: int) -> list[ndarray]:
        return list(draw.normal(size=(3, *shape)))

    small = [each.astype(np.float32) for each in case(3, 11)]
    return [
        probe(
            "two numbers at rest",
            np.array([1.0, -2.0]),
            np.array([0.5, 4.0]),
            np.zeros(2),
            0.1,
            0.9,
        ),
        probe("7 numbers in motion", *case(7), 0.03, 0.8),
        probe("a matrix", *case(5, 2), 0.5, 0.95),
        probe("little momentum", *case(5), 0.2, 0.1),
        probe(
            "no gradient any more", draw.normal(size=3), np.zeros(3), draw.normal(size=3), 0.7, 0.6
        ),
        probe("float32, three axes", *(each[None] for each in small), 0.01, 0.9),
    ]


MOMENTUM = Exercise(
    name="momentum_step",
    notebook="06_training",
    title="A step with momentum",
    points=1,
    reference=momentum_step,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Two lines: first the velocity changes, then the parameter. Which of them needs the "
        "learning rate?",
        "The new velocity is momentum times the old one plus the whole gradient; the parameter "
        "goes against the new velocity, lr times as far.",
        "v = momentum * v + g, then p = p - lr * v; return p, v.",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (MOMENTUM,)
