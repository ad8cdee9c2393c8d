"""How a training step computes: in float32, or in bfloat16 with the float32 weights kept aside."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Float32:
    """The model computes with its own float32 weights."""

    def __init__(self, model: nn.Module) -> None:
        self.worker = model

    def collect_gradients(self) -> None:
        """Nothing to do: backward has put the gradients where the optimisers look."""

    def refresh(self) -> None:
        """Nothing to do: the worker is the model."""


class BFloat16Twin:
    """A bfloat16 copy of the model does the arithmetic; the float32 original is what learns.

    One update is often under 1/256 of a weight, which bfloat16 (8 significant bits) would round
    away; so the sums are kept in float32, and the twin is copied afresh after each of them.
    Source: Micikevicius et al. 2018, section 3.1 (master weights).
    Notebook: 08 GPU training.
    """

    def __init__(self, model: nn.Module) -> None:
        self.worker = copy.deepcopy(model)
        for parameter in self.worker.parameters():  # buffers (rotary tables) stay float32
            parameter.data = parameter.data.bfloat16()
        self.masters = list(model.parameters())
        self.copies = list(self.worker.parameters())

    @torch.no_grad()
    def collect_gradients(self) -> None:
        """Add the twin's gradients to the originals' in float32, and clear the twin's."""
        for master, half in zip(self.masters, self.copies, strict=True):
            if half.grad is None:
                continue
            if master.grad is None:
                master.grad = half.grad.float()
            else:
                master.grad.add_(half.grad)
            half.grad = None

    @torch.no_grad()
    def refresh(self) -> None:
        """Round the originals' new weights into the twin."""
        torch._foreach_copy_(self.copies, self.masters)


def prepare_arithmetic(model: nn.Module, dtype: torch.dtype) -> Float32 | BFloat16Twin:
    """The way to compute a step of `model` in `dtype`."""
    return Float32(model) if dtype == torch.float32 else BFloat16Twin(model)
