"""Batches whose rows come from several sources at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class JoinedBatches:
    """Every batch holds the rows of all sources; the first source alone gives the evaluation.

    Shapes: x and y are (B, T) int64, B being the sum of the sources' batch sizes.
    """

    total_tokens = None

    def __init__(self, *sources: Any) -> None:
        self.sources = sources

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        import torch

        parts = [source.next(step) for source in self.sources]
        return torch.cat([x for x, _ in parts]), torch.cat([y for _, y in parts])

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The first source's evaluation batches."""
        return self.sources[0].evaluation(n)
