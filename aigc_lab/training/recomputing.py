"""Activation checkpointing: forget what a block computed, and compute it anew when needed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from torch import nn
from torch.utils.checkpoint import checkpoint


class recomputed(AbstractContextManager):
    """Within, a forward pass keeps of each block `model.h[i]` only what went into it.

    The backward pass then runs the block again, with the same dropout: the same gradients bit for
    bit, for a third more time and, of L blocks, about 1/L of the activations.

    One of these may be entered again and again, and then puts the same functions into the blocks:
    a compiler would take others for another model, and begin anew.

    Raises: ValueError for a model without blocks `h`.
    Source: Chen et al. 2016 (Training deep nets with sublinear memory cost).
    Notebook: 08 GPU training.
    """

    def __init__(self, model: nn.Module, wanted: bool = True) -> None:
        if wanted and not hasattr(model, "h"):
            raise ValueError(
                f"recompute works block by block, but {type(model).__name__} has no list of "
                "blocks `h`; leave recompute off"
            )
        self.blocks: list[nn.Module] = list(model.h) if wanted else []
        self._forgetful: dict[nn.Module, partial] = {}
        self._before: list[Callable | None] = []

    def __enter__(self) -> None:
        self._before = [vars(block).get("forward") for block in self.blocks]
        for block in self.blocks:
            block.forward = self._forgetful_forward(block)

    def __exit__(self, *_: object) -> None:
        for block, before in zip(self.blocks, self._before, strict=True):
            if before is None:
                del block.forward  # the class's own forward is back
            else:
                block.forward = before  # somebody else's

    def _forgetful_forward(self, block: nn.Module) -> partial:
        made = self._forgetful.get(block)
        if made is None or made.args != (block.forward,):
            made = partial(checkpoint, block.forward, use_reentrant=False)
            self._forgetful[block] = made
        return made
