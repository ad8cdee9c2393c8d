"""Answers that need no model: what any score has to be compared with."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from aigc_lab.chat.applications.application import Example
from aigc_lab.chat.applications.grammar import sentences
from aigc_lab.chat.applications.overlap import words
from aigc_lab.chat.applications.town_examples import handing_over, labels_of

NEIGHBOURS, NEIGHBOUR_SEED = 200, 1  # training examples among which the nearest is looked for


def copy(example: Example) -> str:
    """The sentence that was to be worked on, as it is."""
    return re.split(r"[:：]\s*", example.question, maxsplit=1)[-1]


def first_sentence(example: Example) -> str:
    """The first sentence of the text, without the label in front."""
    label = labels_of(example.language)["story"]
    return sentences(example.source)[0].removeprefix(label).strip()


def last_sentence(example: Example) -> str:
    """The last sentence of the text, once more."""
    return sentences(example.source)[-1]


def hand_over(example: Example) -> str:
    """The same to every customer: somebody else will see to it."""
    return handing_over(example.language)


def nearest_neighbour(
    examples: Callable[[int, str, int, str | None], list[Example]],
) -> Callable[[Example], str]:
    """The answer to that training example whose question shares most words with this one.

    Of questions equally near, the one whose text does.
    """

    @lru_cache
    def known(language: str) -> list[tuple[Example, set[str], set[str]]]:
        pool = examples(NEIGHBOURS, "train", NEIGHBOUR_SEED, language)
        return [(each, set(words(each.question)), set(words(each.text))) for each in pool]

    def answer(example: Example) -> str:
        question, text = set(words(example.question)), set(words(example.text))
        nearest, *_ = max(
            known(example.language),
            key=lambda each: (_overlap(question, each[1]), _overlap(text, each[2])),
        )
        return nearest.answer

    return answer


def _overlap(one: set[str], other: set[str]) -> float:
    """Words shared, of all words of the two."""
    return len(one & other) / max(1, len(one | other))
