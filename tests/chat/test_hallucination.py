"""Hallucination: what was never taught is answered all the same, and the doubt can be read off."""

from __future__ import annotations

import pytest

from aigc_lab.chat import hallucination
from aigc_lab.chat.bundled import load_chat
from aigc_lab.chat.hallucination import ask_capitals
from aigc_lab.chat.template import encode_chat
from aigc_lab.generation.generate import complete_many
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.town.language import tables


@pytest.fixture(scope="module")
def base():
    return load_pretrained("town-gpt2")


@pytest.fixture(scope="module")
def asked(base):
    return ask_capitals(base.model, base.tokenizer)


def test_twenty_were_taught_and_five_were_not(asked):
    assert [one.taught for one in asked] == [True] * 20 + [False] * 5
    assert len({one.country for one in asked}) == 25


def right(answer):
    """Whether it is the known capital."""
    facts = tables()
    capital_of = {row[0]: row[2] for row in (*facts["capitals"], *facts["never_taught"])}
    return answer.said == f"The capital of {answer.country} is {capital_of[answer.country]}."


def test_what_was_taught_is_known(asked):
    assert sum(right(one) for one in asked if one.taught) >= 19


def test_what_was_not_taught_is_made_up_in_the_same_form(asked):
    unknown = [one for one in asked if not one.taught]
    assert not any(map(right, unknown))
    assert all(one.said.startswith("The capital of ") for one in unknown)


def test_the_model_is_surer_of_what_it_was_taught(asked):
    """The chance that a taught answer is given more surely than one that was never taught."""
    taught, never = (
        [one.confidence for one in asked if one.taught == known] for known in (True, False)
    )
    surer = [(one > other) + 0.5 * (one == other) for one in taught for other in never]
    assert sum(surer) / len(surer) > 0.9


def test_the_confidence_is_the_probability_of_the_answer(base, asked):
    """What is said with probability p is drawn in a share p of many answers."""
    (chile,) = (one for one in asked if one.country == "Chile")
    prompt = "Question: What is the capital of Chile?\nAnswer:"
    dials = {"temperature": 1.0, "max_new_tokens": 24, "stop": ("\n",), "seed": 0}
    drawn = complete_many(base.model, base.tokenizer, [prompt] * 300, **dials)
    share = sum(one.text.strip() == chile.said for one in drawn) / 300
    assert share == pytest.approx(chile.confidence, abs=0.1)


def test_an_assistant_is_asked_in_a_chat(monkeypatch):
    chat, asked = load_chat("town-sft"), []

    def spy(model, tokenizer, prompts, **dials):
        asked.extend(prompts)
        return complete_many(model, tokenizer, prompts, **dials)

    monkeypatch.setattr(hallucination, "complete_many", spy)
    first = hallucination.ask_capitals(chat.model, chat.tokenizer)[0]
    assert (first.country, first.said) == ("France", "The capital of France is Paris.")
    question = {"role": "user", "content": "What is the capital of France?"}
    assert asked[0] == encode_chat(chat.tokenizer, [question])
