"""Keeping what people say plain: a mark that somebody types is text, and ends no turn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import torch
from transformers import BatchEncoding

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

FENCE = "\N{START OF TEXT}said %d\N{END OF TEXT}"  # in the place of a message's text
FENCED = re.compile(FENCE.replace("%d", r"(\d+)"))


def keep_marks_plain(tokenizer: PreTrainedTokenizerFast) -> None:
    """Make a tokenizer's chat template blind to marks in what is said.

    transformers fills the text into the template and only then looks for marks, so `<|end|>` in a
    message would end it. Here messages are encoded apart from the template where one holds a mark.
    """
    usual = tokenizer.apply_chat_template

    def apply_chat_template(messages: list[dict[str, str]], **settings: Any) -> Any:
        marks = [token for token in tokenizer.get_added_vocab() if token]
        said = [message["content"] for message in messages]
        if not any(mark in text for text in said for mark in marks):
            return usual(messages, **settings)
        fenced = [{**message, "content": FENCE % at} for at, message in enumerate(messages)]
        text = usual(fenced, **{**settings, "tokenize": False, "return_dict": False})
        first, *pairs = FENCED.split(text)  # a template may leave messages out, or repeat them
        ids = _encode(tokenizer, first, plain=False)
        for at, between in zip(pairs[::2], pairs[1::2], strict=True):
            ids += _encode(tokenizer, said[int(at)], plain=True)
            ids += _encode(tokenizer, between, plain=False)
        row = torch.tensor([ids])  # (1, T)
        return BatchEncoding({"input_ids": row, "attention_mask": torch.ones_like(row)})

    tokenizer.apply_chat_template = apply_chat_template


def _encode(tokenizer: PreTrainedTokenizerFast, text: str, plain: bool) -> list[int]:
    return tokenizer(text, add_special_tokens=False, split_special_tokens=plain)["input_ids"]
