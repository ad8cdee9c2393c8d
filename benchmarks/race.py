"""Timing several contenders side by side, so that a busy machine is equally unkind to all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from benchmarks.sheet import Sheet

DIGITS = 7  # of a second; clocks here tell no more


class UnfairRace(RuntimeError):
    """The contenders did not do the same work, so their times say nothing."""


def nothing() -> None:
    """What a contender without a preparation does before its turn."""


@dataclass(frozen=True)
class Contender:
    """One of those who race: `run` is timed, `prepare` comes before it and is not."""

    name: str
    run: Callable[[], object]
    prepare: Callable[[], object] = nothing


@dataclass(frozen=True)
class Row:
    """How one contender did.

    Units: `seconds` of each round, `median` of them; `speed` in the table's unit per second.
    `times` says how many times as long as the first row's contender it took, the median over
    rounds; `low` and `high` are its lowest and highest round. All three are None in the first row.
    `goal` is what we set out to reach in `times`, or in the first row in `speed`.
    """

    name: str
    seconds: tuple[float, ...]
    median: float
    speed: float
    times: float | None = None
    low: float | None = None
    high: float | None = None
    goal: float | None = None


@dataclass(frozen=True)
class Table:
    """One race: the same work done by the first row's contender, mostly ours, and by others.

    Units: a turn does `work` of `unit`. `facts` are what was checked or counted besides the time.
    `skipped` is the reason when the race could not be held; then there are no rows.
    """

    title: str
    unit: str = ""
    work: float = 0.0
    rows: tuple[Row, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    skipped: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; `from_dict` is the way back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Table:
        """The table that `to_dict` wrote down."""
        rows = tuple(Row(**{**row, "seconds": tuple(row["seconds"])}) for row in values["rows"])
        return cls(**{**values, "rows": rows})


# What a topic's module has in PARTS: it takes the number of rounds, and whether to keep everything
# so small that a test can run it.
Part = Callable[[int, bool], list[Table | Sheet]]


def race(contenders: Sequence[Contender], rounds: int, title: str = "") -> dict[str, list[float]]:
    """The seconds of every contender in every round, after one turn each to warm up.

    All take a turn in every round, so that what slows the machine for a while slows all of them,
    and the order changes from round to round: see `order`.

    >>> seconds = race([Contender("a", nothing), Contender("b", nothing)], rounds=3)
    >>> {name: len(taken) for name, taken in seconds.items()}
    {'a': 3, 'b': 3}
    """
    from tqdm import tqdm

    seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    turns = (rounds + 1) * len(contenders)
    gc.collect()
    gc.freeze()  # what is there now will stay, so that collecting before each turn is quick
    try:
        with tqdm(total=turns, desc=title, unit="turn", leave=False, disable=None) as bar:
            for contender in contenders:
                _turn(contender)
                bar.update()
            for number in range(rounds):
                for contender in (contenders[at] for at in order(len(contenders), number)):
                    seconds[contender.name].append(_turn(contender))
                    bar.update()
    finally:
        gc.unfreeze()
    return seconds


def order(count: int, number: int) -> list[int]:
    """Who goes when in a round: a balanced order, since a turn may suffer from the one before it.

    Over `count` rounds, or twice as many when `count` is odd, everybody has every place equally
    often, and comes after each of the others equally often.

    Source: Williams 1949, designs balanced for the estimation of residual effects of treatments.

    >>> [order(4, number) for number in range(4)]
    [[0, 1, 3, 2], [1, 2, 0, 3], [2, 3, 1, 0], [3, 0, 2, 1]]
    """
    zigzag = [(step + 1) // 2 if step % 2 else -step // 2 for step in range(count)]  # 0 1 -1 2 …
    places = [(step + number) % count for step in zigzag]
    return places[::-1] if count % 2 and number % 2 else places


def table(
    title: str,
    unit: str,
    work: float,
    seconds: Mapping[str, Sequence[float]],
    facts: Mapping[str, Any] | None = None,
    goals: Mapping[str, float] | None = None,
) -> Table:
    """A race's times as a table; all are compared with the first contender.

    >>> times = {"ours": [1.0, 2.0, 1.0], "theirs": [2.0, 4.2, 1.9]}
    >>> theirs = table("Hops", "hops", 10, times).rows[1]
    >>> theirs.times, theirs.low, theirs.high, theirs.speed
    (2.0, 1.9, 2.1, 5.0)
    """
    first, goals = next(iter(seconds)), goals or {}
    rows = []
    for name, taken in seconds.items():
        median = statistics.median(taken)
        row = Row(name, tuple(taken), median, work / median, goal=goals.get(name))
        if name != first:
            ratios = [its / ours for its, ours in zip(taken, seconds[first], strict=True)]
            row = replace(row, times=statistics.median(ratios), low=min(ratios), high=max(ratios))
        rows.append(row)
    return Table(title, unit, work, tuple(rows), dict(facts or {}))


def _turn(contender: Contender) -> float:
    contender.prepare()
    gc.collect()  # nobody pays for the rubbish of another
    start = time.perf_counter()
    contender.run()
    return round(time.perf_counter() - start, DIGITS)
