"""The learning rate over time."""

import math

import pytest

from aigc_lab.core.config import TrainConfig
from aigc_lab.training.schedule import lr_at


def config(schedule: str, **changes: object) -> TrainConfig:
    return TrainConfig(**{**dict(steps=11, warmup_steps=3, schedule=schedule), **changes})


def test_cosine_by_hand():
    dials = config("cosine", final_lr_fraction=0.2)
    # climb 1/3, 2/3, 1; then 0.2 + 0.8 (1 + cos(pi k/8)) / 2 for k = 0 ... 7
    assert lr_at(0, dials) == pytest.approx(1 / 3)
    assert lr_at(2, dials) == pytest.approx(1.0)
    assert lr_at(7, dials) == pytest.approx(0.6)  # half way down, k = 4
    assert lr_at(10, dials) == pytest.approx(0.2 + 0.4 * (1 + math.cos(math.pi * 7 / 8)))


def test_linear_by_hand():
    dials = config("linear", final_lr_fraction=0.0)
    falls = [lr_at(step, dials) for step in range(3, 11)]
    assert falls == pytest.approx([1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8])


@pytest.mark.parametrize("schedule", ["cosine", "linear", "constant"])
@pytest.mark.parametrize("warmup_steps", [0, 1, 3, 11])
def test_every_step_learns_and_none_exceeds_the_full_rate(schedule, warmup_steps):
    dials = config(schedule, warmup_steps=warmup_steps, final_lr_fraction=0.0)
    factors = [lr_at(step, dials) for step in range(11)]
    assert all(0 < factor <= 1 for factor in factors)
    assert factors[:warmup_steps] == sorted(factors[:warmup_steps])
    assert factors[warmup_steps:] == sorted(factors[warmup_steps:], reverse=True)


def test_constant_stays_full_after_the_warm_up():
    assert {lr_at(step, config("constant")) for step in range(2, 11)} == {1.0}


@pytest.mark.parametrize("step", [-1, 11])
def test_a_step_outside_the_run_is_refused(step):
    with pytest.raises(ValueError, match=f"step={step} is outside a run of steps=11"):
        lr_at(step, config("cosine"))
