"""What a language model is judged by: cross-entropy, perplexity and bits per byte."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

REDUCTIONS = ("mean", "sum", "none")


def cross_entropy(
    logits: Tensor, targets: Tensor, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """How surprised the model is by the true next token: -log softmax(logits)[target].

    Computed in float32 through log-sum-exp, so logits of ±10,000 neither overflow nor give log 0.
    Positions whose target is `ignore_index` count neither in the sum nor in the mean; the mean
    over no position at all is 0.

    Shapes: logits (…, V); targets (…) int64; returns one number, or (…) with reduction="none".
    Units: nats (per token for "mean").
    Raises: ValueError for shapes that do not fit, targets outside 0 … V-1, unknown reductions.
    Source: Shannon 1948; Goodfellow et al. 2016, section 6.2.2.
    Notebook: 02 language modelling and cross-entropy.

    >>> cross_entropy(torch.zeros(3, 8), torch.tensor([0, 5, 7]))  # a uniform guess costs log(8)
    tensor(2.0794)
    """
    _check_targets(logits, targets, ignore_index, reduction)
    width = logits.shape[-1]
    flat = logits.reshape(-1, width).float()  # (…, V) -> (N, V)
    losses = "sum" if reduction == "mean" else reduction
    total = F.cross_entropy(flat, targets.flatten(), ignore_index=ignore_index, reduction=losses)
    if reduction == "none":
        return total.view(targets.shape)
    if reduction == "sum":
        return total
    return total / (targets != ignore_index).sum().clamp(min=1)


def perplexity(nats: float) -> float:
    """The size of a die as uncertain as the model: e to the loss (infinite if that overflows).

    Units: `nats` per token.
    Raises: ValueError when a loss below zero arrives.
    Notebook: 02 language modelling and cross-entropy.

    >>> round(perplexity(math.log(6)), 9)
    6.0
    """
    nats = float(nats)
    if nats < 0:
        raise ValueError(f"a loss of {nats} nats is below zero; pass the mean cross-entropy")
    return math.exp(nats) if nats < 709 else math.inf


def bits_per_byte(total_nats: float, total_bytes: int) -> float:
    """The loss in bits for each byte of the original text, comparable across tokenizers.

    Units: `total_nats` summed over all tokens of the text; `total_bytes` of its UTF-8 form.
    Raises: ValueError when there are no bytes.
    Notebook: 02 language modelling and cross-entropy.

    >>> round(bits_per_byte(math.log(256) * 10, 10), 9)  # a uniform guess over bytes: 8 bits each
    8.0
    """
    if total_bytes < 1:
        raise ValueError(f"total_bytes={total_bytes} must be 1 or more: the size of the text")
    return float(total_nats) / math.log(2) / total_bytes


def _check_targets(logits: Tensor, targets: Tensor, ignore_index: int, reduction: str) -> None:
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"reduction={reduction!r} is not known; choose one of {', '.join(REDUCTIONS)}"
        )
    if logits.shape[:-1] != targets.shape:
        raise ValueError(
            f"logits {tuple(logits.shape)} and targets {tuple(targets.shape)} do not fit; "
            "pass logits (…, V) and targets (…)"
        )
    if targets.dtype != torch.int64:
        raise ValueError(f"targets are {targets.dtype}; pass int64 token ids")
    if targets.device.type != "cpu":
        return  # looking would wait for the accelerator in every training step
    counted = targets[targets != ignore_index]
    if counted.numel() and not 0 <= counted.min() <= counted.max() < logits.shape[-1]:
        raise ValueError(
            f"targets run from {counted.min()} to {counted.max()}, but logits know ids "
            f"0 to {logits.shape[-1] - 1} (and {ignore_index} for positions not to count)"
        )
