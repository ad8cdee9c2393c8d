"""Costs: arithmetic by hand."""

from __future__ import annotations

import pytest

from aigc_lab.chat.cost import (
    Price,
    Speed,
    conversation_tokens,
    price_per_thousand,
)


def test_the_machines_hour_is_shared_by_the_tokens_of_an_hour():
    price = price_per_thousand(Speed(prompt=5000, answer=50), per_hour=1.8)
    assert price.prompt == pytest.approx(1.8 / (5000 * 3600) * 1000)
    assert price.answer == pytest.approx(0.01)
    assert price.answer / price.prompt == pytest.approx(100)


def test_a_bill_counts_both_kinds():
    assert Price(prompt=0.002, answer=0.008).bill(1500, 250) == pytest.approx(0.003 + 0.002)


@pytest.mark.parametrize("per_hour", [0, -1, float("nan")])
def test_an_hour_has_a_price(per_hour):
    with pytest.raises(ValueError, match="must be above zero"):
        price_per_thousand(Speed(1, 1), per_hour)


def test_a_speed_is_above_zero():
    with pytest.raises(ValueError, match="answer=0"):
        Speed(prompt=1, answer=0)


def test_a_conversation_reads_its_history_again_and_again():
    def read(turns):
        return sum(asked for asked, _ in conversation_tokens([5] * turns, [5] * turns))

    assert read(1) == 5
    assert read(20) / read(10) == pytest.approx(4, rel=0.03)


def test_questions_and_answers_come_in_pairs():
    with pytest.raises(ValueError, match="shorter"):
        conversation_tokens([1, 2], [1])
