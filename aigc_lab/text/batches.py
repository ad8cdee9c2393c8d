"""From a long row of token ids to the (x, y) batches that a language model learns from.

y is x moved on by one: at every position the model is asked for the token that comes next.
Shapes use the course's legend: B batch, T position.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.text.token_ids import as_ids

if TYPE_CHECKING:
    import torch

IGNORED = -100  # the target that the loss leaves out


class Batches:
    """Windows at random places of the training ids, and fixed ones of the validation ids.

    `next(step)` depends on the seed and the step alone, so a resumed run sees the batches that it
    would have seen. The ids may be a memory-mapped file (`open_ids`): only the windows are read.

    Shapes: x and y are (B, T) int64.
    Raises: ValueError when the ids are too few for one window.
    Notebook: 06 training.

    >>> batches = Batches(list(range(100)), batch_size=2, block_size=3)
    >>> x, y = batches.next(0)
    >>> x.shape, bool((y == x + 1).all())
    (torch.Size([2, 3]), True)
    """

    def __init__(
        self,
        ids: Sequence[int] | np.ndarray,
        batch_size: int,
        block_size: int,
        validation: Sequence[int] | np.ndarray | None = None,
        seed: int = 0,
    ) -> None:
        if min(batch_size, block_size) < 1 or seed < 0:
            raise ValueError(
                f"batch_size={batch_size} and block_size={block_size} must be 1 or more, "
                f"and seed={seed} 0 or more"
            )
        self.batch_size, self.block_size, self.seed = batch_size, block_size, seed
        self.ids = _enough(as_ids(ids), block_size, "training")
        self.validation = None
        if validation is not None:
            self.validation = _enough(as_ids(validation), block_size, "validation")

    @property
    def total_tokens(self) -> int:
        """How many training ids there are."""
        return len(self.ids)

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        draw = np.random.default_rng((self.seed, step))
        return _windows(self.ids, self._places(draw), self.block_size)

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Up to `n` validation batches, always the same: windows spread evenly, without overlap.

        Fewer come back when the validation ids hold fewer, none without validation ids. All have
        the same number of rows, so that the mean of their losses is the mean over all tokens.
        """
        places = self._validation_places()
        rows = min(self.batch_size, len(places))
        n = min(n, len(places) // rows) if rows else 0
        spread = np.arange(n * rows) * len(places) // max(1, n * rows)
        return [
            _windows(self.validation, chosen, self.block_size)
            for chosen in places[spread].reshape(n, rows)  # (n, B)
        ]

    def _places(self, draw: np.random.Generator) -> np.ndarray:
        """Where the rows of a training batch start."""
        return draw.integers(len(self.ids) - self.block_size, size=self.batch_size)

    def _validation_places(self) -> np.ndarray:
        """Where the rows of all validation windows start."""
        if self.validation is None:
            return np.empty(0, dtype=np.int64)
        return np.arange(0, len(self.validation) - self.block_size, self.block_size)


class DocumentBatches(Batches):
    """Like `Batches`, but each row begins where a document begins, and the next ones follow in it.

    So a model meets beginnings as beginnings, with nothing of a document cut off in front, and no
    place is wasted on padding. `starts` come from `encode_documents`. What lies more than
    `block_size` behind every start is never seen: choose it as long as most documents.

    Shapes: x and y are (B, T) int64.
    Raises: ValueError when no document is followed by enough ids for one row.
    Notebook: 05 the GPT block.
    """

    def __init__(
        self,
        ids: Sequence[int] | np.ndarray,
        starts: Sequence[int] | np.ndarray,
        batch_size: int,
        block_size: int,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
        seed: int = 0,
    ) -> None:
        held_out, held_out_starts = validation if validation is not None else (None, None)
        super().__init__(ids, batch_size, block_size, held_out, seed)
        self.starts = _full_rows(starts, self.ids, block_size, "training")
        if self.validation is not None:
            rows = _full_rows(held_out_starts, self.validation, block_size, "validation")
            self.validation_starts = _apart(rows, block_size)

    def _places(self, draw: np.random.Generator) -> np.ndarray:
        return self.starts[draw.integers(len(self.starts), size=self.batch_size)]

    def _validation_places(self) -> np.ndarray:
        return super()._validation_places() if self.validation is None else self.validation_starts


def sequential_batches(
    ids: Sequence[int] | np.ndarray, batch_size: int, block_size: int, stride: int | None = None
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Windows over all ids in order, in which every token but the first is a target exactly once.

    Each window moves on by `stride` (default: `block_size`). A smaller stride gives tokens more
    context to be predicted from; targets that an earlier window scored are set to -100, which the
    loss leaves out. The last window is moved back to end with the ids.

    Shapes: x and y are (B, T) int64; the last batch may have fewer rows, and T is smaller only
    when there are no more than T ids.
    Raises: ValueError for fewer than two ids, or a stride outside 1 to `block_size`.

    >>> [y.tolist() for x, y in sequential_batches([5, 6, 7, 8, 9], batch_size=1, block_size=3)]
    [[[6, 7, 8]], [[-100, -100, 9]]]
    """
    ids = as_ids(ids)
    stride = block_size if stride is None else stride
    if len(ids) < 2 or not 1 <= stride <= block_size:
        raise ValueError(
            f"{len(ids)} ids with stride={stride} and block_size={block_size} cannot be scored; "
            "give at least 2 ids and a stride from 1 to block_size"
        )
    length = min(block_size, len(ids) - 1)
    last = len(ids) - 1 - length
    places = np.array([*range(0, last, stride), last])
    scored = np.array([0, *(places[:-1] + length)])  # targets before this id are done
    for at in range(0, len(places), batch_size):
        rows, done = places[at : at + batch_size], scored[at : at + batch_size]
        x, y = _windows(ids, rows, length)
        for row in range(len(rows)):
            y[row, : done[row] - rows[row]] = IGNORED
        yield x, y


def _windows(
    ids: np.ndarray, places: np.ndarray, block_size: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """x and y of the rows that start at `places`, in memory of their own."""
    import torch

    rows = ids[places[:, None] + np.arange(block_size + 1)]  # (B, T + 1)
    x, y = rows[:, :-1].astype(np.int64), rows[:, 1:].astype(np.int64)  # (B, T), (B, T)
    return torch.from_numpy(x), torch.from_numpy(y)


def _enough(ids: np.ndarray, block_size: int, name: str) -> np.ndarray:
    if len(ids) <= block_size:
        raise ValueError(
            f"{len(ids)} {name} ids are too few for one window of block_size={block_size} and the "
            "token after it; use a longer text or a smaller block_size"
        )
    return ids


def _full_rows(
    starts: Sequence[int] | np.ndarray, ids: np.ndarray, block_size: int, name: str
) -> np.ndarray:
    """The starts that are followed by a full row of ids."""
    starts = np.asarray(starts, dtype=np.int64)
    full = starts[starts + block_size < len(ids)]
    if not len(full):
        raise ValueError(
            f"none of the {len(starts)} {name} documents is followed by block_size={block_size} "
            "ids and one more; use more documents or a smaller block_size"
        )
    return full


def _apart(starts: np.ndarray, block_size: int) -> np.ndarray:
    """Of the starts, those that leave room for a whole row before the next: disjoint rows."""
    kept = [int(starts[0])]
    for start in starts[1:]:
        if start >= kept[-1] + block_size:
            kept.append(int(start))
    return np.array(kept)
