"""What may come next in a story: all that the generator writes, and nothing that it never does."""

import random

import pytest

from aigc_lab.chat.applications.grammar import next_sentences, read_phrase, sentences
from aigc_lab.town.documents import documents
from aigc_lab.town.language import languages
from aigc_lab.town.search import derivations

HERE = "Mia was in the park. Tom was in the park. The red cup was in the park."


def stories(count, language=None):
    return [each for each in documents(count, "test", 0, 0, language) if each.kind == "story"]


def test_what_the_generator_told_next_was_always_allowed():
    for story in stories(150):
        label = languages()[story.language == "chinese"].labels["story"]
        told = sentences(story.body.removeprefix(label))
        for kept in range(len(told)):
            assert told[kept] in next_sentences(label + "".join(told[:kept]), story.language)


def test_whatever_is_allowed_the_generator_can_write():
    """Each sentence, put behind a beginning and before questions, is a text with a probability."""
    draw = random.Random(0)
    for story in stories(40, "english"):
        told = sentences(story.body.removeprefix("Story:"))
        if sum(each.startswith("The ") for each in told) != 2 or len(told) > 8:
            continue  # two questions about the things, which a next sentence might change
        beginning = "Story: " + " ".join(told)
        allowed = sorted(next_sentences(beginning, "english"))
        for sentence in draw.sample(
            [each for each in allowed if " felt " in each or " waved " in each], 2
        ):
            asked = story.text.removeprefix(story.body)
            assert derivations(f"{beginning} {sentence}\n{asked}"), sentence


def test_moves_change_what_may_come_next():
    allowed = next_sentences(
        f"Story: {HERE} Tom took the red cup. Mia ran to the school.", "english"
    )
    assert {"Mia is at the school now.", "Tom put down the red cup."} <= allowed
    assert "Tom gave the red cup to Mia." not in allowed  # she is elsewhere
    assert "Mia went to the school." not in allowed  # she is there
    assert "Tom has the red cup now." not in allowed  # only at once
    assert not {"Mia took the red cup.", "Tom took the red cup."} & allowed  # it lies no more


def test_giving_and_putting_down():
    given = f"Story: {HERE} Tom took the red cup. Tom gave the red cup to Mia."
    assert {"Mia has the red cup now.", "Mia gave the red cup to Tom."} <= next_sentences(
        given, "english"
    )
    down = f"{given} Mia put down the red cup."
    allowed = next_sentences(down, "english")
    assert {"Tom picked up the red cup.", "Mia took the red cup."} <= allowed
    assert "Mia gave the red cup to Tom." not in allowed


def test_food_is_counted_and_of_one_kind():
    allowed = next_sentences(f"Story: {HERE} Mia bought two pears.", "english")
    eaten = {each for each in allowed if " ate " in each}
    assert eaten == {"Mia ate one pear.", "Mia ate two pears."}
    bought = {each for each in allowed if each.startswith("Mia bought")}
    assert bought == {
        f"Mia bought {n}." for n in ("one pear", "two pears", "three pears", "four pears")
    }
    none_left = next_sentences(f"Story: {HERE} Mia bought one pear. Mia ate one pear.", "english")
    assert not any(each.startswith("Mia ate") for each in none_left)


def test_before_anything_happens_people_and_things_are_told():
    assert "It was a sunny day." in next_sentences("Story:", "english")
    one = next_sentences("Story: Mia was in the park.", "english")
    assert len(one) == 19 * 12  # somebody else, anywhere
    two = next_sentences("Story: Mia was in the park. Tom was in the park.", "english")
    assert len(two) == 18 * 12 + 72  # a third, or any thing in the park
    first = next_sentences(f"Story: {HERE}", "english")
    assert "The blue cup was in the park." not in first  # one cup in a story
    assert "The blue key was in the park." in first
    assert "Leo was in the park." not in first  # people come before things


def test_after_eight_events_nothing_more_happens():
    moves = " ".join(["Mia ran to the school.", "Mia ran to the park."] * 4)
    assert next_sentences(f"Story: {HERE} {moves}", "english") == {"Mia is in the park now."}


def test_the_two_languages_allow_the_same():
    english, chinese = stories(30, "english"), stories(30, "chinese")
    for one, other in zip(english, chinese, strict=True):
        allowed = [next_sentences(story.body, story.language) for story in (one, other)]
        read = [
            {read_phrase(each, story.language) for each in every}
            for every, story in zip(allowed, (one, other), strict=True)
        ]
        assert read[0] == read[1]


def test_a_sentence_of_another_world_is_refused():
    with pytest.raises(ValueError, match=r"no story of Tiny Town says 'Mia flew away\.'"):
        next_sentences("Story: Mia flew away.", "english")
