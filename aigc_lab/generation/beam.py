"""Beam search: follow several continuations at once, and keep the most likely ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_lab.core.checks import is_number
from aigc_lab.generation.cache import KVCache
from aigc_lab.generation.loop import as_batch, last_logits, require_numbers
from aigc_lab.generation.sampling import NEVER
from aigc_lab.model.gpt import GPT


@dataclass(frozen=True)
class Beam:
    """One continuation that beam search found.

    `ids` are the new ids, the one that ended the text included; `log_prob` is the sum of their
    log-probabilities, in nats; `score` is what beams are ranked by, `log_prob` over
    N ** length_penalty; `finish_reason` is "stop" or "length".
    """

    ids: tuple[int, ...]
    log_prob: float
    score: float
    finish_reason: str


def grow(totals: Tensor, log_probs: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """The best continuations by one token, among those of all beams together, best first.

    Shapes: totals (W,) of the beams so far, log_probs (W, V) of each beam's next token -> the new
    totals, the beams they grow from, and the tokens, each (min(count, W·V),).
    Notebook: 07 generation.

    >>> grow(torch.tensor([-1.0, -2.0]), torch.tensor([[-3.0, -4.0], [-0.5, -1.5]]), 3)
    (tensor([-2.5000, -3.5000, -4.0000]), tensor([1, 1, 0]), tensor([0, 1, 0]))
    """
    sums = (totals[:, None] + log_probs).flatten()  # (W, V) -> (W·V,)
    best, places = sums.topk(min(count, len(sums)))
    vocab = log_probs.shape[1]
    return best, places // vocab, places % vocab


@torch.inference_mode()
def beam_search(
    model: GPT,
    ids: Tensor | Sequence[int],
    width: int = 4,
    max_new_tokens: int = 100,
    *,
    stop_ids: Collection[int] = (),
    length_penalty: float = 1.0,
    use_cache: bool = True,
) -> list[Beam]:
    """The most likely continuations of one prompt that a search `width` beams wide finds.

    Each step scores every token after every beam and goes on with the `width` best. A beam that
    ends is put aside, and the next best takes its place; the search stops when no running beam can
    still reach the `width` best of those put aside. One beam is greedy decoding, and over where it
    ends. Dropout is off. With the cache a step computes one position: its rows are put in the order
    of the beams that survive.

    Shapes: ids (T,) or (1, T) -> up to `width` beams, best first.
    Raises: ValueError for several prompts, a width or a number of new tokens below 1, a length
        penalty outside -10 … 10, or logits that are not numbers.
    Source: Graves 2012, section 2.1 (the search); Wu et al. 2016, section 7 (why length matters);
        score and search as in transformers' `generate(num_beams=…, early_stopping="never")`.
    Notebook: 07 generation.
    """
    prompt = as_batch(ids, model)
    _require(prompt, width, max_new_tokens, length_penalty)
    search = _Search(width, max_new_tokens, frozenset(map(int, stop_ids)), length_penalty)
    block = model.config.block_size
    room = min(prompt.shape[1] + max_new_tokens, block)
    cache = KVCache.of(model, width, room) if use_cache else None
    rows = prompt.expand(width, -1)  # (W, T)
    totals = torch.full((width,), NEVER, device=rows.device)
    totals[0] = 0.0  # all rows are the prompt at first, and one of them will do
    while not search.done(totals):
        logits = _next_logits(model, rows, cache)
        require_numbers(logits)
        candidates = grow(totals, logits.float().log_softmax(dim=-1), search.looks_at)
        totals, parents, tokens = search.sift(rows[:, prompt.shape[1] :], *candidates)
        rows = torch.cat([rows[parents], tokens[:, None]], dim=1)  # (W, T) -> (W, T + 1)
        if cache is not None:
            cache.reorder(parents)
    return search.found


class _Search:
    """Which beams go on, which are put aside, and whether it is over."""

    def __init__(self, width: int, room: int, stops: frozenset[int], penalty: float) -> None:
        self.width, self.room, self.stops, self.penalty = width, room, stops, penalty
        self.found: list[Beam] = []  # best first
        self.looks_at = width * (1 + len(stops))  # `width` go on even if every beam can end now
        self._grown = 0

    def sift(
        self, new: Tensor, totals: Tensor, parents: Tensor, tokens: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Put aside what ends now, among the first `width`; return the best that go on."""
        self._grown += 1
        full = self._grown == self.room
        going: list[int] = []
        for place, (total, token) in enumerate(zip(totals.tolist(), tokens.tolist(), strict=True)):
            stopped = token in self.stops
            if not (stopped or full):
                going.append(place)
            elif place < self.width and total > NEVER:
                ids = (*new[parents[place]].tolist(), token)
                self._put_aside(ids, total, "stop" if stopped else "length")
        chosen = (going or [0])[: self.width]
        chosen += chosen[:1] * (self.width - len(chosen))  # too few go on: fill up with hopeless
        totals = totals[chosen]
        totals[len(going) :] = NEVER
        return totals, parents[chosen], tokens[chosen]

    def done(self, totals: Tensor) -> bool:
        """Whether no running beam can still be among the `width` best."""
        best = float(totals.max())
        if best == NEVER or (self.width == 1 and self.found):
            return True
        return len(self.found) == self.width and self.found[-1].score >= self._hope(best)

    def _hope(self, total: float) -> float:
        """The best score that a running beam can reach: no more nats, and the kindest length."""
        longest = self.room if self.penalty > 0 else self._grown + 1
        return total / longest**self.penalty

    def _put_aside(self, ids: tuple[int, ...], total: float, reason: str) -> None:
        beam = Beam(ids, total, total / len(ids) ** self.penalty, reason)
        self.found.append(beam)
        self.found.sort(key=lambda each: each.score, reverse=True)
        del self.found[self.width :]


def _next_logits(model: GPT, rows: Tensor, cache: KVCache | None) -> Tensor:
    """The logits after each row's last id, by the cache where the past is in it; (W, V)."""
    block = model.config.block_size
    if cache is None or rows.shape[1] > block:  # past the block every position has moved
        return last_logits(model, rows[:, -block:])
    return last_logits(model, rows[:, cache.length :], cache)


def _require(prompt: Tensor, width: int, max_new_tokens: int, length_penalty: float) -> None:
    if len(prompt) != 1:
        raise ValueError(f"{len(prompt)} prompts arrived; beam search takes one, (T,) or (1, T)")
    for name, value in (("width", width), ("max_new_tokens", max_new_tokens)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}={value!r} will not do; give a whole number from 1")
    if not (is_number(length_penalty) and abs(length_penalty) <= 10):
        raise ValueError(f"length_penalty={length_penalty!r} will not do; give a number, -10 to 10")
