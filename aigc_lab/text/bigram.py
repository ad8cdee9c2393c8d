"""The simplest language model that looks back: a table of which token follows which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.text.token_ids import as_ids

AT_ONCE = 2**22  # ids that are counted at a time: they may lie in a file larger than memory
TRUST = 5.0  # sightings of a token before its own row counts for more than all text's average


class BigramTable:
    """How often each token follows each other in a text, as probabilities of the next token.

    p(b | a) = (count(a, b) + k p(b)) / (count(a) + k), where p(b) = (count(b) + 1) / (N + V) is
    how often b occurs at all: after a token rarely seen, the table leans on that.

    Raises: ValueError for fewer than two ids, or ids outside the vocabulary.
    Source: MacKay & Peto 1995, equation 11 (a hierarchical Dirichlet prior).
    Notebook: 02 language modelling.

    >>> table = BigramTable([0, 1] * 500, vocab_size=2)
    >>> table.next_probabilities(0).round(2).tolist()
    [0.0, 1.0]
    """

    def __init__(self, train_ids: Sequence[int] | np.ndarray, vocab_size: int) -> None:
        train = _two_or_more(train_ids, vocab_size, "count")
        self.vocab_size, self.tokens = vocab_size, len(train)
        self.pairs, self.counts = _count_pairs(train, vocab_size)  # (distinct pairs,) each
        self.followed = np.bincount(self.pairs // vocab_size, self.counts, minlength=vocab_size)
        seen = self.followed + (
            np.arange(vocab_size) == train[-1]
        )  # (V,); nothing follows the last
        self.anywhere = (seen + 1) / (len(train) + vocab_size)  # (V,)

    def nats(self, exam_ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """What the table pays for every id of a text but the first; shapes: (N,) -> (N - 1,)."""
        exam = _two_or_more(exam_ids, self.vocab_size, "predict")
        together = self._together(_pairs(exam, self.vocab_size))
        before, after = exam[:-1].astype(np.int64), exam[1:].astype(np.int64)
        p = (together + TRUST * self.anywhere[after]) / (self.followed[before] + TRUST)
        return -np.log(p)

    def next_probabilities(self, id: int) -> np.ndarray:
        """How likely each token is to follow one; shapes: returns (V,), which sums to 1."""
        before = int(as_ids([id], self.vocab_size)[0])
        row = before * self.vocab_size + np.arange(self.vocab_size)
        return (self._together(row) + TRUST * self.anywhere) / (self.followed[before] + TRUST)

    def _together(self, wanted: np.ndarray) -> np.ndarray:
        """How often some pairs were counted."""
        place = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        return np.where(self.pairs[place] == wanted, self.counts[place], 0)


def bigram_loss(
    train_ids: Sequence[int] | np.ndarray, exam_ids: Sequence[int] | np.ndarray, vocab_size: int
) -> float:
    """How well counting pairs in one text predicts another: a yardstick for a GPT.

    Units: nats per token.
    Raises: ValueError for fewer than two ids of either text, or ids outside the vocabulary.
    Notebook: 02 language modelling.

    >>> round(bigram_loss([0, 1] * 500, [0, 1, 0, 1], vocab_size=2), 3)
    0.005
    """
    return float(BigramTable(train_ids, vocab_size).nats(exam_ids).mean())


def _two_or_more(ids: Sequence[int] | np.ndarray, vocab_size: int, what_for: str) -> np.ndarray:
    row = as_ids(ids, vocab_size)
    if len(row) < 2:
        raise ValueError(f"{len(row)} ids to {what_for}; give at least 2, which make one pair")
    return row


def _count_pairs(ids: np.ndarray, vocab_size: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of neighbours, rising, and how often each occurs."""
    pairs = counts = np.empty(0, dtype=np.int64)
    for start in range(0, len(ids) - 1, AT_ONCE):
        block = _pairs(ids[start : start + AT_ONCE + 1], vocab_size)
        more, times = np.unique(block, return_counts=True)
        pairs, place = np.unique(np.concatenate([pairs, more]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times])).astype(np.int64)
    return pairs, counts


def _pairs(ids: np.ndarray, vocab_size: int) -> np.ndarray:
    """Each id with its follower, as one number."""
    wide = ids.astype(np.int64)
    return wide[:-1] * vocab_size + wide[1:]
