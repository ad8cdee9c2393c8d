"""Random tokens that repeat themselves: what follows can be known from the text alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.text.batches import IGNORED

if TYPE_CHECKING:
    import torch


def repeated_ids(
    length: int, vocab_size: int, rng: np.random.Generator, period: int | None = None
) -> np.ndarray:
    """`period` different random tokens, over and over, cut at `length`.

    Without a period, a random one from length/4 to length/2, and at least 2: each token then comes
    twice or more, and how far back is nowhere to be learned but from the tokens themselves. With
    a fixed period, looking back that far is enough, whatever the tokens are.

    Shapes: returns (length,) int64.
    Raises: ValueError for a length below 4 without a period, or fewer tokens than a period needs.
    Source: Olsson et al. 2022 (repeated random tokens).
    Notebook: 10 attention maps.

    >>> ids = repeated_ids(7, vocab_size=100, rng=np.random.default_rng(0), period=3)
    >>> bool((ids[3:] == ids[:-3]).all()), len(set(ids))
    (True, 3)
    """
    _require_fitting(length, vocab_size, period)
    if period is None:
        period = int(rng.integers(max(2, length // 4), length // 2, endpoint=True))
    return np.resize(rng.choice(vocab_size, period, replace=False), length)


class RepeatBatches:
    """Rows of `repeated_ids`, new ones at every step, of which only what can be known is scored.

    A target counts from the second copy's second token on. Before that nothing tells the next one
    (but where the period is fixed, the second copy's first token could be told as well), so the
    least loss is 0. Batch `step` depends on the seed and the step alone.

    Shapes: x and y are (B, T) int64, y one token ahead of x and -100 where nothing is scored.
    Raises: ValueError as `repeated_ids` does, and for a fixed period that leaves nothing to score.
    Notebook: 10 attention maps.

    >>> x, y = RepeatBatches(100, batch_size=1, block_size=6, fixed_period=2).next(0)
    >>> y[0, :2].tolist(), bool((y[0, 2:] == x[0, 1:5]).all())
    ([-100, -100], True)
    """

    total_tokens = None  # there is no end to them

    def __init__(
        self,
        vocab_size: int,
        batch_size: int,
        block_size: int,
        seed: int = 0,
        fixed_period: int | None = None,
    ) -> None:
        if min(batch_size, block_size) < 1 or seed < 0:
            raise ValueError(
                f"batch_size={batch_size} and block_size={block_size} must be 1 or more, "
                f"and seed={seed} 0 or more"
            )
        _require_fitting(block_size + 1, vocab_size, fixed_period)
        if fixed_period is not None and fixed_period >= block_size:
            raise ValueError(
                f"fixed_period={fixed_period} in rows of block_size={block_size} leaves nothing to "
                f"score: no row repeats itself; choose a period up to {block_size - 1}"
            )
        self.vocab_size, self.fixed_period, self.seed = vocab_size, fixed_period, seed
        self.batch_size, self.block_size = batch_size, block_size

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        return self._batch(np.random.default_rng((self.seed, step)))

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """`n` batches that no training step draws, always the same."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(1,)))
        return [self._batch(rng) for _ in range(n)]

    def _batch(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        length = self.block_size + 1
        rows = [
            repeated_ids(length, self.vocab_size, rng, self.fixed_period)
            for _ in range(self.batch_size)
        ]
        ids = torch.from_numpy(np.stack(rows))  # (B, T + 1)
        x, y = ids[:, :-1], ids[:, 1:].clone()  # (B, T) each
        for row, targets in zip(ids, y, strict=True):
            targets[: len(row.unique())] = IGNORED
        return x, y


def _require_fitting(length: int, vocab_size: int, period: int | None) -> None:
    longest = length // 2 if period is None else period
    if period is None and length < 4:
        raise ValueError(
            f"length={length} is too short to hold two tokens twice; choose 4 or more, or a period"
        )
    if not 1 <= longest <= vocab_size:
        raise ValueError(
            f"a period of {longest} different tokens cannot be made of vocab_size={vocab_size}; "
            f"choose a period from 1 to {vocab_size}, or a length up to {2 * vocab_size + 1}"
        )
