"""How much surprise the town really holds: the floor below which no model stays in the long run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from aigc_lab.town.documents import Document

CONFIDENT = 1.96  # standard errors on either side of a 95% interval


@dataclass(frozen=True)
class Floor:
    """The entropy of a source, estimated from its documents.

    Units: `nats` per document; `bits_per_byte` of UTF-8 text; `low` and `high` bound the 95%
    confidence interval of `bits_per_byte`.
    """

    documents: int
    bytes: int
    nats: float
    bits_per_byte: float
    low: float
    high: float

    def __str__(self) -> str:
        return (
            f"{self.bits_per_byte:.4f} bits per byte (95% interval {self.low:.4f} to "
            f"{self.high:.4f}, {self.documents} documents)"
        )


def entropy_floor(documents: Iterable[Document]) -> Floor:
    """The generator's own bits per byte on these documents, with a confidence interval.

    The mean of -log P(text) over texts drawn from P is an unbiased estimate of the entropy; bits
    per byte is a ratio of two means, whose spread follows from the delta method. What ends a
    document counts: `nats` includes the choice to stop, as a model's includes its end-of-text.

    Raises: ValueError for fewer than two documents.
    Source: Cover & Thomas 2006, equation 2.1; Cochran 1977, §2.11 (ratio estimates).
    Notebook: 02 language modelling.
    """
    pairs = [(document.nats, len(document.text.encode())) for document in documents]
    if len(pairs) < 2:
        raise ValueError(f"{len(pairs)} documents give no interval; give at least 2")
    nats, sizes = np.array(pairs).T  # (documents,) each
    per_byte = nats.sum() / sizes.sum()
    spread = np.std(nats - per_byte * sizes, ddof=1) / math.sqrt(len(pairs)) / sizes.mean()
    bits, margin = per_byte / math.log(2), CONFIDENT * spread / math.log(2)
    return Floor(
        documents=len(pairs),
        bytes=int(sizes.sum()),
        nats=float(nats.mean()),
        bits_per_byte=float(bits),
        low=float(bits - margin),
        high=float(bits + margin),
    )
