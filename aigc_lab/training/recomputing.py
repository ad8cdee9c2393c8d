"""Activation checkpointing: forget what a block computed, and compute it anew when needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from torch import nn
from torch.utils.checkpoint import checkpoint


@contextmanager
def recomputed(model: nn.Module, wanted: bool = True) -> Iterator[None]:
    """Within, a forward pass keeps of each block `model.h[i]` only what went into it.

    The backward pass then runs the block again, with the same dropout: the same gradients bit for
    bit, for a third more time and, of L blocks, about 1/L of the activations.

    Raises: ValueError for a model without blocks `h`.
    Source: Chen et al. 2016 (Training deep nets with sublinear memory cost).
    Notebook: 08 GPU training.
    """
    if not wanted:
        yield
        return
    if not hasattr(model, "h"):
        raise ValueError(
            f"recompute works block by block, but {type(model).__name__} has no list of blocks "
            "`h`; leave recompute off"
        )
    for block in model.h:
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
    try:
        yield
    finally:
        for block in model.h:
            del block.forward  # the class's own forward is back
