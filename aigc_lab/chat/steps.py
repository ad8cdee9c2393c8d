"""What preference and policy tuning share: how a step is drawn and how it is taken."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from torch import Tensor, nn, optim

from aigc_lab.core.config import TrainConfig
from aigc_lab.training.loop import TrainingDiverged
from aigc_lab.training.optim import build_optimizers, set_learning_rates
from aigc_lab.training.schedule import lr_at

Item = TypeVar("Item")
GRAD_CLIP = 1.0


class Steps:
    """The steps of a short tuning: AdamW without decay, a rate that climbs, then falls linearly."""

    def __init__(self, model: nn.Module, steps: int, batch_size: int, lr: float, seed: int) -> None:
        self.config = TrainConfig(
            steps=steps,
            batch_size=batch_size,
            lr=lr,
            seed=seed,
            weight_decay=0.0,
            schedule="linear",
            grad_clip=GRAD_CLIP,
        )
        (self.optimizer,) = build_optimizers(model, self.config)

    def draw(self, items: Sequence[Item], step: int) -> list[Item]:
        """The batch of a step, different items drawn by (seed, step) alone; sets the rate, too."""
        if len(items) < self.config.batch_size:
            raise ValueError(
                f"a batch of {self.config.batch_size} cannot be drawn from {len(items)}; give more "
                "of them, or a smaller batch_size"
            )
        set_learning_rates([self.optimizer], lr_at(step, self.config))
        return random.Random(f"{self.config.seed}/{step}").sample(items, self.config.batch_size)


@contextmanager
def training(model: nn.Module) -> Iterator[None]:
    """Dropout on inside, and the model's mode as it was afterwards, whatever happens."""
    before = model.training
    model.train()
    try:
        yield
    finally:
        model.train(before)


def improve(model: nn.Module, optimizer: optim.Optimizer, loss: Tensor) -> None:
    """One step down the gradient of the loss, the gradient clipped to norm 1.

    Raises: TrainingDiverged, and the weights stay, when the gradient is not a number.
    """
    loss.backward()
    norm = float(nn.utils.clip_grad_norm_(model.parameters(), GRAD_CLIP))
    if not math.isfinite(norm):
        optimizer.zero_grad()
        raise TrainingDiverged(f"loss {loss.item()}, gradient norm {norm}; lower lr")
    optimizer.step()
    optimizer.zero_grad()
