"""Next token after next token: as ids, as finished text, or as a stream of text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from aigc_lab.generation.loop import as_batch, next_tokens
from aigc_lab.generation.marks import END_OF_TEXT, end_ids, must_start, start_id
from aigc_lab.generation.pieces import TextWriter
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.model.gpt import GPT

if TYPE_CHECKING:
    from aigc_lab.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Completion:
    """One continuation of a prompt.

    `ids` are the new ids, the one that ended the text included; `text` ends before any stop string.
    `finish_reason` is "stop" (a stop string or end of text) or "length" (max_new_tokens).
    """

    text: str
    ids: tuple[int, ...]
    finish_reason: str


def generate(
    model: GPT,
    ids: Tensor | Sequence[int],
    config: SamplingConfig | None = None,
    *,
    stop_ids: Collection[int] = (),
    use_cache: bool = True,
    **dials: Any,
) -> Tensor:
    """Continue every row of ids by at most `max_new_tokens`.

    The model sees at most its last `block_size` ids. While the sequence fits, the KV cache holds
    the past and each step computes one position; past `block_size` the window slides, which moves
    every position, so each step encodes the window again. Both ways equal `use_cache=False`.
    A row that has produced one of `stop_ids` is filled up with it; all rows done ends the loop.

    Shapes: ids (B, T), or T ids as a list -> (B, T + N), the prompt included.
    Raises: ValueError for an empty prompt, an unknown dial, or logits that are not numbers.
    Notebook: 07 generation.
    """
    config = (config or SamplingConfig()).change(**dials)
    prompt = as_batch(ids, model)
    stops = torch.tensor(sorted(stop_ids), dtype=torch.long, device=prompt.device)
    columns: list[Tensor] = []  # each (B,)
    finished = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    for step in next_tokens(model, prompt, config, use_cache=use_cache):
        columns.append(torch.where(finished, columns[-1], step) if columns else step)
        if len(stops):
            finished |= torch.isin(columns[-1], stops)
            if finished.all():
                break
    return torch.cat([prompt, torch.stack(columns, dim=1)], dim=1)  # (B, T) + (B, N)


def complete(
    model: GPT,
    tokenizer: Tokenizer,
    prompt: str | Sequence[int],
    config: SamplingConfig | None = None,
    *,
    n: int = 1,
    use_cache: bool = True,
    **dials: Any,
) -> list[Completion]:
    """Continue a text n times and return the n continuations, without the prompt.

    A continuation ends at a stop string, at the tokenizer's end-of-text token, or at
    `max_new_tokens`. An empty prompt starts from the end-of-text token, where texts begin.

    Raises: ValueError as `generate`, and for a prompt that the tokenizer cannot encode.
    Notebook: 07 generation.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"n={n!r} continuations cannot be made; give a whole number from 1")
    config = (config or SamplingConfig()).change(**dials)
    ids = encode_prompt(tokenizer, prompt)
    return _complete_rows(model, tokenizer, [ids] * n, config, use_cache)


def complete_many(
    model: GPT,
    tokenizer: Tokenizer,
    prompts: Sequence[str | Sequence[int]],
    config: SamplingConfig | None = None,
    *,
    batch_size: int = 64,
    **dials: Any,
) -> list[Completion]:
    """Continue each of many prompts once, those of equal length together in one batch.

    Nothing is padded, so greedy answers are those of `complete`; the order is that of `prompts`.

    Notebook: 11 from GPT to ChatGPT.
    """
    config = (config or SamplingConfig()).change(**dials)
    encoded = [encode_prompt(tokenizer, prompt) for prompt in prompts]
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, ids in enumerate(encoded):
        by_length[len(ids)].append(index)
    answers: dict[int, Completion] = {}
    for indices in by_length.values():
        for start in range(0, len(indices), batch_size):
            rows = indices[start : start + batch_size]
            done = _complete_rows(model, tokenizer, [encoded[row] for row in rows], config)
            answers.update(zip(rows, done, strict=True))
    return [answers[index] for index in range(len(encoded))]


class TextStream(Iterator[str]):
    """The pieces of one continuation, as they become certain.

    Once exhausted, `finish_reason`, `ids` and `text` say what a `Completion` would.
    """

    def __init__(self, steps: Iterator[Tensor], writer: TextWriter) -> None:
        self._writer = writer
        self._pieces = self._run(steps)

    def __next__(self) -> str:
        return next(self._pieces)

    @property
    def text(self) -> str:
        return self._writer.text

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(self._writer.ids)

    @property
    def finish_reason(self) -> str | None:
        return self._writer.finish_reason

    def _run(self, steps: Iterator[Tensor]) -> Iterator[str]:
        for step in steps:
            if piece := self._writer.add(int(step[0])):
                yield piece
            if self._writer.finish_reason:
                return
        if piece := self._writer.close():
            yield piece


def stream(
    model: GPT,
    tokenizer: Tokenizer,
    prompt: str | Sequence[int],
    config: SamplingConfig | None = None,
    *,
    use_cache: bool = True,
    **dials: Any,
) -> TextStream:
    """Continue a text and hand out each piece as soon as it is certain.

    The pieces joined are the text of `complete` with the same seed, and no piece holds half a
    character.

    Notebook: 07 generation.
    """
    config = (config or SamplingConfig()).change(**dials)
    ids = as_batch(encode_prompt(tokenizer, prompt), model)
    limit = tokenizer.vocab_size
    steps = next_tokens(model, ids, config, use_cache=use_cache, vocab_limit=limit)
    return TextStream(steps, TextWriter(tokenizer, config.stop, end_ids(tokenizer)))


def encode_prompt(tokenizer: Tokenizer, prompt: str | Sequence[int]) -> list[int]:
    """The ids to start from: ids pass through; an empty text becomes the mark between texts.

    A tokenizer with a mark for beginnings (Llama's `<s>`) gets it before every text.
    """
    if not isinstance(prompt, str):
        return [int(token_id) for token_id in prompt]
    ids, start = tokenizer.encode(prompt), start_id(tokenizer)
    if start is not None and (not ids or must_start(tokenizer)):
        ids = [start, *ids]
    if not ids:
        raise ValueError(
            f"the prompt is empty and the tokenizer has no {END_OF_TEXT} to start from; "
            "give at least one character"
        )
    return ids


def _complete_rows(
    model: GPT,
    tokenizer: Tokenizer,
    rows: list[list[int]],
    config: SamplingConfig,
    use_cache: bool = True,
) -> list[Completion]:
    ends = end_ids(tokenizer)
    writers = [TextWriter(tokenizer, config.stop, ends) for _ in rows]
    limit = tokenizer.vocab_size
    batch = as_batch(rows, model)
    for step in next_tokens(model, batch, config, use_cache=use_cache, vocab_limit=limit):
        for writer, token_id in zip(writers, step.tolist(), strict=True):
            if not writer.finish_reason:
                writer.add(token_id)
        if all(writer.finish_reason for writer in writers):
            break
    for writer in writers:
        writer.close()
    return [Completion(w.text, tuple(w.ids), w.finish_reason or "length") for w in writers]
