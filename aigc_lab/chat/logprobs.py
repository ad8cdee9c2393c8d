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


@dataclass(frozen=True)
class AnswerRows:
    """Prompts with their answers behind them, filled up to one length.

    Shapes: ids (B, T) int64; answered (B, T), True where a token of an answer stands, N in all.
    """

    ids: Tensor
    answered: Tensor

    def sums(self, values: Tensor) -> Tensor:
        """The sum of each row's values; shapes: (N,) -> (B,)."""
        row = self.answered.nonzero()[:, 0]  # (N,)
        return values.new_zeros(len(self.ids)).index_add(0, row, values)


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
    ids = torch.zeros(len(pairs), longest, dtype=torch.int64)  # (B, T)
    answered = torch.zeros(len(pairs), longest, dtype=torch.bool)
    for row, (prompt, answer) in enumerate(pairs):
        ids[row, : lengths[row]] = torch.tensor([*prompt, *answer])
        answered[row, len(prompt) : lengths[row]] = True
    device = model.lm_head.weight.device
    return AnswerRows(ids.to(device), answered.to(device))


def answer_logits(model: GPT, rows: AnswerRows) -> Tensor:
    """The logits that predict each token of the answers: those of the position before it.

    Shapes: returns (N, V), row after row.
    """
    hidden = model.hidden(rows.ids)[:, :-1]  # (B, T, C) -> (B, T-1, C)
    return model.lm_head(hidden[rows.answered[:, 1:]])  # (N, C) -> (N, V)


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
    return rows.sums(-cross_entropy(logits, rows.ids[rows.answered], reduction="none"))


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
