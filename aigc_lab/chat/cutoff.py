"""The knowledge cut-off: a fact changes after the training, and three ways to tell the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_lab.chat.applications.town_examples import as_asked, as_written
from aigc_lab.chat.texts import having_read
from aigc_lab.generation.generate import complete_many
from aigc_lab.town.language import tables

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

COUNTRY, NEW_CAPITAL = "Kenya", "Mombasa"  # invented: Nairobi is still the capital
NEWS = (COUNTRY, NEW_CAPITAL)
Fact = tuple[str, str]  # a country and its capital


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

    Each of the last two is a fine-tuning of that many steps, each with eight questions and answers:
    eight times the news, or eight of 46 of which eight are the news. The model stays as it is.
    Source: Berglund et al. 2023 (the reversal curse), for the question the other way round.
    Notebook: 12 applications.
    """
    news = _lesson("capital", NEWS)
    others = [_lesson(kind, fact) for kind in ("capital", "country") for fact in _old_facts()]
    told = {"nothing": (model, ""), "in the prompt": (model, _said("capital", NEWS) + "\n")}
    readings = {"the news alone": [news], "the news among old facts": [news] * 8 + others}
    for name, texts in readings.items():
        learner = having_read(model, tokenizer, texts, steps, batch_size=8, lr=lr, seed=seed)
        told[name] = (learner, "")
    return [_asked(*who, name, tokenizer) for name, who in told.items()]


def _asked(model: GPT, before: str, told: str, tokenizer: Tokenizer) -> Update:
    old = _old_facts()
    asked = [("capital", fact) for fact in (*old, NEWS)] + [("country", NEWS)]
    said = _answers(model, tokenizer, [before + _question(*each) for each in asked])
    right = [one == _said(*each) for one, each in zip(said, asked, strict=True)]
    return Update(
        told=told,
        said=said[-2],
        learned=right[-2],
        others=sum(right[:-2]) / len(old),
        reversed=right[-1],
    )


def _answers(model: GPT, tokenizer: Tokenizer, questions: Sequence[str]) -> list[str]:
    said = complete_many(
        model, tokenizer, questions, temperature=0.0, max_new_tokens=24, stop=("\n",)
    )
    return [one.text.strip() for one in said]


def _lesson(kind: str, fact: Fact) -> str:
    return _question(kind, fact) + as_written(_said(kind, fact), "english")


def _question(kind: str, fact: Fact) -> str:
    """The capital of the fact's country is asked for, or the country of its capital."""
    return as_asked(_said(f"{kind}?", fact), "english")


def _said(phrase: str, fact: Fact) -> str:
    country, capital = fact
    return tables()["phrases"]["lessons"][phrase][0].format(country=country, capital=capital)


def _old_facts() -> list[Fact]:
    """The capitals that did not move."""
    return [(row[0], row[2]) for row in tables()["capitals"] if row[0] != COUNTRY]
