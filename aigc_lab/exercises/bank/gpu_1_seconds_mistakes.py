"""Notebook 08: the mistakes known of the exercise in gpu_1_seconds."""

from __future__ import annotations

from collections.abc import Callable

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_1_seconds


def clocks_subtracted(
    work: Callable[[], object], clock: Callable[[], float], repeats: int, warmup: int
) -> float:
    """The clock itself is taken for the time it shows."""
    for _ in range(warmup):
        work()
    start = clock
    work()
    return clock - start  # type: ignore[operator]


def one_stretch_with_warmup(
    work: Callable[[], object], clock: Callable[[], float], repeats: int, warmup: int
) -> float:
    """The mean of the repeats, with the seconds of the warm-up among theirs."""
    start = clock()
    for _ in range(warmup + repeats):
        work()
    return (clock() - start) / repeats


MISTAKES = (
    Mistake(
        "mean",
        symptom="one disturbed call makes the whole answer longer",
        diagnosis="you take the mean: the sum of the times, or one long stretch, over repeats",
        hint="Sort the times. Which number does one very slow call among seven not move?",
        knobs={"summary": "mean"},
    ),
    Mistake(
        "no warm-up",
        symptom="the slow first calls are among the timed ones",
        diagnosis="you never call work() untimed",
        hint="Which of the arguments does your code never mention?",
        knobs={"warm": "never"},
    ),
    Mistake(
        "warm-up timed",
        symptom="the slow first calls are among the timed ones",
        diagnosis="you time the calls of the warm-up as well",
        hint="The first calls are there to be forgotten. How many times should your list hold?",
        knobs={"warm": "timed too"},
    ),
    Mistake(
        "clock started once",
        symptom="each time is longer than the one before",
        diagnosis="you read the clock once before the loop, so each time holds all earlier ones",
        hint="When does the stopwatch of the second round have to start?",
        knobs={"reading": "running"},
    ),
    Mistake(
        "not sorted",
        symptom="the answer depends on the order in which the times came",
        diagnosis="you take the middle of the list without sorting it",
        hint="The median has half of the times below it. Where do these stand in your list?",
        knobs={"summary": "unsorted"},
    ),
    Mistake(
        "upper middle",
        symptom="with 4 or 6 repeats the answer is too long",
        diagnosis="of an even number of times you take the upper of the middle two",
        hint="Of 1, 3, 7 and 13, the median is 5. Which two numbers is it made of?",
        knobs={"summary": "high"},
    ),
)
