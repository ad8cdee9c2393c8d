"""The plan: what it counts, what it refuses, and that what it suggests is accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from aigc_lab.core.config import GPT_PRESETS, GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.training import capacity, plan
from aigc_lab.training.memory import Memory, predict_memory
from aigc_lab.training.plan import make_plan, require_fit, suggestion
from aigc_lab.training.recipes import RECIPES
from tests.training.tiny import tiny_config

SHAPE = GPTConfig.gpt2(vocab_size=13, block_size=7, n_layer=2, n_head=2, n_embd=10)
LONG = replace(GPT_PRESETS["nano"], block_size=1024)  # activations count more than weights


@pytest.fixture
def room(monkeypatch):
    """Say how much memory is free."""

    def make(count: int | None) -> None:
        monkeypatch.setattr(plan, "available_bytes", lambda device: count)

    return make


def test_what_it_counts():
    made = make_plan(SHAPE, tiny_config(steps=12, accumulate=2), "cpu", measure=False)
    assert made.parameters == GPT(SHAPE).num_parameters()
    assert made.tokens == 12 * 4 * 7
    assert made.memory == predict_memory(SHAPE, tiny_config(accumulate=2))
    assert (made.tokens_per_second, made.seconds) == (None, None)


def test_time_is_tokens_over_the_measured_speed(monkeypatch):
    monkeypatch.setattr(plan, "measure_speed", lambda config, train: 42.0)
    made = make_plan(SHAPE, tiny_config(steps=12), "cpu")
    assert made.seconds == pytest.approx(12 * 4 * 7 / 42)
    assert "about 8 seconds on cpu, at 42 tokens a second" in made.lines()[-1]
    assert "as measured just now; examinations" in made.lines()[-1]
    compiled = make_plan(SHAPE, tiny_config(compile="auto"), "cpu")
    assert "as measured just now, uncompiled; examinations" in compiled.lines()[-1]
    assert make_plan(SHAPE, tiny_config(), "cpu", processes=2).tokens_per_second == 84


def test_the_speed_is_that_of_the_loops_own_step_and_no_randomness_is_used_up(monkeypatch):
    steps = []
    clock = iter(range(1000))
    monkeypatch.setattr(
        capacity, "seconds_of", lambda step, *_, repeats, warmup: [0.01 for _ in range(repeats)]
    )
    monkeypatch.setattr(
        capacity, "median_seconds", lambda step, *_, **__: steps.append(step()) or next(clock) + 0.5
    )
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    speed = capacity.measure_speed(SHAPE, tiny_config(batch_size=24, accumulate=2))
    assert speed == 12 * 7 / 0.5  # all rows that are in memory at a time
    assert len(steps) == 1
    assert torch.equal(torch.rand(3), expected)


def test_measuring_leaves_every_gpus_randomness_alone(monkeypatch):
    asked, real = [], torch.random.fork_rng
    monkeypatch.setattr(torch.random, "fork_rng", lambda *gpus: asked.append(gpus) or real(*gpus))
    monkeypatch.setattr(capacity, "seconds_of", lambda *_, repeats, warmup: [5.0] * repeats)
    capacity.measure_speed(SHAPE, tiny_config())
    assert asked == [([],)]  # nothing named would mean all GPUs, and a context on each


def test_what_is_slow_is_measured_on_few_rows(monkeypatch):
    monkeypatch.setattr(capacity, "seconds_of", lambda *_, repeats, warmup: [5.0] * repeats)
    assert capacity.measure_speed(SHAPE, tiny_config(batch_size=24)) == 7 / 5


def test_measuring_really_measures():
    assert make_plan(SHAPE, tiny_config(), "cpu").tokens_per_second > 10


def test_what_fits_is_let_through(room):
    for free in (None, 10**9):
        room(free)
        require_fit(make_plan(SHAPE, tiny_config(), "cpu", measure=False))


def needed(**changes: object) -> int:
    train = replace(TrainConfig(batch_size=16, device="cpu"), **changes)
    return make_plan(LONG, train, "cpu", measure=False).needed_bytes


@pytest.mark.parametrize(
    ("free", "options"),
    [
        (lambda: needed(accumulate=4), ["--accumulate", "4"]),
        (lambda: needed(accumulate=16), ["--accumulate", "16"]),
        (lambda: needed(accumulate=16, recompute=True), ["--accumulate", "16", "--recompute"]),
    ],
)
def test_the_least_change_that_fits_is_suggested_and_then_accepted(room, free, options):
    train = TrainConfig(batch_size=16, device="cpu")
    room(free())
    refused = make_plan(LONG, train, "cpu")
    assert not refused.fits
    assert refused.tokens_per_second is None  # nothing is measured of what does not fit
    with pytest.raises(ValueError, match=f"is free; it fits with {' '.join(options)} "):
        require_fit(refused)
    found, words = suggestion(refused)
    assert words == options
    require_fit(make_plan(found.config, found.train, "cpu", measure=False))


def test_a_smaller_preset_of_the_same_parts_is_the_last_resort(room):
    config = replace(RECIPES["shakespeare-char"].model, n_layer=40, n_embd=512)
    train = TrainConfig(batch_size=2, device="cpu")
    room(make_plan(replace(config, n_layer=3), train, "cpu", measure=False).memory.total)
    found, words = suggestion(make_plan(config, train, "cpu", measure=False))
    assert words[0] == "--preset"
    assert found.config.qk_norm
    assert found.parameters == GPT(found.config).num_parameters()
    require_fit(make_plan(found.config, found.train, "cpu", measure=False))


def test_what_is_set_aside_by_hand():
    memory = Memory(parameters=10, gradients=10, optimizer=20, activations=50, temporary=5)
    made = replace(make_plan(SHAPE, tiny_config(), "cpu", measure=False), memory=memory)
    assert made.needed_bytes == int(1.1 * 95)
    assert replace(made, processes=2).needed_bytes == int(1.1 * 105)  # gradients twice
    small = replace(memory, activations=5)  # less than the 30 of a checkpoint
    assert replace(made, memory=small).needed_bytes == int(1.1 * 70)
    assert replace(made, memory=small, device="cuda").needed_bytes == int(1.1 * 50)


def test_where_nothing_fits_no_promise_is_made(room):
    room(1000)
    with pytest.raises(ValueError, match="no smaller batch or preset fits either"):
        require_fit(make_plan(SHAPE, tiny_config(), "cpu"))


def test_processes_share_the_batch_and_a_machines_memory(room, monkeypatch):
    room(10**6)
    made = make_plan(SHAPE, tiny_config(batch_size=8), "cpu", processes=2, measure=False)
    assert made.memory == predict_memory(SHAPE, tiny_config(batch_size=4))
    assert (made.available_bytes, made.tokens) == (500_000, 12 * 8 * 7)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "1")  # the other is on another machine
    made = make_plan(SHAPE, tiny_config(batch_size=8), "cpu", processes=2, measure=False)
    assert made.available_bytes == 10**6
    with pytest.raises(ValueError, match=r"batch_size=8 rows do not split over 3 processes"):
        make_plan(SHAPE, tiny_config(batch_size=8, accumulate=2), "cpu", processes=3)


def test_the_plan_is_plain_values_for_scripts():
    plain = make_plan(SHAPE, tiny_config(), "cpu", measure=False).to_dict()
    assert plain["fits"] is True
    assert plain["memory_bytes"]["parameters"] == 4 * plain["parameters"]
    assert plain["seconds"] is None
