"""Training loops that go wrong, for the exercise in training_7_loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_lab.model.loss import cross_entropy

EXERCISES = ()  # the exercise that these belong to stands in training_7_loop


def flawed(
    make_model: Callable[[], nn.Module],
    batches: Sequence[tuple[Tensor, Tensor]],
    lr: float,
    *,
    made: str = "once",
    optimiser: str = "AdamW",
    zero: str = "before",
    backward: bool = True,
    step: str = "each",
    measure: str = "before",
    loss: str = "mean",
    keep: str = "numbers",
    rate: str = "given",
) -> Any:
    """`train` with knobs for what goes wrong."""
    rates = {"lr": lr} if rate == "given" else {}
    make_optimiser = getattr(torch.optim, optimiser)
    model = make_model()
    learner = make_model() if made == "twice" else model
    optimizer = make_optimiser(learner.parameters(), **rates)
    losses: list[Tensor] = []
    for at, (x, y) in enumerate(batches):
        if at and made == "model in the loop":
            model = make_model()
        if made.endswith("in the loop"):
            optimizer = make_optimiser(model.parameters(), **rates)
        measured = _loss(model(x), x, y, loss)
        if zero == "before":
            optimizer.zero_grad()
        if backward:
            measured.backward()
        if zero == "between":
            optimizer.zero_grad()
        if step == "each":
            optimizer.step()
        losses.append(_loss(model(x), x, y, loss) if measure == "after" else measured)
        if keep == "first":
            break
    if step == "end":
        optimizer.step()
    return _kept([each.detach() for each in losses], keep)


def _loss(logits: Tensor, x: Tensor, y: Tensor, loss: str) -> Tensor:
    return {
        "mean": lambda: cross_entropy(logits, y),
        "sum": lambda: cross_entropy(logits, y, reduction="sum"),
        "shifted": lambda: cross_entropy(logits[:, :-1], y[:, 1:]),
        "x": lambda: cross_entropy(logits, x),
        "no log": lambda: F.nll_loss(logits.flatten(0, 1), y.flatten()),
        "positions": lambda: F.nll_loss(logits.log_softmax(1).flatten(0, 1), y.flatten()),
        "softmax": lambda: cross_entropy(logits.softmax(-1), y),
        "reshaped": lambda: F.cross_entropy(logits.reshape(len(y), -1, y.shape[-1]), y),
        "last": lambda: cross_entropy(logits[:, -1], y[:, -1]),
    }[loss]()


def _kept(losses: list[Tensor], keep: str) -> Any:
    numbers = [each.item() for each in losses]
    return {
        "tensors": losses,
        "last": numbers[-1],
        "mean": np.mean(numbers),
        "running": [float(np.mean(numbers[: at + 1])) for at in range(len(numbers))],
        "outside": numbers[-1:],
        "nothing": [],
        "exp": np.exp(numbers).tolist(),
    }.get(keep, numbers)


def unflattened(make_model: Callable, batches: Sequence, lr: float) -> None:
    """PyTorch's loss, which takes the second axis for the classes."""
    x, y = batches[0]
    F.cross_entropy(make_model()(x), y)


def no_gradients(make_model: Callable, batches: Sequence, lr: float) -> None:
    """A model that is asked without a record of it."""
    x, y = batches[0]
    with torch.no_grad():
        loss = cross_entropy(make_model()(x), y)
    loss.backward()


def without_a_call(make_model: Callable, batches: Sequence, lr: float) -> None:
    """The function that makes the model, taken for the model."""
    torch.optim.AdamW(make_model.parameters(), lr=lr)
