"""Supervised fine-tuning: conversations as training rows, scored on what the assistant says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_lab.chat.template import END, encode_chat, require_chat_tokens, scored_mask
from aigc_lab.generation.abilities import would_say
from aigc_lab.generation.generate import complete_many
from aigc_lab.text.batches import IGNORED
from aigc_lab.town.conversations import KINDS, conversation, demonstrated

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer
    from aigc_lab.town.conversations import Conversation
    from aigc_lab.town.turns import Message

SCORED = ("answers", "all")
VALIDATION_SEED = 2**16
ALL_KINDS = tuple(KINDS)


class ChatBatches:
    """Rows of demonstrated conversations, each row beginning where one begins, packed to the end.

    Batch `step` is a function of the seed and the step, and there is no end to them. `scored` says
    what the loss counts: "answers" what the assistant says, as is usual, or "all" of it.
    `wanted` picks conversations, and the others are passed over.
    `demonstrations="careful"` takes the right answers, "uneven" those that people would give, some
    of them flawed (`demonstrated`).

    Shapes: x and y are (B, T) int64, y one token ahead of x, IGNORED where nothing is scored.
    Raises: ValueError for an unknown word, or a tokenizer without the marks of a conversation.
    Source: Ouyang et al. 2022 (InstructGPT), section 3.
    Notebook: 11 from GPT to ChatGPT.
    """

    total_tokens = None  # there is no end to them

    def __init__(
        self,
        tokenizer: Tokenizer,
        batch_size: int,
        block_size: int,
        seed: int = 0,
        kinds: Sequence[str] = ALL_KINDS,
        language: str | None = None,
        scored: str = "answers",
        demonstrations: str = "careful",
        wanted: Callable[[Conversation], bool] = lambda written: True,
    ) -> None:
        if scored not in SCORED or demonstrations not in ("careful", "uneven"):
            raise ValueError(
                f"scored={scored!r}, demonstrations={demonstrations!r}: choose 'answers' or 'all', "
                "and 'careful' or 'uneven'"
            )
        conversation(0, language=language, kinds=kinds)  # refuses what is not known
        self.tokenizer, self.seed, self.kinds, self.language = tokenizer, seed, kinds, language
        self.batch_size, self.block_size = batch_size, block_size
        self.scored, self.demonstrations, self.wanted = scored, demonstrations, wanted

    def next(self, step: int) -> tuple[Tensor, Tensor]:
        """The training batch of a step."""
        rows = range(step * self.batch_size, (step + 1) * self.batch_size)
        return _stacked([next(self._rows(row, "train", self.seed)) for row in rows])

    def evaluation(self, n: int) -> list[tuple[Tensor, Tensor]]:
        """`n` batches of validation worlds, always the same."""
        rows = range(n * self.batch_size)
        made = [next(self._rows(row, "validation", VALIDATION_SEED)) for row in rows]
        cuts = range(0, len(made), self.batch_size)
        return [_stacked(made[cut : cut + self.batch_size]) for cut in cuts]

    def _rows(self, number: int, split: str, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        said = self._said(number * self.block_size, split, seed)  # more than a row can hold
        return _packed(self.tokenizer, said, self.block_size, self.scored)

    def _said(self, start: int, split: str, seed: int) -> Iterator[list[Message]]:
        for number in count(start):
            written = self._written(number, split, seed)
            if self.wanted(written):
                uneven = self.demonstrations == "uneven"
                yield demonstrated(written, number) if uneven else written.full()

    def _written(self, number: int, split: str, seed: int) -> Conversation:
        return conversation(number, split, seed, self.language, self.kinds)


def conversation_rows(
    tokenizer: Tokenizer,
    conversations: Iterable[Conversation | list[Message]],
    block_size: int,
    scored: str = "answers",
) -> tuple[Tensor, Tensor]:
    """Given conversations, packed into training rows; the last row is filled up unscored.

    A row is cut at its end, and what is left of its last conversation is read nowhere: short
    conversations are wasted less than long ones.
    Shapes: x and y are (rows, T) int64, y one token ahead of x.
    Raises: ValueError for no conversations.
    Notebook: 11 from GPT to ChatGPT.
    """
    said = (each if isinstance(each, list) else each.full() for each in conversations)
    rows = list(_packed(tokenizer, said, block_size, scored))
    if not rows:
        raise ValueError("no conversations were given; fine-tuning needs at least one")
    return _stacked(rows)


def answers(
    model: GPT,
    tokenizer: Tokenizer,
    chats: Sequence[Sequence[Message]],
    max_tokens: int = 64,
    temperature: float = 0.0,
    seed: int | None = None,
    batch_size: int = 64,
) -> list[str]:
    """What the model answers to each of many conversations: greedily, or sampled.

    Notebook: 11 from GPT to ChatGPT.
    """
    prompts = [encode_chat(tokenizer, messages) for messages in chats]
    said = complete_many(
        model,
        tokenizer,
        prompts,
        batch_size=batch_size,
        max_new_tokens=max_tokens,
        temperature=temperature,
        seed=seed,
    )
    return [each.text for each in said]


def exactly_right(
    model: GPT, tokenizer: Tokenizer, asked: Sequence[tuple[Sequence[Message], str]]
) -> list[bool]:
    """For each conversation and its right answer, whether greedy decoding would give just that.

    Much quicker than to let the model speak, and the same: see `would_say`.
    Notebook: 11 from GPT to ChatGPT.
    """
    end = require_chat_tokens(tokenizer)[END]
    pairs = [
        (encode_chat(tokenizer, messages), [*tokenizer.encode(answer), end])
        for messages, answer in asked
    ]
    return would_say(model, pairs, end)


def _packed(
    tokenizer: Tokenizer, said: Iterable[list[Message]], block_size: int, scored: str
) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows of whole conversations, one after the other, each row cut at its end."""
    ids: list[int] = []
    mask: list[bool] = []
    for messages in said:
        more = encode_chat(tokenizer, messages, add_generation_prompt=False)
        ids += more
        mask += scored_mask(tokenizer, more) if scored == "answers" else [True] * len(more)
        if len(ids) > block_size:
            yield _row(ids[: block_size + 1], mask[: block_size + 1])
            ids, mask = [], []
    if ids:
        missing = block_size + 1 - len(ids)
        yield _row(ids + [ids[0]] * missing, mask + [False] * missing)


def _row(ids: list[int], mask: list[bool]) -> tuple[Tensor, Tensor]:
    row, scored = torch.tensor(ids), torch.tensor(mask)  # (T+1,) each
    return row[:-1], torch.where(scored, row, IGNORED)[1:]


def _stacked(rows: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    x, y = zip(*rows, strict=True)
    return torch.stack(x), torch.stack(y)
