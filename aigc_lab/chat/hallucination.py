"""Hallucination: asked for what it was never taught, a model answers as if it knew."""

from __future__ import annotations

from collections import Counter
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

SAMPLES, LONGEST = 20, 24  # answers drawn for each question, and their most tokens


@dataclass(frozen=True)
class CapitalAnswer:
    """What a model says about one capital, and how sure it is.

    `confidence` is the probability of saying exactly this; `agreement` the share of answers drawn
    at temperature 1 that are this one.
    """

    country: str
    taught: bool
    said: str
    confidence: float
    agreement: float


def ask_capitals(
    model: GPT, tokenizer: Tokenizer, samples: int = SAMPLES, seed: int = 0
) -> list[CapitalAnswer]:
    """Ask for the capitals that Tiny Town teaches, and for five that it never names.

    A tokenizer with the marks of a chat is asked in a chat, any other one as Town's lessons ask.
    Source: Manakul et al. 2023 (SelfCheckGPT) for the agreement.
    Notebook: 12 applications.
    """
    asked = [(row[0], True) for row in tables()["capitals"]]
    asked += [(row[0], False) for row in tables()["never_taught"]]
    prompts = [_prompt(tokenizer, country) for country, _ in asked]
    greedy = complete_many(model, tokenizer, prompts, **_dials(tokenizer, 0.0))
    rows = answer_rows(
        model, [(prompt, said.ids) for prompt, said in zip(prompts, greedy, strict=True)]
    )
    sure = answer_logprobs(rows, frozen_logits(model, rows)).exp().tolist()  # ends included
    repeated = [prompt for prompt in prompts for _ in range(samples)]
    drawn = complete_many(model, tokenizer, repeated, seed=seed, **_dials(tokenizer, 1.0))
    found = []
    for number, (country, taught) in enumerate(asked):
        text = greedy[number].text.strip()
        others = Counter(
            one.text.strip() for one in drawn[number * samples : (number + 1) * samples]
        )
        agreement = others[text] / samples
        found.append(CapitalAnswer(country, taught, text, sure[number], agreement))
    return found


def _prompt(tokenizer: Tokenizer, country: str) -> list[int]:
    asked = tables()["phrases"]["lessons"]["capital?"][0].format(country=country)
    if can_chat(tokenizer):
        return encode_chat(tokenizer, [{"role": "user", "content": asked}])
    return encode_prompt(tokenizer, as_asked(asked, "english"))


def _dials(tokenizer: Tokenizer, temperature: float) -> dict:
    stop = () if can_chat(tokenizer) else ("\n",)
    return {"temperature": temperature, "max_new_tokens": LONGEST, "stop": stop}
