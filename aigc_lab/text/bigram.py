"""The simplest language model that looks back: a table of which token follows which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.text.token_ids import as_ids

AT_ONCE = 2**22  # ids that are counted at a time: they may lie in a file larger than memory
TRUST = 5.0  # sightings of a token before its own row counts for more than all text's average


def bigram_loss(
    train_ids: Sequence[int] | np.ndarray, exam_ids: Sequence[int] | np.ndarray, vocab_size: int
) -> float:
    """How well counting pairs in one text predicts another: a yardstick for a GPT.

    p(b | a) = (count(a, b) + k p(b)) / (count(a) + k), where p(b) = (count(b) + 1) / (N + V) is
    how often b occurs at all: after a token rarely seen, the table leans on that.

    Units: nats per token.
    Raises: ValueError for fewer than two ids of either text, or ids outside the vocabulary.
    Source: MacKay & Peto 1995, equation 11 (a hierarchical Dirichlet prior).
    Notebook: 02 language modelling.

    >>> round(bigram_loss([0, 1] * 500, [0, 1, 0, 1], vocab_size=2), 3)
    0.005
    """
    train, exam = as_ids(train_ids, vocab_size), as_ids(exam_ids, vocab_size)
    if len(train) < 2 or len(exam) < 2:
        raise ValueError(
            f"{len(train)} ids to count and {len(exam)} to predict; give at least 2 of each"
        )
    pairs, counts = _count_pairs(train, vocab_size)  # (distinct pairs,) each
    followed = np.bincount(pairs // vocab_size, counts, minlength=vocab_size)  # (V,)
    seen = followed + (np.arange(vocab_size) == train[-1])  # the last token has no follower
    anywhere = (seen + 1) / (len(train) + vocab_size)
    wanted = _pairs(exam, vocab_size)  # (N_exam - 1,)
    place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    together = np.where(pairs[place] == wanted, counts[place], 0)
    before, after = exam[:-1].astype(np.int64), exam[1:].astype(np.int64)
    p = (together + TRUST * anywhere[after]) / (followed[before] + TRUST)
    return float(-np.log(p).mean())


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
