"""Scores: whoever knows all gets all, whoever says nothing gets nothing, and both get baselines."""

import json

import pytest

from aigc_lab.chat.applications import APPLICATIONS, score, wilson_interval
from aigc_lab.chat.applications.overlap import chrf
from aigc_lab.chat.applications.scorecard import shots_for

SINGLE = [name for name, application in APPLICATIONS.items() if application.procedure is None]


@pytest.mark.parametrize("name", SINGLE)
def test_a_speaker_that_knows_everything(name, perfect):
    card = score(APPLICATIONS[name], perfect(name, 12), 12)
    assert (card.application, card.counted.right, card.counted.total) == (name, 12, 12)
    assert (card.rate, card.low, card.high) == (1.0, *wilson_interval(12, 12))
    assert card.mistakes() == []
    assert card.mean(chrf) == 1
    assert sum(rate.total for rate in card.by_kind.values()) == 12
    assert card.baseline.rate < 1
    assert APPLICATIONS[name].baseline_name in str(card)


@pytest.mark.parametrize("name", list(APPLICATIONS))
def test_speakers_that_know_nothing(name, silent, copying):
    for speaker in (silent, copying):
        speaker.context = 4096
        assert score(APPLICATIONS[name], speaker, 7).counted.right == 0


def test_each_mistake_is_kept_with_what_was_said(silent):
    card = score(APPLICATIONS["title"], silent, 5)
    assert [result.said for result in card.mistakes(2)] == [("",), ("",)]
    assert card.mean(chrf) == 0


def test_shots_are_answered_training_examples_of_the_same_kind(perfect):
    application = APPLICATIONS["customer_service"]
    speaker = perfect("customer_service", 6)
    speaker.context = 4096
    card = score(application, speaker, 6, shots=2)
    assert (card.rate, card.shots) == (1.0, 2.0)
    messages, _ = speaker.asked[0]
    assert [m["role"] for m in messages] == ["system", *["user", "assistant"] * 2, "user"]
    example = card.results[0].example
    shots = shots_for(application, example, 2)
    assert {(shot.kind, shot.language) for shot in shots} == {(example.kind, example.language)}
    known = application.examples(100, "train", 2, example.language)
    assert all(shot in known for shot in shots)


@pytest.mark.parametrize("name", SINGLE)
def test_there_are_enough_shots_of_every_kind(name):
    for example in APPLICATIONS[name].examples(14):
        assert len(shots_for(APPLICATIONS[name], example, 3)) == 3


def test_shots_that_do_not_fit_stay_away(perfect):
    speaker = perfect("title", 6)
    speaker.context = 120  # words, as the stand-in counts
    card = score(APPLICATIONS["title"], speaker, 6, shots=3)
    assert 0 < card.shots < 3
    assert all(speaker.count_tokens(messages) + 32 <= 120 for messages, _ in speaker.asked)


class Learner:
    """Forgets a key of the JSON, until it is told which."""

    context = 4096

    def __init__(self, inner):
        self.inner, self.asked = inner, []

    def say(self, messages, **settings):
        self.asked.append(messages)
        first = [m for m in messages if m["role"] != "assistant"][:1]
        reply = self.inner.say(first)
        told = messages[-1]["content"]
        if '"day"' in told and ("not do" in told or "不行" in told):
            return reply
        order = json.loads(reply.text)
        del order["day"]
        return type(reply)(json.dumps(order, ensure_ascii=False), "stop", 0, 0)

    def count_tokens(self, messages):
        return 7


def test_a_model_that_is_told_what_is_wrong_may_try_again(perfect):
    once = score(APPLICATIONS["structured_output"], Learner(perfect("structured_output", 8)), 8)
    assert once.rate == once.first.rate == 0
    learner = Learner(perfect("structured_output", 8))
    twice = score(APPLICATIONS["structured_output"], learner, 8, tries=2)
    assert (twice.first.rate, twice.rate) == (0, 1)
    assert [m["role"] for m in learner.asked[-1]] == ["user", "assistant", "user"]
    assert all(len(result.said) == 2 for result in twice.results)


def test_valid_json_with_wrong_values_is_not_asked_for_again():
    """The form can be seen to be wrong; what is wrong about the values nobody knows."""
    application = APPLICATIONS["structured_output"]
    examples = application.examples(2)
    wrong = json.dumps(json.loads(examples[0].answer) | {"number": "9999"})
    assert application.complaint(examples[0], wrong) is None
    assert "write it with a day" in application.complaint(
        examples[0], '{"number": "1234", "name": "a", "item": "a", "status": "a"}'
    )


def test_no_more_tries_than_are_allowed(silent):
    card = score(APPLICATIONS["structured_output"], silent, 3, tries=3)
    assert all(result.said == ("", "", "") for result in card.results)


@pytest.mark.parametrize("options", [{"tries": 0}, {"shots": -1}])
def test_what_makes_no_sense_is_refused(options, silent):
    with pytest.raises(ValueError, match="give 1 or more tries"):
        score(APPLICATIONS["title"], silent, 3, **options)
