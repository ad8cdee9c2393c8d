"""What readers of notebook 08 make of several timings, instead of their median."""

import statistics

import numpy as np


def timed(work, clock, repeats):
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return times


def warm(work, warmup):
    for _ in range(warmup):
        work()


def summed_up_by(summary):
    def function(work, clock, repeats, warmup):
        warm(work, warmup)
        return summary(timed(work, clock, repeats))

    return function


def halves_of_the_unsorted(times):
    n = len(times)
    if n % 2:
        return times[n // 2]
    return (times[n // 2 - 1] + times[n // 2]) / 2


def sorted_but_lost(times):
    sorted(times)
    return times[len(times) // 2]


def minus_one(times):
    return sorted(times)[len(times) // 2 - 1]


def two_of_any(times):
    times.sort()
    half = len(times) // 2
    return 0.5 * (times[half - 1] + times[half])


def plus_one(times):
    times = np.sort(times)
    n = len(times)
    return times[n // 2] if n % 2 == 1 else (times[n // 2] + times[n // 2 + 1]) / 2


def brackets(times):
    times = sorted(times)
    n = len(times)
    return times[n // 2] if n % 2 else times[n // 2 - 1] + times[n // 2]


def brackets_half(times):
    times = sorted(times)
    n = len(times)
    return times[n // 2] if n % 2 else times[n // 2 - 1] + times[n // 2] / 2


def fractions(times):
    return sorted(times)[len(times) / 2]


SUMMARIES = [
    ("fractions", summed_up_by(fractions)),
    ("divided once more", summed_up_by(lambda times: np.median(times) / len(times))),
    ("not sorted", summed_up_by(halves_of_the_unsorted)),
    ("not sorted, one of two", summed_up_by(sorted_but_lost)),
    ("upper middle", summed_up_by(lambda times: sorted(times)[len(times) // 2])),
    ("upper middle", summed_up_by(statistics.median_high)),
    ("lower middle", summed_up_by(statistics.median_low)),
    ("lower middle", summed_up_by(lambda times: sorted(times)[(len(times) - 1) // 2])),
    ("below the middle", summed_up_by(minus_one)),
    ("always two", summed_up_by(two_of_any)),
    ("one too far", summed_up_by(plus_one)),
    ("two added", summed_up_by(brackets)),
    ("half of one only", summed_up_by(brackets_half)),
    ("fastest", summed_up_by(min)),
    ("slowest", summed_up_by(max)),
    ("sum", summed_up_by(sum)),
    ("milliseconds", summed_up_by(lambda times: 1000 * np.median(times))),
    ("list", summed_up_by(lambda times: times)),
]
MISTAKEN = {}  # they are counted with the others, in gpu_seconds
