"""Labels: what a person sees, what a machine reads, and no label twice."""

from __future__ import annotations

import datetime
import json

import pytest

from aigc_lab.chat.labels import (
    DIGITAL_SOURCE,
    LINES,
    NAMES,
    Label,
    label_generated,
    labelling_rules,
    metadata,
    read_label,
)
from aigc_lab.chat.lineage import CHECKED

DAY = datetime.date(2026, 3, 1)
ENGLISH, CHINESE = "Mia is in the garden.\nTom is at home.", "米娅在花园里。"


def test_the_line_is_in_the_language_of_the_text():
    assert label_generated(ENGLISH, "town-chat", DAY) == (
        "[AI-generated text · by town-chat · 2026-03-01]\n" + ENGLISH
    )
    assert label_generated(CHINESE, "town-chat", DAY) == (
        "【人工智能生成内容 · 由 town-chat 生成 · 2026-03-01】\n" + CHINESE
    )


def test_the_chinese_line_names_the_machine_and_the_making():
    """What the standard wants in a visible mark: 人工智能 or AI, and 生成 or 合成."""
    assert "人工智能" in LINES["chinese"]
    assert "生成" in LINES["chinese"]
    assert "AI-generated" in LINES["english"]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_the_label_is_read_back(text):
    found = read_label(label_generated(text, "Mia's model 2.0", DAY))
    assert (found.maker, found.when) == ("Mia's model 2.0", DAY)


def test_the_language_may_be_chosen():
    assert read_label(label_generated(ENGLISH, "x", DAY, language="chinese")).language == "chinese"


def test_without_a_day_it_is_today():
    assert read_label(label_generated(ENGLISH, "x")).when == datetime.date.today()


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_no_text_is_labelled_twice(text):
    once = label_generated(text, "town-chat", DAY)
    with pytest.raises(ValueError, match=r"carries a label already.*town-chat"):
        label_generated(once, "another", DAY)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_is_not_labelled(text):
    with pytest.raises(ValueError, match="the text is empty"):
        label_generated(text, "town-chat", DAY)


@pytest.mark.parametrize("maker", ["", " ", "two\nlines", "a · b", "x]", "x】"])
def test_a_maker_that_would_break_the_line_is_refused(maker):
    with pytest.raises(ValueError, match="must be a name of one line"):
        label_generated(ENGLISH, maker, DAY)


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="choose one of"):
        Label("x", DAY, "french")


def test_a_plain_text_has_no_label():
    assert read_label(ENGLISH) is None
    assert read_label("") is None
    assert read_label("On AI-generated text\n" + ENGLISH) is None


def test_a_day_that_is_none_is_named():
    with pytest.raises(ValueError, match="2026-02-30, which no calendar has"):
        read_label("[AI-generated text · by x · 2026-02-30]\nHello.")


def test_the_fields_are_those_of_the_standard():
    fields = metadata(ENGLISH, Label("town-chat", DAY))
    assert list(fields["AIGC"]) == list(NAMES)
    assert fields["AIGC"]["Label"] == "1"
    assert fields["AIGC"]["ContentProducer"] == "town-chat"
    assert fields["digitalSourceType"] == DIGITAL_SOURCE
    assert json.loads(json.dumps(fields)) == fields


def test_the_number_belongs_to_text_maker_and_day():
    def number(text=ENGLISH, maker="town-chat", day=DAY):
        return metadata(text, Label(maker, day))["AIGC"]["ProduceID"]

    others = number(text=CHINESE), number(maker="x"), number(day=datetime.date(2026, 3, 2))
    assert number() == number()
    assert len({number(), *others}) == 4


def test_every_rule_says_where_it_stands_and_how_we_know():
    rules = labelling_rules()
    assert {rule.where for rule in rules} == {"China", "European Union"}
    for rule in rules:
        assert all((rule.law, rule.asks, rule.here, rule.source)), rule.key
        assert rule.checked in CHECKED, rule.key
    in_force = {rule.key: rule.in_force for rule in rules}
    assert in_force["china-visible"] == datetime.date(2025, 9, 1)
    assert in_force["eu-machine"] == datetime.date(2026, 8, 2)
