"""What counts as right: the very answer, its values, or anything that the rules allow."""

from __future__ import annotations

import json

from aigc_lab.chat.applications.application import Example
from aigc_lab.chat.applications.grammar import next_sentences, sentences
from aigc_lab.chat.applications.json_answers import parse_order


def exact(example: Example, said: str) -> bool:
    """Whether it is the right answer and nothing more.

    Titles and summaries, too: Town has one sentence for each, so nothing right is refused that
    Town could have said. A list of facts would be found in "It is false that …" as well.
    """
    return said.strip() == example.answer


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
