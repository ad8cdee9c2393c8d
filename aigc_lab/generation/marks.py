"""The special tokens between texts, known by the names that published tokenizers give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aigc_lab.text.words import END_OF_TEXT

if TYPE_CHECKING:
    from aigc_lab.text.tokenizer import Tokenizer

CHAT_END = "<|end|>"  # of one message, in the course's own chat template and in Phi's
END_MARKS = (END_OF_TEXT, "</s>", "<|end_of_text|>", "<|eot_id|>", "<|im_end|>", CHAT_END)
BEGIN_MARKS = ("<s>", "<|begin_of_text|>")  # Llama's: every text it was trained on began so


def end_ids(tokenizer: Tokenizer) -> tuple[int, ...]:
    """The ids that end a text."""
    special = tokenizer.special_tokens
    return tuple(special[mark] for mark in END_MARKS if mark in special)


def start_id(tokenizer: Tokenizer) -> int | None:
    """The id that stands before the first token of a text, or None."""
    special = tokenizer.special_tokens
    return next((special[mark] for mark in (*BEGIN_MARKS, END_OF_TEXT) if mark in special), None)


def must_start(tokenizer: Tokenizer) -> bool:
    """Whether its model expects the start mark before every text, as Llama's do and GPT-2 not."""
    return any(mark in tokenizer.special_tokens for mark in BEGIN_MARKS)
