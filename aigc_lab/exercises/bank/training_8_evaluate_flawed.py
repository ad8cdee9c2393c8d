"""Evaluations that go wrong, for the exercise in training_8_evaluate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import IGNORED

EXERCISES = ()  # the exercise that these belong to stands in training_8_evaluate


def flawed(
    model: nn.Module,
    batches: Sequence[tuple[Tensor, Tensor]],
    *,
    mode: str = "eval",
    back: str = "as it came",
    graph: bool = False,
    frozen: bool = False,
    average: str = "scored",
    empty: str = "zero",
    turn: str = "none",
    shifted: bool = False,
    as_token_0: bool = False,
) -> Any:
    """`evaluate` with knobs for what goes wrong."""
    was_training = model.training
    if mode == "eval":
        model.eval()
    if frozen:
        model.requires_grad_(False)
    with torch.set_grad_enabled(graph):
        scores = [(model(x), y) for x, y in batches]
        if shifted:
            scores = [(logits[:, :-1], y[:, 1:]) for logits, y in scores]
        if as_token_0:
            scores = [(logits, y.clamp(min=0)) for logits, y in scores]
        losses = [cross_entropy(logits, y, reduction="sum").item() for logits, y in scores]
    if back != "not":
        model.train(was_training if back == "as it came" else True)
    sizes = {name: [count(y) for _, y in scores] for name, count in SIZES.items()}
    scored, nothing = sizes["scored"], math.nan if empty == "nan" else 0.0
    means = [loss / n if n else nothing for loss, n in zip(losses, scored, strict=True)]
    return TURNS[turn](_average(losses, means, sizes, average))


SIZES = {
    "scored": lambda y: int((y != IGNORED).sum()),
    "targets": lambda y: y.numel(),
    "rows": len,
    "positive": lambda y: int((y > 0).sum()),
}
TURNS = {"none": lambda x: x, "exp": math.exp, "bits": lambda x: x / math.log(2)}


def _average(losses: list, means: list, sizes: dict[str, list[int]], average: str) -> float:
    scored, targets = sizes["scored"], sizes["targets"]
    return {
        "scored": lambda: np.dot(means, scored) / sum(scored),
        "batches": lambda: np.mean(means),
        "rows": lambda: np.dot(means, sizes["rows"]) / sum(sizes["rows"]),
        "targets": lambda: np.dot(means, targets) / sum(targets),
        "all below": lambda: sum(losses) / sum(targets),
        "positive below": lambda: sum(losses) / sum(sizes["positive"]),
        "rows below": lambda: sum(losses) / sum(sizes["rows"]),
        "sum": lambda: sum(losses),
        "sum of means": lambda: sum(means),
        "sums over batches": lambda: np.mean(losses),
        "means over scored": lambda: sum(means) / sum(scored),
        "last": lambda: means[-1],
        "first": lambda: means[0],
        "last below": lambda: sum(losses) / scored[-1],
    }[average]()
