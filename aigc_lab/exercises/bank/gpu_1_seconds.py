"""Notebook 08: how long a piece of work takes, measured so that one can believe it."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from aigc_lab.exercises.bank.gpu_1_seconds_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.training import measuring


class Stopwatch:
    """Time that only `work` moves: each call takes the next of these seconds, round and round."""

    def __init__(self, *seconds: float, start: float = 1000.0) -> None:
        self.seconds, self.now, self.calls = seconds, start, 0

    def work(self) -> None:
        """Let the next of the seconds pass."""
        self.now += self.seconds[self.calls % len(self.seconds)]
        self.calls += 1

    def clock(self) -> float:
        """The time now."""
        return self.now


def median_seconds(
    work: Callable[[], object], clock: Callable[[], float], repeats: int, warmup: int
) -> float:
    """The package's own, of work that no device has to be waited for."""
    return measuring.median_seconds(work, repeats=repeats, warmup=warmup, clock=clock)


def flawed(
    work: Callable[[], object],
    clock: Callable[[], float],
    repeats: int,
    warmup: int,
    *,
    warm: str = "before",
    rounds: str = "all",
    reading: str = "each",
    summary: str = "median",
) -> Any:
    """The same with what can go wrong."""
    first = begin = clock()
    untimed, before_each = {
        "before": (warmup, 0),
        "never": (0, 0),
        "once": (1, 0),
        "before each": (0, warmup),
        "one before each": (0, 1),
        "timed too": (0, 0),
        "last dropped": (0, 0),
        "out of the repeats": (warmup, 0),
    }[warm]
    for _ in range(untimed):
        work()
    if reading != "since the warm-up":
        begin = clock()
    timed = {"all": repeats, "one": 1, "one more": repeats + 1, "one fewer": repeats - 1}[rounds]
    more = {"timed too": warmup, "last dropped": warmup, "out of the repeats": -warmup}
    seconds = []
    for at in range(timed + more.get(warm, 0)):
        for _ in range(before_each):
            work()
        start = first if reading == "first since the warm-up" and at == 0 else clock()
        if reading != "work is not called":
            work()
        seconds.append(_read(reading, start, clock(), begin))
    return _summary(summary, seconds[:timed] if warm == "last dropped" else seconds)


def _read(reading: str, start: float, end: float, begin: float) -> float:
    """One timing."""
    wrong = {
        "running": end - begin,
        "since the warm-up": end - begin,
        "end": end,
        "turned": start - end,
        "nothing passes": 0.0,
    }
    return wrong.get(reading, end - start)


def _summary(summary: str, seconds: list[float]) -> Any:
    """One number for all timings."""
    ordered, n = sorted(seconds), len(seconds)
    return {
        "median": lambda: statistics.median(seconds),
        "mean": lambda: sum(seconds) / n,
        "least": lambda: min(seconds),
        "most": lambda: max(seconds),
        "sum": lambda: sum(seconds),
        "last": lambda: seconds[-1],
        "low": lambda: ordered[(n - 1) // 2],
        "high": lambda: ordered[n // 2],
        "unsorted": lambda: (seconds[(n - 1) // 2] + seconds[n // 2]) / 2,
        "unsorted high": lambda: seconds[n // 2],
        "always two": lambda: (ordered[n // 2 - 1] + ordered[n // 2]) / 2,
        "one too far": lambda: ordered[n // 2] if n % 2 else sum(ordered[n // 2 :][:2]) / 2,
        "two added": lambda: ordered[n // 2] + (0 if n % 2 else ordered[n // 2 - 1]),
        "half of one": lambda: ordered[n // 2] / (2 - n % 2) + (n % 2 - 1) * -ordered[n // 2 - 1],
        "below the middle": lambda: ordered[n // 2 - 1],
        "per call": lambda: statistics.median(seconds) / n,
        "milliseconds": lambda: 1000 * statistics.median(seconds),
        "list": lambda: seconds,
    }[summary]()


def _calls(work: Any, *rest: Any) -> dict[str, int]:
    return {"the number of calls of work()": work.__self__.calls}


def _probes() -> list[Probe]:
    def case(label: str, repeats: int, warmup: int, *seconds: float) -> Probe:
        watch = Stopwatch(*seconds)
        args = (watch.work, watch.clock, repeats, warmup)
        return probe(label, *args, tolerance=1e-3, leaves=_calls)

    return [
        case("3 repeats, 1 warm-up", 3, 1, 9, 2, 5, 3, 13, 7, 1, 11),
        case("5 repeats, no warm-up", 5, 0, 23, 4, 17, 6, 11, 1, 9, 31, 2),
        case("4 repeats, 2 warm-ups", 4, 2, 41, 29, 3, 13, 7, 1, 19, 37, 5),
        case("6 repeats, 3 warm-ups", 6, 3, 53, 43, 31, 2, 19, 5, 23, 8, 12, 3, 61, 17, 29),
        case("7 repeats, 1 warm-up, one of them disturbed", 7, 1, 71, 4, 3, 97, 5, 7, 2, 11, 1, 13),
    ]


SECONDS = Exercise(
    name="median_seconds",
    notebook="08_gpu_training",
    title="How long does it take?",
    points=1,
    reference=median_seconds,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Two loops, one after the other: one that only warms up, and one in which every round is "
        "timed by itself. What does one timing need, and when?",
        "Call work() warmup times. Then, repeats times: read the clock, call work(), read the "
        "clock again, and note the difference. The median is the middle of the sorted times, or "
        "the mean of the middle two.",
        "for _ in range(warmup): work()\n"
        "for _ in range(repeats): start = clock(); work(); times.append(clock() - start)\n"
        "…return statistics.median(times), or np.median(times)",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (SECONDS,)
