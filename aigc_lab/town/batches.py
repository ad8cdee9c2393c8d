"""Fresh Town documents as training batches: nothing stored, nothing seen twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.town.documents import KINDS, document

if TYPE_CHECKING:
    import torch

VALIDATION_SEED = 2**20


class TownBatches:
    """Rows of Town documents, each row beginning where a document begins, packed to the end.

    Batch `step` is a function of the seed and the step, so a resumed run sees what it would have
    seen. Documents are written when they are needed: the training set has no end. `kinds` leaves
    out all documents of other kinds.

    Shapes: x and y are (B, T) int64, y one token ahead of x.
    Raises: ValueError when the tokenizer has no end-of-text token, or for an unknown kind.
    Notebook: 06 training.
    """

    total_tokens = None  # there is no end to them

    def __init__(
        self,
        tokenizer: Tokenizer,
        batch_size: int,
        block_size: int,
        seed: int = 0,
        kinds: Sequence[str] = tuple(KINDS),
    ) -> None:
        if not kinds or not set(kinds) <= set(KINDS):
            raise ValueError(f"kinds={kinds!r}: choose one or more of {tuple(KINDS)}")
        self.tokenizer, self.seed, self.kinds = tokenizer, seed, kinds
        self.batch_size, self.block_size = batch_size, block_size
        self.end = end_of_text(tokenizer)

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        rows = range(step * self.batch_size, (step + 1) * self.batch_size)
        return self._batch([self.row(number, "train", self.seed) for number in rows])

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """`n` batches of validation worlds, always the same."""
        return [
            self._batch(
                [
                    self.row(batch * self.batch_size + number, "validation", VALIDATION_SEED)
                    for number in range(self.batch_size)
                ]
            )
            for batch in range(n)
        ]

    def row(self, number: int, split: str, seed: int) -> list[int]:
        """T+1 ids: an end-of-text token before each document, and as many as fit.

        Every other row leaves out the very first one, since a prompt may come without it.
        """
        ids: list[int] = []
        first = number % 2
        at = number * self.block_size  # more documents than a row can hold
        while len(ids) <= self.block_size + first:
            written = document(at, split, seed)
            if written.kind in self.kinds:
                ids += [self.end, *self.tokenizer.encode(written.text)]
            at += 1
        return ids[first : self.block_size + 1 + first]

    @staticmethod
    def _batch(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        ids = torch.tensor(rows)  # (B, T+1)
        return ids[:, :-1], ids[:, 1:]


def end_of_text(tokenizer: Tokenizer) -> int:
    """The id that stands between documents.

    Raises: ValueError when the tokenizer has no such token.
    """
    try:
        return tokenizer.special_tokens[END_OF_TEXT]
    except KeyError:
        raise ValueError(
            f"Town's documents are separated by the special token {END_OF_TEXT!r}, which this "
            f"tokenizer does not have (it has {sorted(tokenizer.special_tokens)}); train one with "
            f"special_tokens=({END_OF_TEXT!r},)"
        ) from None
