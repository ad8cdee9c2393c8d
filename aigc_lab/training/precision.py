"""The number format of a training step: float32, or bfloat16 products around float32 weights."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


def arithmetic(device: torch.device, dtype: torch.dtype) -> AbstractContextManager:
    """The context in which a forward pass computes its matrix products in `dtype`.

    Weights, gradients and the residual stream stay float32: one update is often less than 1/256 of
    its weight, which bfloat16 with its 8 significant bits would round away. Keeping a bfloat16
    copy of the whole model instead was measured on a CPU and is not faster: both take a third to a
    half of float32's time there, as long as attention uses its explicit kernel.

    Source: Micikevicius et al. 2018, section 3.1 (float32 weights).
    Notebook: 08 GPU training.

    >>> with arithmetic(torch.device("cpu"), torch.bfloat16):
    ...     (torch.ones(2, 3) @ torch.ones(3, 2)).dtype
    torch.bfloat16
    """
    if dtype == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, dtype)
