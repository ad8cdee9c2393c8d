"""Mistakes with timing, as readers of notebook 08 write them."""

import statistics
import time

import numpy as np

from tests.exercises.mistaken.gpu_seconds_summaries import SUMMARIES, timed, warm


def np_mean(work, clock, repeats, warmup):
    warm(work, warmup)
    return np.mean(timed(work, clock, repeats))


def one_stretch(work, clock, repeats, warmup):
    warm(work, warmup)
    start = clock()
    for _ in range(repeats):
        work()
    return (clock() - start) / repeats


def cold(work, clock, repeats, warmup):
    return statistics.median(timed(work, clock, repeats))


def all_in_one_list(work, clock, repeats, warmup):
    return np.median(timed(work, clock, warmup + repeats))


def first_ones_kept(work, clock, repeats, warmup):
    return np.median(timed(work, clock, warmup + repeats)[:repeats])


def last_ones_cut(work, clock, repeats, warmup):
    times = timed(work, clock, warmup + repeats)
    return np.median(times[: len(times) - warmup])


def work_once_before(work, clock, repeats, warmup):
    work()
    return np.median(timed(work, clock, repeats))


def if_warmup(work, clock, repeats, warmup):
    for i in range(repeats + warmup):
        if i < warmup:
            work()
    return np.median(timed(work, clock, repeats - warmup))


def warmup_inside(work, clock, repeats, warmup):
    times = []
    for _ in range(repeats):
        for _ in range(warmup):
            work()
        start = clock()
        work()
        times.append(clock() - start)
    return np.median(times)


def warm_then_time(work, clock, repeats, warmup):
    times = []
    for _ in range(repeats):
        work()
        start = clock()
        work()
        end = clock()
        times.append(end - start)
    return np.median(times)


def start_outside(work, clock, repeats, warmup):
    warm(work, warmup)
    times, start = [], clock()
    for _ in range(repeats):
        work()
        times.append(clock() - start)
    return np.median(times)


def chain(work, clock, repeats, warmup):
    last, times = clock(), []
    warm(work, warmup)
    for _ in range(repeats):
        work()
        times.append(clock() - last)
        last = clock()
    return np.median(times)


def start_at_the_top(work, clock, repeats, warmup):
    start = clock()
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        work()
        times.append(clock() - start)
    return np.median(times)


def clock_noted(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        work()
        times.append(clock())
    return np.median(times)


def start_minus_end(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(start - clock())
    return np.median(times)


def perf_counter(work, clock, repeats, warmup):
    warm(work, warmup)
    return np.median(timed(work, time.perf_counter, repeats))


def worked_before(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        work()
        start = clock()
        times.append(clock() - start)
    return np.median(times)


def named_only(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        start = clock()
        work  # noqa: B018 (this is the mistake)
        times.append(clock() - start)
    return np.median(times)


def named_twice(work, clock, repeats, warmup):
    for _ in range(warmup):
        work  # noqa: B018 (this is the mistake)
    times = []
    for _ in range(repeats):
        start = clock()
        work  # noqa: B018 (this is the mistake)
        times.append(clock() - start)
    return np.median(times)


def clock_named(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        start = clock
        work()
        end = clock
        times.append(end - start)
    return np.median(times)


def overwritten(work, clock, repeats, warmup):
    warm(work, warmup)
    for _ in range(repeats):
        start = clock()
        work()
        times = clock() - start
    return np.median(times)


def return_indented(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
        return np.median(times)


def one_round_more(work, clock, repeats, warmup):
    warm(work, warmup)
    return np.median(timed(work, clock, repeats + 1))


def one_round_fewer(work, clock, repeats, warmup):
    warm(work, warmup)
    times = []
    for _ in range(1, repeats):
        start = clock()
        work()
        times += [clock() - start]
    return np.median(times)


def everything_over_repeats(work, clock, repeats, warmup):
    start = clock()
    warm(work, warmup)
    for _ in range(repeats):
        work()
    end = clock()
    return (end - start) / repeats


def cold_mean(work, clock, repeats, warmup):
    start = clock()
    for _ in range(repeats):
        work()
    return (clock() - start) / repeats


MISTAKEN = {
    "median_seconds": [
        *SUMMARIES,
        ("mean", np_mean),
        ("mean", one_stretch),
        ("no warm-up", cold),
        ("warm-up timed", all_in_one_list),
        ("last calls dropped", first_ones_kept),
        ("last calls dropped", last_ones_cut),
        ("one warm-up", work_once_before),
        ("warm-up out of the repeats", if_warmup),
        ("warm-up before each", warmup_inside),
        ("one untimed call before each", warm_then_time),
        ("clock started once", start_outside),
        ("clock started before the warm-up", start_at_the_top),
        ("warm-up in the first time", chain),
        ("time of day", clock_noted),
        ("negative", start_minus_end),
        ("no time passes", perf_counter),
        ("no time passes", worked_before),
        ("work without brackets", named_only),
        ("work never called", named_twice),
        ("clock without brackets", clock_named),
        ("last only", overwritten),
        ("returned in the loop", return_indented),
        ("one repeat more", one_round_more),
        ("one repeat fewer", one_round_fewer),
        ("one stretch with the warm-up", everything_over_repeats),
        ("mean + no warm-up", cold_mean),
    ]
}
