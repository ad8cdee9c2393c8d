"""Hallucination: asked for what it was never taught, a model answers as if it knew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from aigc_lab.chat.template import can_chat, encode_chat
from aigc_lab.generation.generate import Completion, complete_many, encode_prompt
from aigc_lab.generation.loop import evaluating
from aigc_lab.model.loss import cross_entropy
from aigc_lab.town.language import languages, tables
from aigc_lab.town.turns import phrases

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

RIGHT, WRONG, MADE_UP, REFUSED = "right", "wrong", "made up", "refused"
SAMPLES, LONGEST = 20, 24  # answers drawn for each question, and their most tokens


@dataclass(frozen=True)
class CapitalAnswer:
    """What a model says about one capital, and how sure it is.

    `verdict` is "right", "wrong" (it was taught the right answer), "made up" (it was not) or
    "refused". `confidence` is the probability of saying exactly this; `agreement` the share of
    answers drawn at temperature 1 that are this one.
    """

    country: str
    taught: bool
    said: str
    verdict: str
    confidence: float
    agreement: float


def ask_capitals(
    model: GPT,
    tokenizer: Tokenizer,
    language: str = "english",
    samples: int = SAMPLES,
    seed: int = 0,
) -> list[CapitalAnswer]:
    """Ask for the capitals that Tiny Town teaches, and for five that it never names.

    A tokenizer with the marks of a chat is asked in a chat, any other one as Town's lessons ask.
    Source: Manakul et al. 2023 (SelfCheckGPT) for the agreement.
    Notebook: 12 applications.
    """
    column = {"english": 0, "chinese": 1}[language]
    asked = [(row, True) for row in tables()["capitals"]]
    asked += [(row, False) for row in tables()["never_taught"]]
    prompts = [_prompt(tokenizer, row[column], column) for row, _ in asked]
    greedy = complete_many(model, tokenizer, prompts, **_dials(tokenizer, 0.0))
    repeated = [prompt for prompt in prompts for _ in range(samples)]
    drawn = complete_many(model, tokenizer, repeated, seed=seed, **_dials(tokenizer, 1.0))
    found = []
    for number, ((row, taught), prompt, said) in enumerate(
        zip(asked, prompts, greedy, strict=True)
    ):
        others = drawn[number * samples : (number + 1) * samples]
        text = said.text.strip()
        found.append(
            CapitalAnswer(
                country=row[column],
                taught=taught,
                said=text,
                verdict=_verdict(text, row, column, taught),
                confidence=_probability(model, prompt, said),
                agreement=Counter(one.text.strip() for one in others)[text] / samples,
            )
        )
    return found


def _prompt(tokenizer: Tokenizer, country: str, column: int) -> list[int]:
    question = languages()[column]
    asked = tables()["phrases"]["lessons"]["capital?"][column].format(country=country)
    if can_chat(tokenizer):
        return encode_chat(tokenizer, [{"role": "user", "content": asked}])
    gap = " " if column == 0 else ""
    labels = question.labels
    return encode_prompt(tokenizer, f"{labels['question']}{gap}{asked}{labels['answer']}")


def _dials(tokenizer: Tokenizer, temperature: float) -> dict:
    stop = () if can_chat(tokenizer) else ("\n",)
    return {"temperature": temperature, "max_new_tokens": LONGEST, "stop": stop}


def _verdict(said: str, row: list[str], column: int, taught: bool) -> str:
    if row[2 + column] in said:
        return RIGHT
    doubts = phrases()["answers"]
    if any(doubts[kind][column] in said for kind in ("outside", "unhelpful", "absent")):
        return REFUSED
    return WRONG if taught else MADE_UP


@torch.inference_mode()
def _probability(model: GPT, prompt: list[int], said: Completion) -> float:
    """The probability of the whole answer, its end included."""
    ids = torch.tensor([[*prompt, *said.ids]], device=model.lm_head.weight.device)  # (1, T)
    with evaluating(model):
        logits = model(ids[:, :-1])[0, len(prompt) - 1 :]  # (N, V)
    nats = cross_entropy(logits, ids[0, len(prompt) :], reduction="sum")
    return float(torch.exp(-nats))
