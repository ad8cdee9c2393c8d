"""The floor: exact probabilities, and an interval that covers."""

import math
from collections import Counter

import pytest

from aigc_lab.town.articles import write_health, write_lesson
from aigc_lab.town.dice import Dice
from aigc_lab.town.documents import Document, documents
from aigc_lab.town.draft import Draft
from aigc_lab.town.entropy import entropy_floor
from aigc_lab.town.language import languages

LESSON_WAYS = 20 * 20 * 19  # who learned, about which country, and which other


def test_nats_of_a_lesson_worked_by_hand():
    dice = Dice(3)
    draft = Draft(languages()[0])
    write_lesson(dice, draft)
    asked = len(draft.tasks)  # 2, 3 or 4 of 4 tasks in a random order; each number is as likely
    orders = math.perm(4, asked)
    assert dice.nats == pytest.approx(math.log(LESSON_WAYS) + math.log(3) + math.log(orders))


def test_texts_appear_as_often_as_their_probability_says():
    """Of 40,000 health articles' first two choices, each pair is as frequent as claimed."""
    counts = Counter()
    for seed in range(40_000):
        dice, draft = Dice(seed), Draft(languages()[0])
        write_health(dice, draft)
        counts[len(draft.tasks)] += 1
    for number in (1, 2, 3):
        assert counts[number] / 40_000 == pytest.approx(1 / 3, abs=0.01)


def test_the_weighted_choice_is_as_likely_as_its_weight_says():
    counts = Counter(Dice(seed).share([5, 3, 1]) for seed in range(9000))
    assert [counts[i] / 1000 for i in range(3)] == pytest.approx([5, 3, 1], abs=0.15)
    dice = Dice(0)
    index = dice.share([5, 3, 1])
    assert dice.nats == pytest.approx(math.log(9 / [5, 3, 1][index]))


def test_chance_accounts_for_both_outcomes():
    for seed in range(20):
        dice = Dice(seed)
        hit = dice.chance(1, 3)
        assert dice.nats == pytest.approx(math.log(3) if hit else math.log(3 / 2))


def test_floor_worked_by_hand():
    texts = [Document("story", "english", "ab", math.log(4), "", ())] * 2
    floor = entropy_floor([*texts, Document("story", "english", "abcd", math.log(16), "", ())])
    assert floor.bits_per_byte == pytest.approx(1.0)
    assert (floor.low, floor.high) == pytest.approx((1.0, 1.0))
    assert floor.bytes == 8


def test_the_interval_covers_the_large_sample_value():
    truth = entropy_floor(documents(20_000, "all", seed=99)).bits_per_byte
    covered = 0
    for seed in range(40):
        floor = entropy_floor(documents(100, "all", seed=seed))
        covered += floor.low <= truth <= floor.high
    assert 34 <= covered <= 40


def test_one_document_gives_no_interval():
    with pytest.raises(ValueError, match="1 documents give no interval; give at least 2"):
        entropy_floor(documents(1))
