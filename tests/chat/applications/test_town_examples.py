"""Examples: held out, balanced, and in the form of a document exactly as the town writes it."""

from collections import Counter

import pytest

from aigc_lab.chat.applications import APPLICATIONS
from aigc_lab.chat.applications.town_examples import last_of_several, one_by_one
from aigc_lab.chat.template import chat_text
from aigc_lab.town.search import derivations

STORY_KINDS = ("where", "who", "how_many", "title", "summary")
COUNTER_KINDS = ("parcel", "items", "number", "day", "hand_over")


@pytest.mark.parametrize(("talk", "kinds"), [("story", STORY_KINDS), ("service", COUNTER_KINDS)])
def test_the_document_form_is_what_the_town_writes(talk, kinds):
    """With all its answers an example of several questions is a document with a probability."""
    silent = ("does not say", "没有说")
    for example in last_of_several([talk], kinds)(15):
        text = example.prompt.document + example.written
        if talk == "service" or not any(words in text for words in silent):
            assert len(derivations(text)) == 1, text


def test_articles_in_document_form():
    kinds = ("weather", "weather_title", "doctor", "health_summary", "needs", "recipe_summary")
    written = 0
    for example in last_of_several(["article"], kinds)(30):
        written += len(derivations(example.prompt.document + example.written))
    assert written == 30


def test_a_translation_is_a_line_in_each_language():
    for example in APPLICATIONS["translation"].examples(6):
        source, label = example.prompt.document.split("\n")
        labels = (
            ("English: ", "中文：") if example.language == "english" else ("中文：", "English:")
        )
        assert (source.startswith(labels[0]), label) == (True, labels[1])
        assert example.written == (" " if labels[1] == "English:" else "") + example.answer + "\n"


@pytest.mark.parametrize("name", list(APPLICATIONS))
def test_examples_are_repeatable_balanced_and_answerable(name):
    examples = APPLICATIONS[name].examples(23, "test", 0, None)
    assert examples == APPLICATIONS[name].examples(23, "test", 0, None)
    assert len(examples) == 23
    counted = Counter(each.kind for each in examples).values()
    assert max(counted) - min(counted) <= 1
    for example in examples:
        assert chat_text(example.prompt.messages).endswith("<|assistant|>")
        assert not example.prompt.document.endswith((" ", "\n"))
        assert APPLICATIONS[name].check(example, example.answer), example


@pytest.mark.parametrize("name", list(APPLICATIONS))
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_one_language_alone(name, language):
    assert {each.language for each in APPLICATIONS[name].examples(5, "test", 0, language)} == {
        language
    }


def test_test_worlds_are_no_training_worlds():
    for name in ("question_answering", "customer_service", "structured_output"):
        examples = APPLICATIONS[name].examples
        seen = {each.text for each in examples(200, "train", 1, None) if each.kind != "capital"}
        assert not seen & {each.text for each in examples(200) if each.kind != "capital"}


@pytest.mark.parametrize(("language", "capitals"), [("english", 20), ("chinese", 20), (None, 40)])
def test_a_capital_is_asked_once(language, capitals):
    """Twenty facts asked four hundred times are twenty answers, not four hundred."""
    examples = APPLICATIONS["question_answering"].examples(200, "test", 0, language)
    asked = [each.text for each in examples if each.kind == "capital"]
    assert len(asked) == len(set(asked)) == capitals
    assert len(examples) == 200
    counted = Counter(each.kind for each in examples if each.kind != "capital").values()
    assert max(counted) - min(counted) <= 1
    assert APPLICATIONS["question_answering"].examples(1)[0].kind == "where"  # the first of all


@pytest.mark.parametrize("name", list(APPLICATIONS))
def test_no_example_comes_twice(name):
    documents = [each.prompt.document for each in APPLICATIONS[name].examples(60)]
    assert len(documents) == len(set(documents))


def test_a_later_question_asked_alone_has_its_text_in_front():
    for example in APPLICATIONS["question_answering"].examples(20, "test", 0, "english"):
        assert len(example.prompt.messages) == 1
        assert example.source.startswith("Story:") or example.kind == "capital"
        assert example.question.endswith("?")


def test_only_an_order_card_is_a_system_message():
    for name, application in APPLICATIONS.items():
        roles = [each.prompt.messages[0]["role"] for each in application.examples(20)]
        assert set(roles) == {"system" if name == "customer_service" else "user"}


def test_no_examples_are_refused():
    with pytest.raises(ValueError, match="ask for at least 1"):
        APPLICATIONS["title"].examples(0)
    with pytest.raises(ValueError, match="too few turns"):
        one_by_one(["story"], ["capital"])(1)
