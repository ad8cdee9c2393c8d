"""Small models for the exercises of notebook 06 that train or evaluate one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

EXERCISES = ()  # what these models are for stands in training_7_loop and training_8_evaluate


class Tiny(nn.Module):
    """ids (B, T) -> logits (B, T, V): each token alone, with one hidden layer.

    Its `dropout` draws nothing: in training mode every second feature is dropped, always.
    """

    def __init__(self, vocab_size: int, width: int, seed: int, dropout: bool = False) -> None:
        super().__init__()
        draw = np.random.default_rng(seed)
        self.wte = nn.Parameter(torch.tensor(draw.normal(size=(vocab_size, width))).float())
        self.head = nn.Parameter(torch.tensor(draw.normal(size=(width, vocab_size))).float())
        self.drops = (torch.arange(width) % 2).float() if dropout else torch.zeros(width)
        self.asks_for_gradients = False

    def forward(self, ids: Tensor) -> Tensor:
        """The logits; what they ask for is remembered."""
        features = torch.tanh(self.wte[ids])  # (B, T, C)
        if self.training:
            features = features * (1 - self.drops) * (1 + self.drops.mean())
        logits = features @ self.head
        self.asks_for_gradients = logits.requires_grad
        return logits


class Maker:
    """make_model() for a probe: each call gives the same new model, and all are remembered."""

    def __init__(self, vocab_size: int, width: int, seed: int) -> None:
        self.sizes = (vocab_size, width, seed)
        self.made: list[Tiny] = []
        self.backward_passes = 0

    def __call__(self) -> Tiny:
        model = Tiny(*self.sizes)
        model.head.register_hook(self._count)
        self.made.append(model)
        return model

    def _count(self, gradient: Tensor) -> None:
        self.backward_passes += 1


def after_training(make_model: Maker, batches: Any, lr: float) -> dict[str, Any]:
    """The weights that came of it, or what kept the model from learning."""
    new = _weights(Tiny(*make_model.sizes))
    now = [_weights(model) for model in make_model.made] or [new]
    learned = [weights for weights in now if not np.array_equal(weights, new)]
    if learned:
        hindrance = "nothing" if len(learned) == 1 else "new models"
        return {"the trained model": learned[-1], "what kept it from learning": hindrance}
    hindrance = "nothing that can be seen"
    if not make_model.backward_passes:
        hindrance = "no gradient"
    elif len(now) > 1:
        hindrance = "another model"
    elif make_model.made[0].head.grad is not None:
        hindrance = "no step"
    return {"the trained model": new, "what kept it from learning": hindrance}


def after_evaluation(model: Tiny, batches: Any) -> dict[str, Any]:
    """The mode and the flags of a model."""
    return {
        "model.training": model.training,
        "requires_grad of the model's logits": model.asks_for_gradients,
        "requires_grad of the model's weights": all(p.requires_grad for p in model.parameters()),
    }


def batch(draw: np.random.Generator, vocab_size: int, rows: int, length: int) -> Sequence[Tensor]:
    """x and y of this size, (B, T) each."""
    x, y = draw.integers(vocab_size, size=(2, rows, length))
    return torch.from_numpy(x), torch.from_numpy(y)


def _weights(model: Tiny) -> np.ndarray:
    return torch.cat([p.detach().flatten() for p in model.parameters()]).numpy()
