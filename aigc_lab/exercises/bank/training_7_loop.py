"""Notebook 06: the training loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from aigc_lab.exercises.bank.training_7_loop_flawed import flawed
from aigc_lab.exercises.bank.training_7_loop_mistakes import MISTAKES
from aigc_lab.exercises.bank.training_models import Maker, after_training, batch
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.model.loss import cross_entropy


def train(
    make_model: Callable[[], nn.Module], batches: Sequence[tuple[Tensor, Tensor]], lr: float
) -> list[float]:
    """Predict, measure, go back, step."""
    model, losses = make_model(), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _probes() -> list[Probe]:
    draw = np.random.default_rng(7)

    def case(label: str, sizes: tuple[int, int, int], many: int, seed: int, lr: float) -> Probe:
        vocab_size, rows, length = sizes
        batches = [batch(draw, vocab_size, rows, length) for _ in range(many)]
        made = Maker(vocab_size, 6, seed)
        return probe(label, made, batches, lr, tolerance=2e-4, leaves=after_training)

    return [
        case("5 batches of 2 rows, lr = 0.1", (11, 2, 7), 5, seed=1, lr=0.1),
        case("3 batches of 1 row, lr = 0.02", (7, 1, 5), 3, seed=2, lr=0.02),
        case("7 batches of 3 rows, lr = 0.3", (13, 3, 5), 7, seed=3, lr=0.3),
        case("a single batch", (5, 2, 3), 1, seed=4, lr=0.05),
    ]


LOOP = Exercise(
    name="train",
    notebook="06_training",
    title="The training loop",
    points=2,
    reference=train,
    probes=_probes,
    flawed=flawed,
    gives=list,
    hints=(
        "Two things are made once, before the loop. Five things happen with every batch. Which?",
        "Once: the model, and AdamW over its parameters. With every batch: the loss of the model's "
        "logits; the old gradients are cleared; the loss goes backward; the optimiser steps; the "
        "loss is written down as a number.",
        "model = make_model(); optimizer = torch.optim.AdamW(model.parameters(), lr=lr)\n"
        "for each x, y: loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())\n"
        "optimizer.zero_grad(); loss.backward(); optimizer.step()\n"
        "…and losses.append(loss.item())",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (LOOP,)
