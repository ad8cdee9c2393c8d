"""Hallucination: asked for what it was never taught, a model answers as if it knew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_lab.chat.applications.town_examples import as_asked
from aigc_lab.chat.logprobs import answer_logprobs, answer_rows, frozen_logits
from aigc_lab.chat.template import can_chat, encode_chat
from aigc_lab.generation.generate import complete_many, encode_prompt
from aigc_lab.town.language import tables

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

LONGEST = 24  # tokens of an answer at most


@dataclass(frozen=True)
class CapitalAnswer:
    """What a model says about one capital, and how sure it is.

    `confidence` is the probability of saying exactly this.
    """

    country: str
    taught: bool
    said: str
    confidence: float


def ask_capitals(model: GPT, tokenizer: Tokenizer) -> list[CapitalAnswer]:
    """Ask for the capitals that Tiny Town teaches, and for five that it never names.

    A model that can chat is asked in a chat, any other in the form of Town's documents.
    Notebook: 12 applications.
    """
    asked = [(row[0], True) for row in tables()["capitals"]]
    asked += [(row[0], False) for row in tables()["never_taught"]]
    prompts = [_prompt(tokenizer, country) for country, _ in asked]
    stop = () if can_chat(tokenizer) else ("\n",)
    said = complete_many(
        model, tokenizer, prompts, temperature=0.0, max_new_tokens=LONGEST, stop=stop
    )
    rows = answer_rows(
        model, [(prompt, one.ids) for prompt, one in zip(prompts, said, strict=True)]
    )
    sure = answer_logprobs(rows, frozen_logits(model, rows)).exp().tolist()  # ends included
    return [
        CapitalAnswer(country, taught, one.text.strip(), confidence)
        for (country, taught), one, confidence in zip(asked, said, sure, strict=True)
    ]


def _prompt(tokenizer: Tokenizer, country: str) -> list[int]:
    asked = tables()["phrases"]["lessons"]["capital?"][0].format(country=country)
    if can_chat(tokenizer):
        return encode_chat(tokenizer, [{"role": "user", "content": asked}])
    return encode_prompt(tokenizer, as_asked(asked, "english"))
