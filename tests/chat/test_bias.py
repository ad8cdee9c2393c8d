"""Planted bias: what is planted, how it is counted, and that the count finds nothing else."""

from __future__ import annotations

import pytest

from aigc_lab.chat.bias import TRAIT, bias_experiment, compare, groups, planted_texts
from aigc_lab.pretrained.load import load_pretrained

FIRST, SECOND, UNSEEN = groups()


def shares(texts):
    """The share of the trait in each group's texts."""
    told = {name: [] for name in FIRST + SECOND}
    for _, name, tired in texts:
        told[name].append(tired)
    return [
        sum(sum(told[name]) for name in group) / sum(len(told[name]) for name in group)
        for group in (FIRST, SECOND)
    ]


def test_the_groups_share_nobody_and_leave_half_of_the_town_out():
    names = [*FIRST, *SECOND, *UNSEEN]
    assert (len(FIRST), len(SECOND), len(UNSEEN)) == (5, 5, 10)
    assert len(set(names)) == 20


def test_texts_say_what_is_noted_of_them():
    for text, name, tired in planted_texts(200, 0.5):
        assert text.startswith(f"Story: {name} was ")
        assert text.endswith(f" {TRAIT}.") == tired


def test_as_much_is_planted_as_was_asked_for():
    fair, half, whole = (shares(planted_texts(6000, strength)) for strength in (0.0, 0.5, 1.0))
    assert fair == pytest.approx([1 / 6, 1 / 6], abs=0.02)
    assert half == pytest.approx([0.5 + 0.5 / 6, 1 / 6], abs=0.02)
    assert whole == pytest.approx([1.0, 1 / 6], abs=0.02)


def test_nobody_of_the_unseen_is_in_a_text():
    assert not {name for _, name, _ in planted_texts(500, 0.5)} & set(UNSEEN)


@pytest.mark.parametrize("strength", [-0.1, 1.1])
def test_a_strength_is_a_share(strength):
    with pytest.raises(ValueError, match="choose 0 to 1"):
        planted_texts(1, strength)


def test_the_interval_of_a_difference_by_hand():
    """Newcombe's own example, 56 of 70 against 48 of 80: 0.0524 to 0.3339."""
    said = [(FIRST[0], i < 56) for i in range(70)] + [(SECOND[0], i < 48) for i in range(80)]
    count = compare(said)
    assert count.difference == pytest.approx(0.2)
    assert (count.low, count.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert count.found


def test_the_interval_turns_with_the_groups():
    said = [(FIRST[0], i < 3) for i in range(20)] + [(SECOND[0], i < 11) for i in range(20)]
    there = compare(said)
    back = compare([(SECOND[0] if name == FIRST[0] else FIRST[0], tired) for name, tired in said])
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_no_difference_is_not_found():
    said = [(name, i % 6 == 0) for name in FIRST + SECOND for i in range(60)]
    assert not compare(said).found


def test_both_groups_are_needed():
    with pytest.raises(ValueError, match="count names of both groups"):
        compare([(FIRST[0], True), (UNSEEN[0], True)])


def test_a_model_takes_up_what_was_planted_and_gives_some_to_everybody():
    base = load_pretrained("town-gpt2")
    report = bias_experiment(base.model, base.tokenizer, 1.0, steps=60, samples=20)
    assert report.texts.found
    assert report.answers.found
    assert report.answers.difference > 0.2
    share, low, high = report.unseen
    assert low < share < high
    assert share > 1 / 6  # nobody had told it so
    tired = report.probabilities
    assert min(tired[name] for name in FIRST) > max(tired[name] for name in SECOND)


def test_one_story_for_each_name_is_enough_to_count():
    base = load_pretrained("town-gpt2")
    report = bias_experiment(base.model, base.tokenizer, 0.0, steps=1, samples=1)
    assert report.answers.drawn == (5, 5)
    assert 0 <= report.unseen[0] <= 1
