"""The learning rate over time: a short climb, then a fall (or not)."""

from __future__ import annotations

import math

from aigc_lab.core.config import TrainConfig


def lr_at(step: int, config: TrainConfig) -> float:
    """The fraction of the full learning rate to use at `step`, counted from 0.

    The climb is linear over `warmup_steps` and starts above zero, so that the first batch is not
    wasted; the fall runs from 1 towards `final_lr_fraction` at `config.steps`.

    Units: a factor in (0, 1], not a learning rate.
    Raises: ValueError when `step` is outside the run.
    Source: cosine decay, Loshchilov & Hutter 2017, equation 5.
    Notebook: 06 training.

    >>> config = TrainConfig(steps=10, warmup_steps=4, schedule="linear", final_lr_fraction=0.25)
    >>> [round(lr_at(step, config), 3) for step in range(10)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375]
    """
    if not 0 <= step < config.steps:
        raise ValueError(f"step={step} is outside a run of steps={config.steps}, counted from 0")
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    if config.schedule == "constant":
        return 1.0
    done = (step - config.warmup_steps) / (config.steps - config.warmup_steps)  # in [0, 1)
    left = 1 - done if config.schedule == "linear" else (1 + math.cos(math.pi * done)) / 2
    return config.final_lr_fraction + (1 - config.final_lr_fraction) * left
