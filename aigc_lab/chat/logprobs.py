"""How likely a model finds given answers: what preference and policy tuning are computed from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_lab.chat.template import END, encode_chat, require_chat_tokens
from aigc_lab.generation.loop import evaluating
from aigc_lab.model.loss import cross_entropy

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer
    from aigc_lab.town.turns import Message

IdPair = tuple[Sequence[int], Sequence[int]]  # a prompt, and its answer with the end
ROWS = {"cpu": 8}  # of like length in one forward pass; elsewhere all in one


@dataclass(frozen=True)
class AnswerRows:
    """Prompts with their answers behind them, rows of like length filled up together.

    Shapes: `parts` hold ids (b, T) int64 and answered (b, T), True where a token of an answer
        stands; `tokens` (N,) are those tokens, part after part, and `owner` (N,) tells the answer,
        of `count`, that each belongs to.
    """

    parts: list[tuple[Tensor, Tensor]]
    tokens: Tensor
    owner: Tensor
    count: int

    def sums(self, values: Tensor) -> Tensor:
        """The sum of the values of each answer's tokens; shapes: (N,) -> (B,)."""
        return values.new_zeros(self.count).index_add(0, self.owner, values)


def encode_answer(tokenizer: Tokenizer, messages: Sequence[Message], answer: str) -> IdPair:
    """The ids of a conversation up to the assistant's mark, and of the answer and its end."""
    end = require_chat_tokens(tokenizer)[END]
    return encode_chat(tokenizer, messages), [*tokenizer.encode(answer), end]


def answer_rows(model: GPT, pairs: Sequence[IdPair]) -> AnswerRows:
    """Rows for the model, on its device; what fills them up comes too late to be seen.

    Raises: ValueError for no pairs, and for one that is longer than the model can read.
    """
    if not pairs:
        raise ValueError("no answers were given; at least one is needed")
    lengths = [len(prompt) + len(answer) for prompt, answer in pairs]
    longest, room = max(lengths), model.config.block_size
    if longest > room:
        raise ValueError(
            f"conversation {lengths.index(longest)} has {longest} tokens with its answer, and the "
            f"model reads {room}; leave its oldest turns out"
        )
    device = model.lm_head.weight.device
    size = ROWS.get(device.type, len(pairs))
    by_length = sorted(range(len(pairs)), key=lengths.__getitem__)
    numbers = [by_length[at : at + size] for at in range(0, len(pairs), size)]
    parts = [_filled_up([pairs[number] for number in part]) for part in numbers]
    tokens = [ids[answered] for ids, answered in parts]
    owner = [n for part in numbers for n in part for _ in pairs[n][1]]
    return AnswerRows(
        parts=[(ids.to(device), answered.to(device)) for ids, answered in parts],
        tokens=torch.cat(tokens).to(device),
        owner=torch.tensor(owner, device=device),
        count=len(pairs),
    )


def answer_logits(model: GPT, rows: AnswerRows) -> Tensor:
    """The logits that predict each token of the answers: those of the position before it.

    Shapes: returns (N, V), part after part.
    """
    states = []
    for ids, answered in rows.parts:
        before = model.hidden(ids)[:, :-1]  # (b, T, C) -> (b, T-1, C)
        states.append(before[answered[:, 1:]])  # (n, C)
    return model.lm_head(torch.cat(states))  # (N, C) -> (N, V)


@torch.no_grad()
def frozen_logits(
    model: GPT, rows: AnswerRows, within: Callable[[], AbstractContextManager] = nullcontext
) -> Tensor:
    """The same of a model that does not learn, its dropout off, within a context such as LoRA off.

    Shapes: returns (N, V).
    """
    with evaluating(model), within():
        return answer_logits(model, rows)


def answer_logprobs(rows: AnswerRows, logits: Tensor) -> Tensor:
    """The log-probability of each answer: the sum over its tokens, its end included.

    Shapes: logits (N, V) -> (B,).
    Units: nats.
    """
    return rows.sums(-cross_entropy(logits, rows.tokens, reduction="none"))


def kl_divergence(logits: Tensor, reference: Tensor) -> Tensor:
    """How far next-token distributions are from the reference's: KL(p ‖ q) = Σ p log(p/q).

    Shapes: both (N, V) -> (N,).
    Units: nats.
    Source: Kullback and Leibler 1951.
    Notebook: 11 from GPT to ChatGPT.

    >>> kl_divergence(torch.tensor([[0.0, -1e9]]), torch.tensor([[0.0, 0.0]]))  # certain: log 2
    tensor([0.6931])
    """
    p, q = logits.log_softmax(-1), reference.log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1)


def _filled_up(pairs: Sequence[IdPair]) -> tuple[Tensor, Tensor]:
    """Ids and answered, (b, T) each, of one part."""
    longest = max(len(prompt) + len(answer) for prompt, answer in pairs)
    ids = torch.zeros(len(pairs), longest, dtype=torch.int64)
    answered = torch.zeros(len(pairs), longest, dtype=torch.bool)
    for row, (prompt, answer) in enumerate(pairs):
        start, end = len(prompt), len(prompt) + len(answer)
        ids[row, :end] = torch.tensor([*prompt, *answer])
        answered[row, start:end] = True
    return ids, answered
