"""Bits per byte of a text under any model, with an interval: every token scored exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from aigc_lab.generation.loop import evaluating
from aigc_lab.generation.marks import end_ids, start_id
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import bits_per_byte, cross_entropy

if TYPE_CHECKING:
    from aigc_lab.text.tokenizer import Tokenizer

TOKENS_PER_HEAD = 512  # positions whose V logits are in memory at a time
CHUNKS = 100  # into how many stretches one long text is cut for its interval
FEWEST = 20  # documents or stretches: of fewer, a 95% interval holds the truth 92% or less often
RESAMPLES, CONFIDENCE = 1000, 0.95  # of every interval, unless asked for others
SHORTEST_CHUNK = 32  # tokens: neighbours are alike, so chunks must not be too small


@dataclass(frozen=True)
class TextScore:
    """How well a model predicts a text.

    Units: `bits_per_byte` of the text's UTF-8 form, with the bounds `low` and `high` of its
    interval (None for fewer than 20 documents or stretches of text); `nats` summed over all
    `tokens`; `documents` has the nats and the bytes of each document.
    """

    bits_per_byte: float
    low: float | None
    high: float | None
    nats: float
    tokens: int
    bytes: int
    documents: tuple[tuple[float, int], ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; of the documents only the sums."""
        return {name: value for name, value in asdict(self).items() if name != "documents"}


def score_text(
    model: GPT,
    tokenizer: Tokenizer,
    text: str | Sequence[str],
    *,
    stride: int | None = None,
    score_end: bool = False,
    batch_size: int = 8,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    progress: bool = False,
) -> TextScore:
    """The bits that a model needs for each byte of a text; comparable across tokenizers.

    Windows of `block_size` move on by `stride` (half a block if None), and each scores only what
    the one before did not, so that no token is counted twice and, after the first window, each is
    predicted from at least block_size - stride others. The first token is predicted from the
    tokenizer's mark between texts; without one it costs as much as a uniform guess. `score_end`
    adds the cost of ending each text with that mark, as a generator's own probability of a text
    does; a mark has no bytes.

    The interval comes from a bootstrap over the documents if `text` is a list of 20 or more, else
    over stretches of them, of 32 tokens at least: it covers other stretches of these texts, not
    other texts. Of fewer than 20 stretches there is none.

    Raises: ValueError for an empty text, a stride that does not fit, or a character that the
        tokenizer does not have.
    Source: Gao et al. 2020 (The Pile), section 3.1; Efron 1979 (the bootstrap).
    Notebook: 09 pretrained GPT-2.
    """
    block = model.config.block_size
    stride = max(1, block // 2) if stride is None else stride
    if not 1 <= stride <= block:
        raise ValueError(f"stride={stride} must lie between 1 and block_size={block}")

    def nats_of(known: list[int]) -> np.ndarray:
        sequence = torch.tensor(known, device=model.lm_head.weight.device)
        parts = _score(model, sequence, stride, batch_size, progress)
        return np.concatenate([np.empty(0), *(part.cpu().double().numpy() for part in parts)])

    return score_with(
        nats_of,
        tokenizer,
        text,
        score_end=score_end,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
        progress=progress,
    )


def score_with(
    nats_of: Callable[[list[int]], np.ndarray],
    tokenizer: Tokenizer,
    text: str | Sequence[str],
    *,
    score_end: bool = False,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    progress: bool = False,
) -> TextScore:
    """`score_text` for whatever predicts ids: the same marks, targets, bytes and interval.

    Shapes: nats_of takes N ids and returns (N - 1,), the nats of each but the first.
    Raises: ValueError as `score_text` does.

    >>> from aigc_lab.text.bpe import BPETokenizer
    >>> uniform = lambda known: np.full(len(known) - 1, np.log(257))
    >>> score = score_with(uniform, BPETokenizer([]), "猫")
    >>> score.tokens, score.bytes, round(score.bits_per_byte, 3)
    (3, 3, 8.006)
    """
    documents = [text] if isinstance(text, str) else list(text)
    if not documents or not all(isinstance(part, str) and part for part in documents):
        raise ValueError("there is an empty text to score, or none; give at least one character")
    scored = [
        _token_nats(nats_of, tokenizer, document, score_end)
        for document in tqdm(documents, "documents", disable=not progress or len(documents) == 1)
    ]
    whole = [
        (float(nats.sum()), len(document.encode()))
        for (nats, _), document in zip(scored, documents, strict=True)
    ]
    units = whole
    if len(whole) < FEWEST:
        pairs = zip(scored, whole, strict=True)
        units = [unit for (nats, sizes), (_, size) in pairs for unit in _chunks(nats, sizes, size)]
    low, high = bootstrap(units, resamples, confidence, seed)
    total, size = sum(nats for nats, _ in whole), sum(size for _, size in whole)
    tokens = sum(len(nats) for nats, _ in scored)
    return TextScore(bits_per_byte(total, size), low, high, total, tokens, size, tuple(whole))


def bootstrap(
    units: Sequence[tuple[float, float]],
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> tuple[float | None, float | None]:
    """Bounds for total nats over total bytes, in bits, had other units like these been drawn.

    Each of `resamples` worlds draws as many units, with replacement; the bounds are quantiles
    over the worlds. Fewer than 20 units know too little about others: None, the one rule for all
    intervals.

    >>> low, high = bootstrap([(3.0, 1), (9.0, 3)] * 10)
    >>> round(low, 2), round(high, 2)  # all units hold 3 nats per byte
    (4.33, 4.33)
    >>> bootstrap([(3.0, 1), (9.0, 3)])
    (None, None)
    """
    if not 0 < confidence < 1 or resamples < 1:
        raise ValueError(
            f"confidence={confidence} must lie between 0 and 1, and resamples={resamples} be 1 or "
            "more"
        )
    if len(units) < FEWEST:
        return None, None
    nats, sizes = np.array(units, dtype=np.float64).T  # (n,) each
    n = len(units)
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
    worlds = (draws @ nats) / (draws @ sizes) / np.log(2)  # (resamples, n) @ (n,)
    low, high = np.quantile(worlds, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _chunks(nats: np.ndarray, sizes: np.ndarray, total: int) -> list[tuple[float, float]]:
    """Stretches of a text as (nats, bytes); the bytes add up to the text's."""
    count = max(1, min(CHUNKS, len(nats) // SHORTEST_CHUNK))
    sizes = sizes * (total / sizes.sum())  # some tokenizers add a space in front
    parts = zip(np.array_split(nats, count), np.array_split(sizes, count), strict=True)
    return [(float(part.sum()), float(size.sum())) for part, size in parts]


def _token_nats(
    nats_of: Callable[[list[int]], np.ndarray], tokenizer: Tokenizer, text: str, score_end: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The nats and the bytes of every token of a text, two arrays (N,)."""
    ids = tokenizer.encode(text)
    start = start_id(tokenizer)
    known = ids if start is None else [start, *ids]
    sizes = np.array([len(tokenizer.token_bytes(token_id)) for token_id in ids], dtype=np.float64)
    if score_end:
        known, sizes = [*known, _end_mark(tokenizer)], np.append(sizes, 0.0)
    first = [np.log(tokenizer.vocab_size)] if start is None else []  # a uniform guess
    rest = nats_of(known) if len(known) > 1 else np.empty(0)
    return np.concatenate([np.array(first), rest]), sizes


def _end_mark(tokenizer: Tokenizer) -> int:
    marks = end_ids(tokenizer)
    if not marks:
        raise ValueError("the tokenizer has no mark that ends a text; leave score_end=False")
    return marks[0]


@torch.inference_mode()
def _score(
    model: GPT, sequence: Tensor, stride: int, batch_size: int, progress: bool
) -> Iterator[Tensor]:
    """The nats of every id of a sequence but the first, in order, a stretch at a time."""
    windows = list(_windows(len(sequence) - 1, model.config.block_size, stride))
    width = windows[0][1] - windows[0][0] if windows else 0
    batches = [windows[at : at + batch_size] for at in range(0, len(windows), batch_size)]
    for batch in tqdm(batches, "scoring", disable=not progress, leave=False):
        ids = torch.stack([sequence[begin : begin + width] for begin, _, _ in batch])  # (B, T)
        with evaluating(model):
            hidden = model.hidden(ids)  # (B, T, C)
        for row, (begin, end, fresh) in zip(hidden, batch, strict=True):
            wanted = row[fresh - begin : end - begin]  # (T_fresh, C)
            targets = sequence[fresh + 1 : end + 1]
            yield from _nats(model, wanted, targets)


def _nats(model: GPT, hidden: Tensor, targets: Tensor) -> Iterator[Tensor]:
    pieces = zip(hidden.split(TOKENS_PER_HEAD), targets.split(TOKENS_PER_HEAD), strict=True)
    for part, wanted in pieces:
        yield cross_entropy(model.lm_head(part), wanted, reduction="none")


def _windows(length: int, block: int, stride: int) -> Iterator[tuple[int, int, int]]:
    """Windows over `length` inputs as (begin, end, first input not scored before).

    >>> list(_windows(7, block=4, stride=2))
    [(0, 4, 0), (2, 6, 4), (3, 7, 6)]
    """
    fresh, end = 0, min(block, length)
    while fresh < length:
        yield max(0, end - block), end, fresh
        fresh, end = end, min(end + stride, length)
