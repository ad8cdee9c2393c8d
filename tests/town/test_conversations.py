"""Conversations: reproducible, split by world, the same in both languages, with right answers."""

import json

import pytest

from aigc_lab.town.conversations import (
    KINDS,
    conversation,
    conversations,
    demonstrated,
    judge,
)
from aigc_lab.town.dice import Dice
from aigc_lab.town.draft import Draft
from aigc_lab.town.language import languages
from aigc_lab.town.story import story_tasks, tell_story
from aigc_lab.town.turns import CARD_KEYS, Turn, about_a_story, read_card

MANY = 600


def test_a_conversation_is_a_function_of_its_number_split_and_seed():
    assert conversation(5, "test", seed=1) == conversation(5, "test", seed=1)
    assert conversation(5, "test", seed=1) != conversation(5, "test", seed=2)
    assert list(conversations(3, "test", start=7))[2] == conversation(9, "test")


def test_every_kind_comes_in_both_languages():
    seen = {(written.kind, written.language) for written in conversations(MANY)}
    assert seen == {(kind, language) for kind in KINDS for language in ("english", "chinese")}


def test_kinds_and_language_can_be_chosen():
    chosen = list(conversations(20, kinds=("json", "talk"), language="chinese"))
    assert {written.kind for written in chosen} == {"json", "talk"}
    assert {written.language for written in chosen} == {"chinese"}


def first_lines(split):
    found = conversations(MANY, split, kinds=("story",), language="english")
    return {opening(written.turns[0].question) for written in found}


def opening(question):
    """Who is where and what lies where: what makes a world."""
    text = question.split("\n")[0]
    return ".".join(part for part in text.split(".") if " was " in part and "It was" not in part)


def test_no_world_is_in_two_splits():
    assert not first_lines("train") & first_lines("test")


def test_the_messages_end_with_the_question_and_hold_the_answers_before_it():
    written = next(w for w in conversations(MANY) if w.system and len(w.turns) == 3)
    messages = written.messages(1)
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
    assert messages[-1]["content"] == written.turns[1].question
    assert messages[2]["content"] == written.turns[0].answer
    assert written.messages() == written.full()[:-1]
    with pytest.raises(IndexError):
        written.messages(3)


def test_the_text_stands_in_front_of_the_first_question_only():
    for written in conversations(MANY, kinds=("story", "article", "continue", "json")):
        assert "\n" in written.turns[0].question
        assert all("\n" not in turn.question for turn in written.turns[1:])


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.name)
def test_everything_that_can_be_asked_of_a_story_is_asked_once(language):
    for number in range(100):
        draft, same = Draft(language), Draft(language)
        _, asked = about_a_story(Dice(number), draft, everything=True)
        world = tell_story(Dice(number), same)  # the same dice tell the same world
        assert asked[0].question.startswith("".join(same.parts).strip() + "\n")
        kinds = sorted(turn.kind for turn in asked)
        assert kinds == sorted([task[0] for task in story_tasks(world)] + ["absent"] * 2)
        questions = {turn.question.rsplit("\n", 1)[-1] for turn in asked}
        assert len(questions) == len(asked)


def test_else_a_few_of_the_questions_are_asked():
    asked = [about_a_story(Dice(number), Draft(languages()[0]))[1] for number in range(100)]
    assert {len(turns) for turns in asked} == {1, 2, 3, 4}


def test_what_is_absent_is_never_named():
    for written in conversations(MANY, kinds=("story",), language="english"):
        for place, turn in enumerate(written.turns):
            if turn.kind == "absent":
                asked = turn.question.rsplit("\n", 1)[-1].rstrip("?").split()[-1]
                assert asked not in written.turns[0].question.split("\n")[0], (place, turn)
                assert turn.answer == "The story does not say."


def test_a_known_conversation_reads_as_it_should():
    written = conversation(2, "test", kinds=("capital",), language="english")
    country = written.turns[0].question.removeprefix("What is the capital of ").rstrip("?")
    kind = written.turns[0].kind
    assert (kind == "capital") == (written.turns[0].answer.startswith(f"The capital of {country}"))


def test_the_card_is_what_the_system_message_says_and_the_json_holds_all_of_it():
    for written in conversations(50, kinds=("service",)):
        assert set(read_card(written.system)) == set(CARD_KEYS)
    for written in conversations(50, kinds=("json",)):
        turn = written.turns[0]
        assert json.loads(turn.answer) == read_card(turn.question.split("\n")[0])
        assert all(value in turn.question for value in json.loads(turn.answer).values())


def test_the_other_language_is_answered_in():
    for written in conversations(50, kinds=("other_language",)):
        answered_in_english = written.turns[0].answer.isascii()
        assert answered_in_english == (written.language == "chinese")


def test_judge_tells_the_flaws_apart():
    seen = set()
    for written in conversations(MANY):
        for turn in written.turns:
            assert judge(turn, turn.answer) == "good"
            for flaw, said in turn.flawed.items():
                assert judge(turn, said) == flaw
                seen.add(flaw)
    assert seen == {"padded", "unhelpful", "made_up"}
    assert judge(Turn("where", "Where is Tom?", "Tom is here.", {}), "Tom is there.") == "wrong"


@pytest.mark.parametrize(
    ("kind", "answer", "said", "verdict"),
    [
        ("absent", "The story does not say.", "The story does not say. Tom is here.", "made_up"),
        ("where", "Mia is here.", "Mia is here. Mia is there.", "wrong"),
        ("where", "Mia is here.", "It is false that Mia is here.", "wrong"),
        ("where", "Mia is here.", "Thank you for your question! Mia is here.", "padded"),
        ("where", "Mia is here.", "Mia is here. Please ask me anything else.", "padded"),
        ("where", "米娅在这里。", "谢谢您的提问！米娅在这里。还有问题请随时问我。", "padded"),
        ("where", "米娅在这里。", "谢谢您的提问！米娅在这里。米娅在那里。", "wrong"),
    ],
)
def test_polite_is_the_right_answer_in_polite_phrases_and_nothing_else(kind, answer, said, verdict):
    assert judge(Turn(kind, "?", answer, {}), said) == verdict


def test_demonstrations_are_uneven_and_reproducible():
    words = []
    for number, written in enumerate(conversations(MANY, "train")):
        said = demonstrated(written, number)
        assert said == demonstrated(written, number)
        replies = [m["content"] for m in said if m["role"] == "assistant"]
        words += [
            judge(turn, reply)
            for turn, reply in zip(written.turns, replies, strict=True)
            if turn.flawed
        ]
    shares = {word: words.count(word) / len(words) for word in set(words)}
    assert shares["good"] == pytest.approx(0.57, abs=0.06)
    assert shares["padded"] == pytest.approx(0.25, abs=0.05)
    assert "wrong" not in shares


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (dict(number=-1), "outside 0"),
        (dict(number=0, language="french"), "not spoken here"),
        (dict(number=0, kinds=("riddle",)), "choose one or more"),
        (dict(number=0, kinds=()), "choose one or more"),
        (dict(number=0, split="dev"), "not known"),
    ],
)
def test_bad_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        conversation(**arguments)
