"""Notebook 08: the mistakes known of the exercise in gpu_1_seconds."""

from __future__ import annotations

from collections.abc import Callable

from aigc_lab.exercises.bank.gpu_1_seconds_summaries import SUMMARIES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_1_seconds

Work, Clock = Callable[[], object], Callable[[], float]


def clocks_subtracted(work: Work, clock: Clock, repeats: int, warmup: int) -> float:
    """The clock itself is taken for the time it shows."""
    for _ in range(warmup):
        work()
    start = clock
    work()
    return clock - start  # type: ignore[operator]


def one_stretch_with_warmup(work: Work, clock: Clock, repeats: int, warmup: int) -> float:
    """The mean of the repeats, with the seconds of the warm-up among theirs."""
    start = clock()
    for _ in range(warmup + repeats):
        work()
    return (clock() - start) / repeats


def nothing_called(work: Work, clock: Clock, repeats: int, warmup: int) -> float:
    """`work` without brackets, everywhere."""
    return 0.0


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
        "last calls dropped",
        symptom="the slow first calls are among the timed ones",
        diagnosis="of all the timed calls you keep the first ones, and drop the last",
        hint="Which calls are the warm-up, the first or the last?",
        knobs={"warm": "last dropped"},
    ),
    Mistake(
        "one warm-up",
        symptom="it is right for a warm-up of one call only",
        diagnosis="you warm up once, whatever is asked for",
        hint="Which of the arguments does your code never mention?",
        knobs={"warm": "once"},
    ),
    Mistake(
        "warm-up out of the repeats",
        symptom="there are too few times",
        diagnosis="you take the calls of the warm-up out of the repeats",
        hint="How often is work() called altogether, with 2 warm-ups and 4 repeats?",
        knobs={"warm": "out of the repeats"},
    ),
    Mistake(
        "warm-up before each",
        symptom="work() is called far too often",
        diagnosis="you warm up anew before each repeat",
        hint="How far is your first loop indented? The device stays warm.",
        knobs={"warm": "before each"},
    ),
    Mistake(
        "one untimed call before each",
        symptom="work() is called far too often",
        diagnosis="each repeat calls work() twice, once untimed and once timed",
        hint="The warm-up has a loop of its own, before the first repeat.",
        knobs={"warm": "one before each"},
    ),
    Mistake(
        "clock started once",
        symptom="each time is longer than the one before",
        diagnosis="you read the clock once before the loop, so each time holds all earlier ones",
        hint="When does the stopwatch of the second round have to start?",
        knobs={"reading": "running"},
    ),
    Mistake(
        "clock started before the warm-up",
        symptom="each time is longer than the one before, and the warm-up is in all of them",
        diagnosis="you read the clock once, before the warm-up",
        hint="When does the stopwatch of each round have to start?",
        knobs={"reading": "since the warm-up"},
    ),
    Mistake(
        "warm-up in the first time",
        symptom="the first of the times is far too long",
        diagnosis="the clock is first read before the warm-up, so that the first time holds it",
        hint="When does the stopwatch of the first round have to start?",
        knobs={"reading": "first since the warm-up"},
    ),
    Mistake(
        "time of day",
        symptom="the answer is more than a thousand seconds",
        diagnosis="you note what the clock shows, and not how much later that is than at the start",
        hint="A clock says when, not how long. What do you need a second reading for?",
        knobs={"reading": "end"},
    ),
    Mistake(
        "negative",
        symptom="the answer is negative",
        diagnosis="you subtract the end from the start",
        hint="Which of the two readings is the larger?",
        knobs={"reading": "turned"},
    ),
    Mistake(
        "no time passes",
        symptom="the answer is 0, or next to nothing",
        diagnosis="work() does not stand between the two readings, or the readings are of another "
        "clock than the given one",
        hint="Read `clock` before, then work, then read `clock` again.",
        knobs={"reading": "nothing passes"},
    ),
    Mistake(
        "work without brackets",
        symptom="the answer is 0, and nothing was done in the timed rounds",
        diagnosis="`work` without brackets names the function, and does not call it",
        hint="What do you have to write behind the name, so that it runs?",
        knobs={"reading": "work is not called"},
    ),
    Mistake(
        "work never called",
        symptom="the answer is 0, and nothing was done at all",
        diagnosis="`work` without brackets names the function, and does not call it",
        hint="What do you have to write behind the name, so that it runs?",
        wrong=nothing_called,
    ),
    Mistake(
        "clock without brackets",
        symptom="it stops with a TypeError: two methods cannot be subtracted",
        diagnosis="`clock` without brackets names the function, and does not read it",
        hint="What do you have to write behind the name, so that it runs?",
        wrong=clocks_subtracted,
    ),
    Mistake(
        "returned in the loop",
        symptom="one single call decides, and no other is made",
        diagnosis="you return inside the loop",
        hint="How far is your return indented?",
        knobs={"rounds": "one"},
    ),
    Mistake(
        "one repeat more",
        symptom="work() is called once too often",
        diagnosis="there is one timed round too many",
        hint="How many numbers are in range(n + 1)?",
        knobs={"rounds": "one more"},
    ),
    Mistake(
        "one repeat fewer",
        symptom="work() is called once too seldom",
        diagnosis="there is one timed round too few",
        hint="How many numbers are in range(1, n)?",
        knobs={"rounds": "one fewer"},
    ),
    Mistake(
        "one stretch with the warm-up",
        symptom="the seconds of the warm-up are in the answer",
        diagnosis="you time one stretch from before the warm-up to the end, and divide by repeats",
        hint="When does the stopwatch have to start? And is one stretch a median?",
        wrong=one_stretch_with_warmup,
    ),
    *SUMMARIES,
)
