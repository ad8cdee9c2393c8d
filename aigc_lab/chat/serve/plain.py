"""Keeping what people say plain: a mark that somebody types is text, and ends no turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers import BatchEncoding

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

FENCE = "\N{START OF TEXT}{}\N{END OF TEXT}"  # around a number that stands for a message's text


def keep_marks_plain(tokenizer: PreTrainedTokenizerFast) -> None:
    """Make a tokenizer's chat template blind to marks in what is said.

    transformers fills the text into the template and only then looks for marks, so `<|end|>` in a
    message would end it. Here messages with a mark in them are encoded apart from the template.
    """
    usual = tokenizer.apply_chat_template

    def apply_chat_template(messages: list[dict[str, str]], **settings: Any) -> Any:
        marks = [token for token in tokenizer.get_added_vocab() if token]
        forged = [place for place, message in enumerate(messages) if _holds(message, marks)]
        if not forged:
            return usual(messages, **settings)
        fences = {place: FENCE.format(place) for place in forged}
        fenced = [
            {**message, "content": fences.get(place, message["content"])}
            for place, message in enumerate(messages)
        ]
        rest = usual(fenced, **{**settings, "tokenize": False, "return_dict": False})
        ids: list[int] = []
        for place, fence in fences.items():
            before, rest = rest.split(fence, 1)
            ids += _encode(tokenizer, before, plain=False)
            ids += _encode(tokenizer, messages[place]["content"], plain=True)
        ids += _encode(tokenizer, rest, plain=False)
        row = torch.tensor([ids])  # (1, T)
        return BatchEncoding({"input_ids": row, "attention_mask": torch.ones_like(row)})

    tokenizer.apply_chat_template = apply_chat_template


def _holds(message: dict[str, str], marks: list[str]) -> bool:
    return any(mark in message["content"] for mark in marks)


def _encode(tokenizer: PreTrainedTokenizerFast, text: str, plain: bool) -> list[int]:
    return tokenizer(text, add_special_tokens=False, split_special_tokens=plain)["input_ids"]
