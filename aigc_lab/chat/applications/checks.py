"""What counts as right: the very answer, its facts, or anything that the rules allow."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from aigc_lab.chat.applications.application import Example
from aigc_lab.chat.applications.grammar import next_sentences, sentences
from aigc_lab.chat.applications.json_answers import parse_order
from aigc_lab.town.documents import LANGUAGES
from aigc_lab.town.language import languages

FACTS = (  # the slots whose nouns are facts, as against how they are put
    *("person", "place", "thing", "some", "food", "country", "capital", "day", "weather"),
    *("dish", "illness", "span", "guests", "advice"),
)
ENDS = re.compile(r"[.!?。！？]\s*")


def exact(example: Example, said: str) -> bool:
    """Whether it is the right answer and nothing more."""
    return said.strip() == example.answer


def same_facts(example: Example, said: str) -> bool:
    """Whether one line and one sentence names the facts of the answer in their order, and no other.

    The wording is free: "Mia left the park for the school." is as good as the sentence known.
    """
    said = said.strip()
    one = "\n" not in said and len([part for part in ENDS.split(said) if part]) == 1
    return one and facts(said, example.language) == facts(example.answer, example.language)


def allowed_next(example: Example, said: str) -> bool:
    """Whether the first sentence is one with which the story may go on."""
    first = sentences(said)[:1]
    return bool(first) and first[0] in next_sentences(example.source, example.language)


def same_order(example: Example, said: str) -> bool:
    """Whether it holds the order as valid JSON with the right values."""
    try:
        return parse_order(said) == json.loads(example.answer)
    except ValueError:
        return False


def facts(text: str, language: str) -> list[str]:
    """The nouns of Tiny Town that a text names, in their order.

    >>> facts("Mia went from the park to the school.", "english")
    ['Mia', 'park', 'school']
    >>> facts("米娅和红色的球", "chinese")
    ['米娅', '红色的球']
    """
    return _nouns(language).findall(text)


@lru_cache
def _nouns(language: str) -> re.Pattern[str]:
    of_slot = languages()[LANGUAGES.index(language)].nouns
    nouns = {noun for slot in FACTS for noun in of_slot[slot]}
    choice = "|".join(map(re.escape, sorted(nouns, key=len, reverse=True)))
    return re.compile(rf"\b(?:{choice})\b" if language == "english" else choice)
