"""What others took of the machine is counted, and what we took ourselves is not."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

import pytest

from benchmarks import load
from benchmarks.load import Others


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine whose clocks stand still until told otherwise; 100 ticks are a second."""
    told = SimpleNamespace(seconds=1000.0, ours=(50.0, 5.0, 3.0, 2.0))

    def tick(*ticks):
        figures = " ".join(str(figure) for figure in ticks)
        load.STAT.write_text(f"cpu  {figures}\ncpu0 1 2 3 4 5 6 7 8 9 10\n")

    told.tick = tick
    monkeypatch.setattr(load, "STAT", tmp_path / "stat")
    monkeypatch.setattr(load, "time", SimpleNamespace(monotonic=lambda: told.seconds))
    system = SimpleNamespace(sysconf=lambda name: 100, times=lambda: (*told.ours, told.seconds))
    monkeypatch.setattr(load, "os", system)
    return told


def test_the_cores_of_others(machine):
    machine.tick(9000, 100, 2000, 70000, 400, 10, 20, 30, 5000, 60)
    others = Others()
    machine.seconds += 20
    machine.ours = (80.0, 6.0, 7.0, 2.0)  # 35 s more, of ourselves and of children
    # 31 + 1 + 7 + 0.5 + 0.3 + 0.2 s of work; idle, waiting and guests' time do not count again
    machine.tick(12100, 200, 2700, 70500, 900, 60, 50, 50, 9000, 90)
    assert others.cores() == 0.25


def test_less_than_nobody_is_nobody(machine):
    machine.tick(100, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    others = Others()
    machine.seconds += 10
    machine.ours = (50.2, 5.0, 3.0, 2.0)  # the two clocks do not tick at the same moment
    machine.tick(110, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert others.cores() == 0.0


def test_a_system_that_does_not_say(machine):
    assert Others().cores() is None  # there is no file to read


@pytest.mark.skipif(not load.STAT.exists(), reason="only Linux says how busy it is")
def test_this_very_machine_says():
    others = Others()
    time.sleep(0.05)
    assert 0 <= others.cores() <= (os.cpu_count() or 1) + 1
