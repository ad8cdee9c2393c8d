"""What a loss on a text means: the simplest models to beat, and the floor where one is known."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_lab.training.texts import TOWN, TOWN_HELD_OUT, Text, size

if TYPE_CHECKING:
    import numpy as np

    from aigc_lab.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Yardsticks:
    """Losses to read a model's loss against.

    Units: `nats` per token of the held-out text; `bits` and `floor_bits` per byte of it. The floor
    is that of whole documents, so it is for a score of whole documents only.
    """

    nats: dict[str, float]
    bits: dict[str, float]
    floor_bits: float | None = None


def measure(
    text: Text, tokenizer: Tokenizer, learn_ids: np.ndarray, exam_ids: np.ndarray
) -> Yardsticks:
    """The yardsticks of a held-out text, for the tokenizer that a model reads it through.

    Shapes: learn_ids and exam_ids are rows of ids (N,).
    """
    from aigc_lab.text.bigram import bigram_loss

    vocab_size = tokenizer.vocab_size
    nats = {
        "uniform guess": math.log(vocab_size),
        "bigram table": bigram_loss(learn_ids, exam_ids, vocab_size),
    }
    per_byte = len(exam_ids) / size(text.held_out) / math.log(2)  # nats per token to bits per byte
    bits = {name: value * per_byte for name, value in nats.items()}
    bits["gzip -9"] = gzip_bits(text.held_out)
    floor = town_floor() if text.name == TOWN else None
    return Yardsticks(nats, bits, floor)


def gzip_bits(documents: Sequence[str]) -> float:
    """The bits per byte that the usual file compression needs for some documents as one file.

    >>> 0 < gzip_bits(["again and " * 50]) < 1
    True
    """
    data = "".join(documents).encode()
    return 8 * len(zlib.compress(data, 9)) / len(data)


def town_floor(count: int = TOWN_HELD_OUT) -> float:
    """The entropy of Tiny Town's first `count` held-out documents in bits per byte."""
    from aigc_lab.town.documents import documents
    from aigc_lab.town.entropy import entropy_floor

    return entropy_floor(documents(count, "test")).bits_per_byte
