"""Fresh Town documents as training batches: nothing stored, nothing seen twice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from aigc_lab.text.batches import IGNORED, sequential_batches
from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.town.documents import KINDS, LANGUAGES, document

if TYPE_CHECKING:
    import torch

VALIDATION_SEED = 2**20


class Exam(list["tuple[torch.Tensor, torch.Tensor]"]):
    """Evaluation batches, with the least loss that a model can expect on exactly their targets.

    Units: `floor` in nats per scored token.
    """

    def __init__(self, batches: Iterable[tuple[torch.Tensor, torch.Tensor]], floor: float) -> None:
        super().__init__(batches)
        self.floor = floor


class TownBatches:
    """Rows of Town documents, each row beginning where a document begins, packed to the end.

    Batch `step` is a function of the seed and the step, so a resumed run sees what it would have
    seen. Documents are written when they are needed: the training set has no end. `kinds` leaves
    out all documents of other kinds, and `language` tells them all in "english" or "chinese".

    Shapes: x and y are (B, T) int64, y one token ahead of x.
    Raises: ValueError when the tokenizer has no end-of-text token, or for an unknown kind or
        language.
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
        language: str | None = None,
    ) -> None:
        if not kinds or not set(kinds) <= set(KINDS):
            raise ValueError(f"kinds={kinds!r}: choose one or more of {tuple(KINDS)}")
        if language not in (None, *LANGUAGES):
            raise ValueError(f"language={language!r}: choose one of {LANGUAGES}, or None for both")
        self.tokenizer, self.seed, self.kinds, self.language = tokenizer, seed, kinds, language
        self.batch_size, self.block_size = batch_size, block_size
        self.end = end_of_text(tokenizer)

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        rows = range(step * self.batch_size, (step + 1) * self.batch_size)
        return self._batch([self.row(number, "train", self.seed) for number in rows])

    def evaluation(self, n: int) -> Exam:
        """`n` batches of validation worlds, always the same, and the floor under their loss.

        Unlike training rows these are not cut: they hold whole documents, every token of which is
        scored, and the end-of-text token after it too, as in `Document.nats`. So the floor is exact
        for what is scored. More batches come only where the very first document needs them.
        """
        import torch

        stretches = self._whole_documents()
        kept = [next(stretches)]
        room = n * self.batch_size - len(kept[0][0])
        for stretch in stretches:
            room -= len(stretch[0])
            if room < 0:
                break
            kept.append(stretch)
        xs, ys, nats = zip(*kept, strict=True)
        x, y = torch.cat(xs), torch.cat(ys)  # (rows, T) each
        batches = zip(x.split(self.batch_size), y.split(self.batch_size), strict=True)
        return Exam(batches, floor=sum(nats) / int((y != IGNORED).sum()))

    def _whole_documents(self) -> Iterator[tuple[torch.Tensor, torch.Tensor, float]]:
        """Rows that together hold whole validation documents, and the nats of these, without end.

        A document's nats no longer count what is known beforehand: that it is of the kinds kept,
        and in which language it is told.
        """
        kept = sum(KINDS[kind][1] for kind in set(self.kinds))
        known = math.log(sum(share for _, share in KINDS.values()) / kept)
        known += math.log(len(LANGUAGES)) if self.language else 0.0
        ids, nats = [self.end], 0.0
        for number in count():
            written = document(number, "validation", VALIDATION_SEED, self.language)
            if written.kind not in self.kinds:
                continue
            more = [*self.tokenizer.encode(written.text), self.end]
            if len(ids) > 1 and len(ids) + len(more) > self.block_size + 1:
                yield *self._rows(ids), nats
                ids, nats = [self.end], 0.0
            ids, nats = ids + more, nats + written.nats - known

    def _rows(self, ids: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids that fit as one row, or one long document as rows that overlap by half (rows, T)."""
        from torch.nn.functional import pad

        stride = (self.block_size + 1) // 2  # so each token is predicted from half a row at least
        ((x, y),) = sequential_batches(ids, len(ids), self.block_size, stride)
        free = (0, self.block_size - x.shape[1])
        return pad(x, free, value=self.end), pad(y, free, value=IGNORED)

    def row(self, number: int, split: str, seed: int) -> list[int]:
        """T+1 ids: an end-of-text token before each document, and as many as fit.

        Every other row leaves out the very first one, since a prompt may come without it.
        """
        ids: list[int] = []
        first = number % 2
        at = number * self.block_size  # more documents than a row can hold
        while len(ids) <= self.block_size + first:
            written = document(at, split, seed, self.language)
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
