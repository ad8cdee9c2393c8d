"""Every held-out letter counts once, evaluations cost no time, and a run ends where it should."""

from __future__ import annotations

import math
import signal
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.training.history import History
from benchmarks import quality
from benchmarks.quality import (
    Exam,
    Letters,
    Pace,
    Referee,
    curves,
    learn,
    speed,
    thinned,
    whole_loss,
)

TEXT = Letters.of("abcab" * 40)
MODEL = GPTConfig.gpt2(vocab_size=3, block_size=7, n_layer=1, n_head=1, n_embd=4)
TRAIN = TrainConfig(steps=12, batch_size=2, eval_every=5, device="cpu", precision="float32")


def test_letters_are_numbered_in_order_and_cut_as_nanogpt_cuts_them():
    text = Letters.of("cabbage bag")
    assert text.vocab == 6
    assert text.learn.tolist() == [3, 1, 2, 2, 1, 5, 4, 0, 2]
    assert text.exam.tolist() == [2, 1, 5]  # the last letter learned, and the two held out
    assert text.learn.dtype == np.uint16


class Copycat:
    """Says that the next letter is the one after this one, and notes which it was asked about."""

    def __init__(self, vocab, likely):
        self.vocab, self.likely, self.asked = vocab, likely, []

    def __call__(self, x):
        self.asked.append(x)
        odds = torch.full((*x.shape, self.vocab), (1 - self.likely) / (self.vocab - 1))
        odds.scatter_(2, ((x + 1) % self.vocab)[..., None], self.likely)
        return odds.log()


@pytest.mark.parametrize("length", [1, 5, 7, 100])
def test_every_letter_of_the_exam_but_the_first_counts_once(length):
    exam = np.arange(38, dtype=np.uint16) % 19
    exam[-1] = 3  # one letter of 37 is not the one that was expected
    expected = -(36 * math.log(0.75) + math.log(0.25 / 18)) / 37
    assert whole_loss(Copycat(19, 0.75), exam, length) == pytest.approx(expected, abs=1e-5)


def test_windows_are_as_long_as_the_model_can_read():
    model = Copycat(19, 0.75)
    whole_loss(model, np.arange(17, dtype=np.uint16), 5)
    (x,) = model.asked
    assert x.tolist() == [[at, at + 1, at + 2, at + 3, at + 4] for at in (0, 5, 10, 11)]


def test_a_run_tells_how_it_went():
    told = learn(MODEL, replace(TRAIN, seed=3), TEXT)
    assert told["seed"] == 3
    assert (told["steps"], told["tokens"]) == (12, 12 * 2 * 7)
    assert [step for step, *_ in told["validation"]] == [0, 5, 10, 12]
    assert told["validation"][-1][2] == pytest.approx(told["loss"], abs=2e-4)
    assert told["validation"][0][2] == pytest.approx(math.log(3), abs=0.05)
    assert [step for step, *_ in told["training"]] == list(range(1, 13))
    assert 0 < told["validation"][-1][1] <= told["seconds"]
    assert learn(MODEL, replace(TRAIN, seed=3), TEXT)["loss"] == told["loss"]
    assert learn(MODEL, replace(TRAIN, seed=4), TEXT)["loss"] != told["loss"]


def test_every_seed_draws_its_own_batches():
    drawn = [Exam(TEXT, replace(TRAIN, seed=seed), 7).next(0)[0] for seed in (1, 1, 2)]
    first, again, other = drawn
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_clock_stands_still_in_evaluations(monkeypatch):
    running = []
    real = Exam.evaluation

    def watched(exam, n):
        batches = real(exam, n)
        running.append(("in", referees[-1].trainer.watch._since is not None))
        return batches

    class Watching(Referee):
        def on_start(self, trainer):
            referees.append(self)
            super().on_start(trainer)

        def on_eval(self, record):
            super().on_eval(record)
            running.append(("after", self.trainer.watch._since is not None))

    referees = []
    monkeypatch.setattr(Exam, "evaluation", watched)
    monkeypatch.setattr(quality, "Referee", Watching)
    learn(MODEL, TRAIN, TEXT)
    assert running == [("in", False), ("after", True)] * 4


def test_a_run_ends_when_one_more_step_would_be_late(monkeypatch):
    referee = Referee(Exam(TEXT, TRAIN, 7), deadline=10.0)
    ended = []
    monkeypatch.setattr(quality, "stop", lambda: ended.append(True))
    for seconds in (2.0, 4.0, 6.0):
        referee.on_step({"seconds": seconds})
    assert not ended  # a step of 2 s still fits, even if it takes twice as long
    referee.on_step({"seconds": 7.0})
    assert not ended
    referee.on_step({"seconds": 8.4})  # 2 · 1.4 s more would be 11.2
    assert ended == [True]
    referee.on_step({"seconds": 9.9})
    assert ended == [True]


def test_no_time_is_enough_for_one_step():
    told = learn(MODEL, TRAIN, TEXT, deadline=0.0)
    assert told["steps"] == 1
    assert told["loss"] > 0


def test_a_run_ends_at_its_goal():
    told = learn(MODEL, TRAIN, TEXT, goal=1.2)  # above the first loss already
    assert told["steps"] == 0
    assert len(told["validation"]) == 1


def test_ctrl_c_is_no_end_of_a_race(monkeypatch):
    class Impatient(Referee):
        def on_step(self, record):
            if record["step"] == 3:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(quality, "Referee", Impatient)
    with pytest.raises(KeyboardInterrupt):
        learn(MODEL, TRAIN, TEXT)


def test_a_run_with_a_folder_goes_on_where_it_was_cut_off(monkeypatch, tmp_path):
    whole = learn(MODEL, TRAIN, TEXT)

    class Fallen(Exception):
        pass

    class Falling(Referee):
        def on_step(self, record):
            if record["step"] == 11:
                raise Fallen

    train = replace(TRAIN, checkpoint_every=5)
    monkeypatch.setattr(quality, "Referee", Falling)
    with pytest.raises(Fallen):
        learn(MODEL, train, TEXT, folder=tmp_path)
    monkeypatch.setattr(quality, "Referee", Referee)
    rest = learn(MODEL, train, TEXT, folder=tmp_path)
    assert rest["loss"] == whole["loss"]
    assert [point[::2] for point in rest["validation"]] == [
        point[::2] for point in whole["validation"]
    ]


def test_the_speed_of_a_recipe():
    began = time.perf_counter()
    pace = speed(MODEL, replace(TRAIN, steps=100_000), TEXT, lasting=0.05)
    took = time.perf_counter() - began
    assert 0 < pace["step"] < took
    assert pace["start"] < took - 0.05


def test_the_pace_leaves_the_first_steps_to_the_start(monkeypatch):
    pace, ended = Pace(lasting=5.0), []
    monkeypatch.setattr(quality, "stop", lambda: ended.append(True))
    for step, seconds in enumerate((9.0, 10.0, 11.0, 13.0, 15.0, 16.5), start=1):
        assert not ended
        pace.on_step({"step": step, "seconds": seconds})
    assert pace.seconds == [11.0, 13.0, 15.0, 16.5]
    assert ended == [True]  # 5.5 s after the third


def test_a_curve_is_kept_in_a_few_dozen_points():
    curve = [(step, step / 10, float(step)) for step in range(1, 1001)]
    kept = thinned(curve)
    assert len(kept) == quality.POINTS == 40
    assert kept[0] == (25, 2.5, 13.0)  # the mean of 1 to 25
    assert kept[-1][:2] == (1000, 100.0)
    assert len(thinned(curve[:41])) == 21
    assert thinned([]) == []


def test_curves_of_a_history():
    records = [
        {"step": 0, "seconds": 0.0, "val_loss": 3.123456},
        {"step": 1, "seconds": 0.5, "train_loss": 3.0, "lr": 1.0},
    ]
    expected = {"training": [(1, 0.5, 3.0)], "validation": [(0, 0.0, 3.1235)]}
    assert curves(History(records)) == expected
