"""Costs: arithmetic by hand, and a speed that is measured with a clock of our own."""

from __future__ import annotations

import pytest
import torch

from aigc_lab.chat.cost import (
    Price,
    Speed,
    conversation_tokens,
    measure_speed,
    price_per_thousand,
)
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return GPT(GPTConfig.gpt2(vocab_size=11, block_size=16, n_layer=1, n_head=1, n_embd=4))


def ticking(*times):
    """A clock that shows these times, one after the other."""
    shown = iter(times)
    return lambda: next(shown)


def test_the_machines_hour_is_shared_by_the_tokens_of_an_hour():
    price = price_per_thousand(Speed(prompt=5000, answer=50), per_hour=1.8)
    assert price.prompt == pytest.approx(1.8 / (5000 * 3600) * 1000)
    assert price.answer == pytest.approx(0.01)
    assert price.answer / price.prompt == pytest.approx(100)


def test_a_bill_counts_both_kinds():
    assert Price(prompt=0.002, answer=0.008).bill(1500, 250) == pytest.approx(0.003 + 0.002)


def test_the_speed_is_tokens_by_seconds_without_the_first_try(model):
    turn = [0.0, 2.0, 2.0, 6.0]  # start, the prompt is read, the first token is there, the end
    clock = ticking(*[0.0, 50.0, 50.0, 100.0], *(turn * 3))
    speed = measure_speed(model, prompt_tokens=6, answer_tokens=8, repeats=3, clock=clock)
    assert speed == Speed(prompt=3.0, answer=2.0)


def test_the_middle_time_counts(model):
    turns = [[0.0, 1.0, 1.0, 2.0], [0.0, 2.0, 2.0, 4.0], [0.0, 90.0, 90.0, 190.0]]
    clock = ticking(0.0, 1.0, 1.0, 2.0, *(time for turn in turns for time in turn))
    assert measure_speed(model, 4, 4, repeats=3, clock=clock) == Speed(prompt=2.0, answer=2.0)


def test_a_real_clock_gives_a_speed(model):
    speed = measure_speed(model, prompt_tokens=4, answer_tokens=4, repeats=1)
    assert speed.prompt > 0
    assert speed.answer > 0


@pytest.mark.parametrize(
    ("prompt", "answer", "repeats"), [(0, 4, 1), (4, 0, 1), (4, 4, 0), (9, 8, 1)]
)
def test_what_cannot_be_measured_is_refused(model, prompt, answer, repeats):
    with pytest.raises(ValueError, match="together at most block_size=16"):
        measure_speed(model, prompt, answer, repeats)


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
