"""Notebook 08: the ways to make one number of many timings, for gpu_1_seconds."""

from __future__ import annotations

from collections.abc import Callable

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_1_seconds


def fractional_place(
    work: Callable[[], object], clock: Callable[[], float], repeats: int, warmup: int
) -> float:
    """The place of the middle, counted with /."""
    return sorted([clock()] * repeats)[repeats / 2]  # type: ignore[call-overload]


SUMMARIES = (
    Mistake(
        "not sorted",
        symptom="the answer depends on the order in which the times came",
        diagnosis="you take the middle of the list, or the mean of its middle two, without sorting",
        hint="The median has half of the times below it. Where do these stand in your list?",
        knobs={"summary": "unsorted"},
    ),
    Mistake(
        "not sorted, one of two",
        symptom="the answer depends on the order in which the times came",
        diagnosis="you take the number at len(times) // 2 without sorting; and of an even number "
        "of times there are two in the middle",
        hint="The median has half of the times below it. Where do these stand in your list?",
        knobs={"summary": "unsorted high"},
    ),
    Mistake(
        "upper middle",
        symptom="with 4 or 6 repeats the answer is too long",
        diagnosis="of an even number of times you take the upper of the middle two",
        hint="Of 1, 3, 7 and 13, the median is 5. Which two numbers is it made of?",
        knobs={"summary": "high"},
    ),
    Mistake(
        "lower middle",
        symptom="with 4 or 6 repeats the answer is too short",
        diagnosis="of an even number of times you take the lower of the middle two",
        hint="Of 1, 3, 7 and 13, the median is 5. Which two numbers is it made of?",
        knobs={"summary": "low"},
    ),
    Mistake(
        "below the middle",
        symptom="the answer is too short",
        diagnosis="you count from 1 in a list that begins at 0: the number before the middle",
        hint="Of three times, sorted, the middle one is times[…]?",
        knobs={"summary": "below the middle"},
    ),
    Mistake(
        "always two",
        symptom="with 3, 5 or 7 repeats the answer is too short",
        diagnosis="you take the mean of two times even where a single one is in the middle",
        hint="How many of five sorted times have two below them and two above?",
        knobs={"summary": "always two"},
    ),
    Mistake(
        "one too far",
        symptom="with 4 or 6 repeats the answer is too long",
        diagnosis="of an even number of times you take the upper of the middle two and the one "
        "above it",
        hint="Lists begin at 0. Which two places of six are in the middle?",
        knobs={"summary": "one too far"},
    ),
    Mistake(
        "two added",
        symptom="with 4 or 6 repeats the answer is twice as long as it should be",
        diagnosis="the middle two are added and not halved",
        hint="A mean of two ends in a division.",
        knobs={"summary": "two added"},
    ),
    Mistake(
        "half of one only",
        symptom="with 4 or 6 repeats the answer is too long",
        diagnosis="of the middle two, only the second is halved: / comes before +",
        hint="A mean of two: which brackets does it need?",
        knobs={"summary": "half of one"},
    ),
    Mistake(
        "fractions",
        symptom="it stops with a TypeError about list indices",
        diagnosis="/ gives a float, and a place in a list must be a whole number",
        hint="Which division gives whole numbers?",
        wrong=fractional_place,
    ),
    Mistake(
        "divided once more",
        symptom="the answer is too short, the more so the more repeats",
        diagnosis="the median is divided by the number of repeats",
        hint="Each time is already that of one call.",
        knobs={"summary": "per call"},
    ),
    Mistake(
        "fastest",
        symptom="the answer is too short",
        diagnosis="you take the fastest call",
        hint="That is the best the device can do. What does it usually do?",
        knobs={"summary": "least"},
    ),
    Mistake(
        "slowest",
        symptom="the answer is too long",
        diagnosis="you take the slowest call",
        hint="One disturbed call should not decide. What does the device usually do?",
        knobs={"summary": "most"},
    ),
    Mistake(
        "sum",
        symptom="the more repeats, the longer",
        diagnosis="you give the time of all repeats together",
        hint="Asked for is the time of one call.",
        knobs={"summary": "sum"},
    ),
    Mistake(
        "last only",
        symptom="one single call decides",
        diagnosis="you give the time of the last call; the others are forgotten",
        hint="Where do the times of the earlier rounds go?",
        knobs={"summary": "last"},
    ),
    Mistake(
        "milliseconds",
        symptom="the answer is 1000 times too large",
        diagnosis="you give milliseconds",
        hint="In which unit does the clock tell the time?",
        knobs={"summary": "milliseconds"},
    ),
    Mistake(
        "list",
        symptom="several numbers come back",
        diagnosis="you return all the times",
        hint="Asked for is one number: the median of them.",
        knobs={"summary": "list"},
    ),
)
