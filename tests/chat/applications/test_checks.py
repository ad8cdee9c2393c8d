"""What counts as right, and what does not."""

import json
import re

import pytest

from aigc_lab.chat.applications import APPLICATIONS
from aigc_lab.chat.applications.application import Example, Prompt
from aigc_lab.chat.applications.checks import allowed_next, exact, same_order
from aigc_lab.town.language import languages


def example(answer, language="english", asked="Story: Mia was in the park.\nWrite a summary."):
    prompt = Prompt(({"role": "user", "content": asked},), "")
    return Example("any", language, prompt, answer, answer)


def test_exact_is_exact_but_for_spaces_around():
    right = example("Mia is in the park.")
    assert exact(right, " Mia is in the park.\n")
    for said in ("", "Mia is in the park", "Sure! Mia is in the park.", "mia is in the park."):
        assert not exact(right, said)


@pytest.mark.parametrize("name", ["title", "summary"])
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_a_title_or_summary_is_what_the_town_would_say(name, language):
    """Neither a list of its nouns nor the denial of it, though both name every fact."""
    application = APPLICATIONS[name]
    nouns = sorted(
        {noun for slot in languages()[language == "chinese"].nouns.values() for noun in slot},
        key=len,
        reverse=True,
    )
    for right in application.examples(40, "test", 0, language):
        assert application.check(right, f" {right.answer}\n")
        named = re.findall("|".join(map(re.escape, nouns)), right.answer)
        for said in (
            " ".join(named),
            "".join(named),
            f"It is false that {right.answer}",
            f"It is not so: {right.answer}",
            f"并不是{right.answer}",
            right.answer.replace("went", "never went").replace("去了", "没去") + "!",
            f"{right.answer} {right.answer}",
            "",
        ):
            assert not application.check(right, said), said


def test_the_next_sentence_is_the_first_that_is_said():
    beginning = "Story: Mia was in the park. Tom was in the park. The red cup was in the park."
    asked = example("Tom took the red cup.", asked=f"{beginning}\nWhat happens next?")
    assert allowed_next(asked, "Mia felt sad. And the moon fell down.")
    assert not allowed_next(asked, "The moon fell down. Mia felt sad.")
    assert not allowed_next(asked, "Mia felt sad")
    assert not allowed_next(asked, "")


def test_an_order_is_its_values_not_its_form():
    order = {"number": "0412", "name": "Mia", "item": "a cup", "status": "lost", "day": "Friday"}
    right = example(json.dumps(order))
    assert same_order(right, "Here: " + json.dumps(order, indent=2))
    assert not same_order(right, json.dumps(order | {"day": "Monday"}))
    assert not same_order(right, "I am not sure.")
