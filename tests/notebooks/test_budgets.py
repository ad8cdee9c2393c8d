"""What a notebook may cost, and what counts as too much."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tools.budgets import Budget, peak_memory_mb
from tools.notebook_budget import SECONDS, BudgetItem

BUDGET = Budget(minutes=1.5, memory_mb=900)


@pytest.mark.parametrize("seconds", [0.0, 90.0, 180.0])
def test_up_to_twice_the_declared_time_is_no_problem(seconds):
    assert BUDGET.problem(seconds, 900.0) is None


def test_a_problem_says_what_was_measured_and_what_declared():
    late = "over more than 2 times its declared time: 180.1 s of 90 s declared, 7 MB of 900 MB"
    assert BUDGET.problem(180.1, 7.0) == late
    heavy = "over its declared memory: 3.0 s of 90 s declared, 901 MB of 900 MB"
    assert BUDGET.problem(3.0, 901.0) == heavy


def test_the_peak_is_remembered_after_the_memory_is_given_back():
    grow = "x = bytearray(200 * 2**20); del x; print(); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", grow], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    peak = peak_memory_mb(process.pid)
    process.communicate("done\n")
    if not os.path.exists("/proc/self/status"):
        pytest.skip("this system does not tell the peak")
    assert 200 < peak < 300


@pytest.fixture
def ended():
    """A process that has ended, and that nobody has asked about yet."""
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    if os.name != "nt":  # where nothing stays of it
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
    yield process
    process.wait()


def test_a_process_that_has_ended_is_told(ended):
    with pytest.raises(psutil.NoSuchProcess, match=str(ended.pid)):
        peak_memory_mb(ended.pid)
    ended.wait()
    with pytest.raises(psutil.NoSuchProcess, match=str(ended.pid)):
        peak_memory_mb(ended.pid)


def test_a_kernel_that_has_ended_fails_its_notebook(ended):
    kernel = SimpleNamespace(km=SimpleNamespace(provisioner=ended))
    notebook = SimpleNamespace(kernel=kernel, stash={SECONDS: 1.0})
    item = SimpleNamespace(parent=notebook, path=Path("01_toy.ipynb"))
    with pytest.raises(pytest.fail.Exception, match=r"kernel of 01_toy\.ipynb has ended before"):
        BudgetItem.runtest(item)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (None, "declares the budget None"),
        ({"minutes": 1}, r"declares the budget {'minutes': 1}"),
        ({"minutes": 2.5, "memory_mb": 900}, "minutes=2.5 must be above 0 and at most 2"),
        ({"minutes": 1, "memory_mb": 0}, "memory_mb=0 must be above 0 and at most 4096"),
        ({"minutes": "one", "memory_mb": 1}, "minutes='one' must be a number"),
    ],
)
def test_a_budget_that_says_nothing_is_refused(declared, message):
    with pytest.raises(ValueError, match=message):
        Budget.of({"aigc_lab": declared})
