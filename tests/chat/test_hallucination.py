"""Hallucination: what was never taught is answered all the same, and the doubt can be read off."""

from __future__ import annotations

import pytest

from aigc_lab.chat.hallucination import (
    MADE_UP,
    REFUSED,
    RIGHT,
    WRONG,
    CapitalAnswer,
    ask_capitals,
    refusing_below,
    told_apart,
)
from aigc_lab.generation.generate import complete_many
from aigc_lab.pretrained.load import load_pretrained


@pytest.fixture(scope="module")
def base():
    return load_pretrained("town-gpt2")


@pytest.fixture(scope="module")
def asked(base):
    return ask_capitals(base.model, base.tokenizer, samples=8)


def answer(taught, confidence, verdict=RIGHT):
    return CapitalAnswer("x", taught, "x", verdict, confidence, confidence)


def test_twenty_were_taught_and_five_were_not(asked):
    assert [one.taught for one in asked] == [True] * 20 + [False] * 5
    assert len({one.country for one in asked}) == 25


def test_what_was_taught_is_known(asked):
    assert sum(one.verdict == RIGHT for one in asked if one.taught) >= 19
    assert {one.verdict for one in asked if one.taught} <= {RIGHT, WRONG}


def test_what_was_not_taught_is_made_up_in_the_same_form(asked):
    unknown = [one for one in asked if not one.taught]
    assert {one.verdict for one in unknown} <= {MADE_UP}
    assert all(one.said.startswith("The capital of ") for one in unknown)


def test_the_model_is_surer_of_what_it_was_taught(asked):
    assert told_apart(asked) > 0.9
    assert told_apart(asked, "agreement") > 0.9


def test_the_confidence_is_the_probability_of_the_answer(base):
    """What is said with probability p is drawn in a share p of many answers."""
    (chile,) = (
        one for one in ask_capitals(base.model, base.tokenizer, samples=1) if one.country == "Chile"
    )
    prompt = "Question: What is the capital of Chile?\nAnswer:"
    dials = {"temperature": 1.0, "max_new_tokens": 24, "stop": ("\n",), "seed": 0}
    drawn = complete_many(base.model, base.tokenizer, [prompt] * 300, **dials)
    share = sum(one.text.strip() == chile.said for one in drawn) / 300
    assert share == pytest.approx(chile.confidence, abs=0.1)


def test_chinese_is_asked_in_chinese(base):
    asked = ask_capitals(base.model, base.tokenizer, "chinese", samples=1)
    assert asked[0].country == "法国"


def test_a_coin_tells_nothing_apart():
    assert told_apart([answer(True, 0.5), answer(False, 0.5)]) == 0.5
    assert told_apart([answer(True, 0.1), answer(False, 0.9)]) == 0.0
    assert told_apart([answer(True, 0.8), answer(True, 0.2), answer(False, 0.5)]) == 0.5


def test_both_kinds_are_needed():
    with pytest.raises(ValueError, match="both kinds"):
        told_apart([answer(True, 0.5)])


def test_a_threshold_has_a_price():
    answers = [
        answer(True, 0.9),
        answer(True, 0.3),
        answer(False, 0.4, MADE_UP),
        answer(False, 0.1, MADE_UP),
        answer(False, 0.9, REFUSED),
    ]
    assert refusing_below(answers, 0.35) == {
        "right kept": 1,
        "right lost": 1,
        "false kept": 1,
        "false avoided": 1,
    }
    assert refusing_below(answers, 0.0)["right lost"] == 0
