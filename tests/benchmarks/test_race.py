"""Turns are taken in order, clocks count only the run, and ratios are taken round by round."""

from __future__ import annotations

import doctest
import importlib
import json
from types import SimpleNamespace

import pytest

from benchmarks.race import Contender, Table, race, table


@pytest.mark.parametrize("name", ["race", "readme", "generation"])
def test_examples_in_the_documentation(name):
    result = doctest.testmod(importlib.import_module(f"benchmarks.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_everybody_warms_up_and_then_each_round_begins_with_the_next():
    turns = []
    racing = [Contender(name, lambda name=name: turns.append(name)) for name in "abc"]
    seconds = race(racing, rounds=2)
    assert "".join(turns) == "abc" + "abc" + "bca"
    assert [len(taken) for taken in seconds.values()] == [2, 2, 2]


def test_preparing_is_not_timed_and_running_is(monkeypatch):
    now = [0.0]

    def pass_time(seconds):
        now[0] += seconds

    monkeypatch.setattr("benchmarks.race.time", SimpleNamespace(perf_counter=lambda: now[0]))
    racing = [Contender("a", lambda: pass_time(2), prepare=lambda: pass_time(5))]
    assert race(racing, rounds=3) == {"a": [2, 2, 2]}


def test_a_ratio_is_taken_within_each_round():
    made = table("Hops", "hops", 12, {"ours": [1, 2, 4], "theirs": [3, 5, 4]}, goals={"theirs": 2})
    ours, theirs = made.rows
    assert (ours.median, ours.speed, ours.times, ours.goal) == (2, 6, None, None)
    assert (theirs.median, theirs.speed) == (4, 3)
    assert (theirs.times, theirs.low, theirs.high, theirs.goal) == (2.5, 1, 3, 2)


def test_a_table_survives_json():
    made = table("Hops", "hops", 12, {"ours": [1.5], "theirs": [3.0]}, {"legs": 4})
    assert Table.from_dict(json.loads(json.dumps(made.to_dict()))) == made
