"""What counts as right, and what does not."""

import json

import pytest

from aigc_lab.chat.applications.application import Example, Prompt
from aigc_lab.chat.applications.checks import allowed_next, exact, facts, same_facts, same_order


def example(answer, language="english", asked="Story: Mia was in the park.\nWrite a summary."):
    prompt = Prompt(({"role": "user", "content": asked},), "")
    return Example("any", language, prompt, answer, answer)


def test_exact_is_exact_but_for_spaces_around():
    right = example("Mia is in the park.")
    assert exact(right, " Mia is in the park.\n")
    for said in ("", "Mia is in the park", "Sure! Mia is in the park.", "mia is in the park."):
        assert not exact(right, said)


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("Mia went from the park to the school with the red cup.", True),
        ("Mia left the park for the school and took the red cup along", True),
        ("Mia went from the school to the park with the red cup.", False),
        ("Mia went from the park to the school.", False),
        ("Mia and Tom went from the park to the school with the red cup.", False),
        ("Thank you! Mia went from the park to the school with the red cup.", False),
        ("Mia went from the park to the school with the red cup.\nWell.", False),
        ("Mia went from the park to the school with the cup.", False),
        ("", False),
    ],
)
def test_same_facts_in_other_words(said, counts):
    right = example("Mia went from the park to the school with the red cup.")
    assert same_facts(right, said) is counts


def test_same_facts_in_chinese():
    right = example("米娅带着红色的球从公园去了学校。", "chinese")
    assert same_facts(right, "米娅拿着红色的球从公园到学校。")
    assert not same_facts(right, "米娅带着白色的球从公园去了学校。")


def test_a_title_is_one_line():
    title = example("Mia and the red cup")
    assert same_facts(title, "Mia with the red cup")
    assert not same_facts(title, "Mia and\nthe red cup")


def test_facts_are_whole_words():
    assert facts("Maximum parks, Max in the park", "english") == ["Max", "park"]


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
