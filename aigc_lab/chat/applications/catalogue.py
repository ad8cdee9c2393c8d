"""The applications themselves: what each is for, where its work comes from, and when it is done."""

from __future__ import annotations

from aigc_lab.chat.applications import baselines
from aigc_lab.chat.applications.application import Application, Example
from aigc_lab.chat.applications.checks import allowed_next, exact, same_order
from aigc_lab.chat.applications.json_answers import parse_order
from aigc_lab.chat.applications.long_text import keeps_every_chapter, long_stories, sum_up
from aigc_lab.chat.applications.town_examples import (
    AT_THE_COUNTER,
    last_of_several,
    one_by_one,
)

ABOUT_STORIES = ("where", "who", "how_many", "title", "summary", "absent")
SUBJECTS = ("weather", "health", "recipe")
ASK_AGAIN = {
    "english": "This will not do: {}. Write the JSON again.",
    "chinese": "这样不行：{}。请重新写 JSON。",
}


def complain_of_json(example: Example, said: str) -> str | None:
    """What to tell a model whose JSON will not do, or None where it will."""
    try:
        parse_order(said)
    except ValueError as error:
        return ASK_AGAIN[example.language].format(error)
    return None


_dialogues = last_of_several(["story"], ABOUT_STORIES)
_questions = one_by_one(["story", "capital"], ("where", "who", "how_many", "capital"))
_orders = one_by_one(["json"], ["json"])

_ALL = [
    Application(
        "dialogue",
        "the last of several questions about one story",
        _dialogues,
        exact,
        baselines.nearest_neighbour(_dialogues),
        "nearest neighbour",
    ),
    Application(
        "customer_service",
        "questions about an order, answered from its card or handed over to a person",
        one_by_one(["service"], AT_THE_COUNTER),
        exact,
        baselines.hand_over,
        "always hand over",
    ),
    Application(
        "question_answering",
        "one question about a story, or about a capital learned by heart",
        _questions,
        exact,
        baselines.nearest_neighbour(_questions),
        "nearest neighbour",
    ),
    Application(
        "title",
        "a title for a story or an article",
        one_by_one(["story", "article"], ("title", *(f"{each}_title" for each in SUBJECTS))),
        exact,
        baselines.first_sentence,
        "first sentence",
    ),
    Application(
        "summary",
        "a story or an article in one sentence",
        one_by_one(["story", "article"], ("summary", *(f"{each}_summary" for each in SUBJECTS))),
        exact,
        baselines.first_sentence,
        "first sentence",
    ),
    Application(
        "long_summary",
        "a story longer than the context, by map-reduce",
        long_stories,
        keeps_every_chapter,
        baselines.first_sentence,
        "first sentence",
        procedure=sum_up,
    ),
    Application(
        "translation",
        "a sentence said in the other language",
        one_by_one(["translation"], ("to_chinese", "to_english")),
        exact,
        baselines.copy,
        "copy",
    ),
    Application(
        "continuation",
        "a sentence with which a story may go on",
        one_by_one(["continue"], ["continue"]),
        allowed_next,
        baselines.last_sentence,
        "the last sentence again",
    ),
    Application(
        "structured_output",
        "an order card as a JSON object",
        _orders,
        same_order,
        baselines.nearest_neighbour(_orders),
        "nearest neighbour",
        max_tokens=96,
        complaint=complain_of_json,
    ),
]
APPLICATIONS: dict[str, Application] = {application.name: application for application in _ALL}
