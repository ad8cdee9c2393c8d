"""Turns are taken in order, clocks count only the run, and ratios are taken round by round."""

from __future__ import annotations

import doctest
import gc
import importlib
import json
from collections import Counter
from itertools import pairwise
from types import SimpleNamespace

import pytest

from benchmarks.race import Contender, Table, order, race, table


@pytest.mark.parametrize("name", ["race", "readme", "sheet", "generation"])
def test_examples_in_the_documentation(name):
    result = doctest.testmod(importlib.import_module(f"benchmarks.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_everybody_warms_up_and_then_takes_one_turn_in_every_round():
    turns = []
    racing = [Contender(name, lambda name=name: turns.append(name)) for name in "abc"]
    seconds = race(racing, rounds=3)
    assert "".join(turns) == "abc" + "abc" + "acb" + "cab"
    assert [len(taken) for taken in seconds.values()] == [3, 3, 3]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_everybody_has_every_place_and_follows_every_other_equally_often(count):
    rounds = [order(count, number) for number in range(count * (1 + count % 2))]
    assert all(sorted(turns) == list(range(count)) for turns in rounds)
    places = Counter(place for turns in rounds for place in enumerate(turns))
    assert len(places) == count**2
    neighbours = Counter(pair for turns in rounds for pair in pairwise(turns))
    assert len(neighbours) == count * (count - 1)
    assert len({*places.values()}) == 1
    assert len({*neighbours.values()}) <= 1


def test_a_race_that_breaks_off_leaves_the_collector_as_it_was():
    def fall():
        raise KeyboardInterrupt

    before = gc.get_freeze_count()
    with pytest.raises(KeyboardInterrupt):
        race([Contender("a", fall)], rounds=1)
    assert gc.get_freeze_count() == before


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
