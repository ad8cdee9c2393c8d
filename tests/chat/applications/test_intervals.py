"""The Wilson interval: values by hand, its bounds, and how often it holds the truth."""

import math

import pytest

from aigc_lab.chat.applications.intervals import Rate, wilson_interval


def test_a_literal_worked_by_hand():
    # 8 of 10: 0.8 * 0.2 / 10 = 0.016; the bounds once more as numbers of published tables.
    z = 1.959964
    middle = (0.8 + z * z / 20) / (1 + z * z / 10)
    margin = z * math.sqrt(0.016 + z * z / 400) / (1 + z * z / 10)
    assert wilson_interval(8, 10) == pytest.approx((middle - margin, middle + margin), abs=1e-6)
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_the_bounds_are_where_the_rate_would_be_just_believable():
    """The interval holds the rates p whose own standard error reaches to what was seen."""
    right, total, z = 13, 17, 1.959964
    for bound in wilson_interval(right, total):
        error = math.sqrt(bound * (1 - bound) / total)
        assert abs(right / total - bound) == pytest.approx(z * error, abs=1e-6)


@pytest.mark.parametrize(("right", "total"), [(0, 1), (0, 7), (7, 7), (1, 1), (3, 7)])
def test_it_stays_between_0_and_1_and_mirrors(right, total):
    low, high = wilson_interval(right, total)
    assert 0 <= low <= right / total <= high <= 1
    mirrored = wilson_interval(total - right, total)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-12)


def test_it_holds_the_truth_about_as_often_as_it_says():
    """Exactly computed, for a rate of 0.9 and 50 answers."""
    chances = [math.comb(50, k) * 0.9**k * 0.1 ** (50 - k) for k in range(51)]
    held = [low <= 0.9 <= high for low, high in (wilson_interval(k, 50) for k in range(51))]
    covered = sum(chance for chance, holds in zip(chances, held, strict=True) if holds)
    assert 0.94 < covered < 0.98


def test_more_confidence_is_wider():
    narrow, wide = wilson_interval(8, 11, 0.8), wilson_interval(8, 11, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(("right", "total"), [(0, 0), (3, 2), (-1, 2)])
def test_no_rate_is_refused(right, total):
    with pytest.raises(ValueError, match="count at least 1 answer"):
        wilson_interval(right, total)
    with pytest.raises(ValueError, match="count at least 1 answer"):
        Rate(right, total)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_no_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson_interval(1, 2, confidence)


def test_a_rate_of_marks():
    rate = Rate.of(mark for mark in (True, False, True))
    assert (rate.right, rate.total, rate.rate) == (2, 3, 2 / 3)
    assert (rate.low, rate.high) == wilson_interval(2, 3)
