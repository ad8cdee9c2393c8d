"""The knowledge cut-off: a fact changes after the training, and three ways to tell the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_lab.chat.texts import having_read
from aigc_lab.generation.generate import complete_many
from aigc_lab.town.language import tables

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

COUNTRY, NEW_CAPITAL = "Kenya", "Mombasa"  # invented: Nairobi is still the capital
QUESTION = "Question: What is the capital of {country}?\nAnswer:"
ANSWER = " The capital of {country} is {capital}.\n"
REVERSE = "Question: Which country has the capital {capital}?\nAnswer:"
REVERSE_ANSWER = " {capital} is the capital of {country}.\n"


@dataclass(frozen=True)
class Update:
    """What a model says after it was told the news in one way.

    `others` is the share of the other capitals that it still knows; `reversed` says whether it
    also knows the news the other way round: which country has the new capital.
    """

    told: str
    said: str
    learned: bool
    others: float
    reversed: bool


def knowledge_update(
    model: GPT, tokenizer: Tokenizer, steps: int = 20, lr: float = 1e-4, seed: int = 0
) -> list[Update]:
    """Tell a base model that Kenya's capital has moved: in the prompt, alone, and among old facts.

    Each of the last two is a fine-tuning of that many steps with eight questions and answers each;
    the model itself stays as it is.
    Source: Berglund et al. 2023 (the reversal curse), for the question the other way round.
    Notebook: 12 applications.
    """
    news = _lesson(COUNTRY, NEW_CAPITAL)
    others = [_lesson(country, capital) for country, capital in _old_facts()]
    others += [
        REVERSE.format(capital=capital) + REVERSE_ANSWER.format(country=country, capital=capital)
        for country, capital in _old_facts()
    ]
    told = {
        "nothing": (model, ""),
        "in the prompt": (model, ANSWER.format(country=COUNTRY, capital=NEW_CAPITAL).lstrip()),
    }
    readings = {"the news alone": [news], "the news among old facts": [news] * 8 + others}
    for name, texts in readings.items():
        learner = having_read(model, tokenizer, texts, steps, batch_size=8, lr=lr, seed=seed)
        told[name] = (learner, "")
    return [_asked(*who, name, tokenizer) for name, who in told.items()]


def _asked(model: GPT, before: str, told: str, tokenizer: Tokenizer) -> Update:
    old = _old_facts()
    questions = [before + QUESTION.format(country=country) for country, _ in old]
    questions += [
        before + QUESTION.format(country=COUNTRY),
        before + REVERSE.format(capital=NEW_CAPITAL),
    ]
    *known, said, reverse = _answers(model, tokenizer, questions)
    right = [ANSWER.format(country=country, capital=capital).strip() for country, capital in old]
    kept = sum(one == truth for one, truth in zip(known, right, strict=True))
    return Update(
        told=told,
        said=said,
        learned=said == ANSWER.format(country=COUNTRY, capital=NEW_CAPITAL).strip(),
        others=kept / len(old),
        reversed=reverse == REVERSE_ANSWER.format(country=COUNTRY, capital=NEW_CAPITAL).strip(),
    )


def _answers(model: GPT, tokenizer: Tokenizer, questions: Sequence[str]) -> list[str]:
    said = complete_many(
        model, tokenizer, questions, temperature=0.0, max_new_tokens=24, stop=("\n",)
    )
    return [one.text.strip() for one in said]


def _lesson(country: str, capital: str) -> str:
    return QUESTION.format(country=country) + ANSWER.format(country=country, capital=capital)


def _old_facts() -> list[tuple[str, str]]:
    """The capitals that did not move."""
    return [(row[0], row[2]) for row in tables()["capitals"] if row[0] != COUNTRY]
