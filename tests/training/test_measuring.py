"""Times are medians of waited-for calls, and the ceilings are of the right size."""

from __future__ import annotations

import statistics

import pytest
import torch

from aigc_lab.training import measuring
from aigc_lab.training.measuring import (
    matmul_peak,
    median_seconds,
    memory_bandwidth,
    mfu,
    seconds_of,
    synchronize,
)


class Clock:
    """A clock that only moves when `work` is done."""

    def __init__(self, costs):
        self.costs, self.now, self.calls = iter(costs), 0.0, 0

    def work(self):
        self.calls += 1
        self.now += next(self.costs)

    def read(self):
        return self.now


def test_warm_up_is_not_timed_and_the_median_is_taken():
    clock = Clock([100.0, 50.0, 3.0, 1.0, 7.0, 2.0, 5.0])
    assert median_seconds(clock.work, warmup=2, repeats=5, clock=clock.read) == 3.0
    assert clock.calls == 7


def test_of_an_even_number_the_middle_two_count():
    clock = Clock([1.0, 2.0, 4.0, 9.0])
    assert median_seconds(clock.work, warmup=0, repeats=4, clock=clock.read) == 3.0


def test_each_call_is_timed_by_itself():
    costs = [0.0, 3.0, 1.0, 7.0]
    clock = Clock(costs)
    assert seconds_of(clock.work, repeats=3, clock=clock.read) == costs[1:]
    assert statistics.median(costs[1:]) == 3.0


def test_the_device_is_waited_for_before_the_clock_is_read(monkeypatch):
    said = []
    monkeypatch.setattr(measuring, "synchronize", lambda device: said.append(f"wait {device}"))
    seconds_of(
        lambda: said.append("work"),
        "cuda:1",
        repeats=2,
        warmup=1,
        clock=lambda: said.append("clock") or 0.0,
    )
    turn = ["wait cuda:1", "clock", "work", "wait cuda:1", "clock"]
    assert said == ["work", *turn, *turn]


def test_each_kind_of_device_is_waited_for_in_its_own_way(monkeypatch):
    said = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: said.append(str(device)))
    monkeypatch.setattr(torch.mps, "synchronize", lambda: said.append("mps"))
    for device in ("cpu", "cuda:1", torch.device("mps")):
        synchronize(device)
    assert said == ["cuda:1", "mps"]


@pytest.mark.parametrize(("repeats", "warmup"), [(0, 1), (3, -1)])
def test_nothing_cannot_be_timed(repeats, warmup):
    with pytest.raises(ValueError, match=f"repeats={repeats} must be 1 or more, and warmup="):
        median_seconds(lambda: None, repeats=repeats, warmup=warmup)


def test_the_peak_is_the_operations_over_the_best_time(monkeypatch):
    monkeypatch.setattr(measuring, "seconds_of", lambda *_: [4.0, 0.5, 2.0])
    assert matmul_peak("cpu", torch.bfloat16, size=5) == 2 * 5**3 / 0.5
    assert memory_bandwidth("cpu", size=4000) == 4000 / 0.5


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_the_peak_times_is_one_product_in_the_format_asked_for(dtype, monkeypatch):
    products = []
    real = torch.mm

    def watched(left, right, out):
        products.append((left.dtype, right.dtype, left.shape, bool(left.any())))
        return real(left, right, out=out)

    monkeypatch.setattr(torch, "mm", watched)
    assert matmul_peak("cpu", dtype, size=7) > 0
    assert set(products) == {(dtype, dtype, torch.Size([7, 7]), True)}
    assert len(products) == 1 + measuring.CEILING_REPEATS


def test_mfu_is_the_fraction_of_the_peak_in_use():
    assert mfu(2000.0, 3e6, 12e9) == 0.5
    assert mfu(0.0, 3e6, 12e9) == 0.0


@pytest.mark.parametrize("wrong", [(1.0, 1.0, 0.0), (-1.0, 1.0, 1.0), (1.0, -1.0, 1.0)])
def test_no_fraction_of_nothing(wrong):
    with pytest.raises(ValueError, match="do not make a fraction; the peak must be above 0"):
        mfu(*wrong)
