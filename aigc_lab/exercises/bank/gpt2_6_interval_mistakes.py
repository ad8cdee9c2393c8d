"""Notebook 09: the mistakes known of the exercise in gpt2_6_interval."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_6_interval_draws import DRAWS
from aigc_lab.exercises.bank.gpt2_6_interval_flawed import (
    levels_as_two_arguments,
    numpy_quantile_of_percents,
    torch_quantile_of_percents,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_6_interval

BITS = "One bit is about 0.69 nats. Is a number of bits larger or smaller than its nats?"
LEVELS = "95 of 100 draws lie between the bounds. How many lie below, and how many above?"
NO_BELL = "The draws are there, all of them: sort them, and cut 2.5 % off at either end."
BOTH = "Two numbers are asked for: the lower bound and the upper one."

MISTAKES = (
    *DRAWS,
    Mistake(
        "nats",
        symptom="the answer is about 0.69 times the right one",
        diagnosis="you return nats per byte, and bits are asked for",
        hint=BITS,
        knobs={"unit": "nats"},
    ),
    Mistake(
        "times ln 2",
        symptom="the answer is about half the right one",
        diagnosis="you multiply by ln 2 to get bits, instead of dividing",
        hint=BITS,
        knobs={"unit": "times ln 2"},
    ),
    Mistake(
        "logarithm of the ratio",
        symptom="the answer is too small, and may be below 0",
        diagnosis="you take log2 of the nats per byte",
        hint="A unit is changed by a factor: how many bits is one nat?",
        knobs={"unit": "log2"},
    ),
    Mistake(
        "eighths",
        symptom="the answer is an eighth of the right one",
        diagnosis="you divide by 8 as well: bits for each bit of the text",
        hint="Bits per byte: what do we count, and for each what?",
        knobs={"unit": "eighths"},
    ),
    Mistake(
        "hundredth part of the levels",
        symptom="both bounds are among the lowest draws",
        diagnosis="you ask np.percentile for 0.025 and 0.975; it counts to 100, np.quantile to 1",
        hint="How many of 100 draws lie below the percentile 0.975?",
        knobs={"levels": "hundredth part"},
    ),
    Mistake(
        "5 and 95",
        symptom="the interval is too narrow",
        diagnosis="you cut off 5 % at either end, which leaves 90 %",
        hint=LEVELS,
        knobs={"levels": "5 and 95"},
    ),
    Mistake(
        "0 and 95",
        symptom="the interval reaches too far down, and not far enough up",
        diagnosis="you cut off 5 % above and nothing below",
        hint=LEVELS,
        knobs={"levels": "0 and 95"},
    ),
    Mistake(
        "2.5 and 95",
        symptom="the upper bound is too low",
        diagnosis="you take the percentiles 2.5 and 95",
        hint=LEVELS,
        knobs={"levels": "2.5 and 95"},
    ),
    Mistake(
        "5 and 97.5",
        symptom="the lower bound is too high",
        diagnosis="you take the percentiles 5 and 97.5",
        hint=LEVELS,
        knobs={"levels": "5 and 97.5"},
    ),
    Mistake(
        "0.5 and 99.5",
        symptom="the interval is too wide",
        diagnosis="you take the percentiles 0.5 and 99.5, which hold 99 % of the draws",
        hint=LEVELS,
        knobs={"levels": "0.5 and 99.5"},
    ),
    Mistake(
        "quarters",
        symptom="the interval is far too narrow",
        diagnosis="you take the percentiles 25 and 75, which hold half of the draws",
        hint=LEVELS,
        knobs={"levels": "quarters"},
    ),
    Mistake(
        "least and most",
        symptom="the interval is too wide, the more so the more draws there are",
        diagnosis="you return the smallest and the largest of the draws",
        hint=LEVELS,
        knobs={"levels": "least and most"},
    ),
    Mistake(
        "two deviations",
        symptom="the interval is symmetric, as if the draws made a bell",
        diagnosis="you take 1.96 standard deviations to either side of the draws' mean",
        hint=NO_BELL,
        knobs={"bounds": "two deviations"},
    ),
    Mistake(
        "2 deviations",
        symptom="the interval is symmetric, as if the draws made a bell",
        diagnosis="you take 2 standard deviations to either side of the draws' mean",
        hint=NO_BELL,
        knobs={"bounds": "2 deviations"},
    ),
    Mistake(
        "two deviations around the measured",
        symptom="the interval is symmetric, as if the draws made a bell",
        diagnosis="you take 1.96 standard deviations to either side of what was measured",
        hint=NO_BELL,
        knobs={"bounds": "two deviations around the measured"},
    ),
    Mistake(
        "two standard errors",
        symptom="the interval is far too narrow, the more so the more draws there are",
        diagnosis="you divide the draws' deviation by the square root of their number",
        hint="More draws cost nothing. Can they make the measurement surer?",
        knobs={"bounds": "two standard errors"},
    ),
    Mistake(
        "divided by the texts again",
        symptom="the interval is far too narrow",
        diagnosis="you divide the draws' deviation by the square root of the number of texts",
        hint="Each draw holds as many texts as were measured. What does its spread say?",
        knobs={"bounds": "two deviations, n"},
    ),
    Mistake(
        "turned around",
        symptom="the interval is mirrored at what was measured",
        diagnosis="you take the percentiles off twice what was measured: another kind of bootstrap",
        hint="The percentiles themselves are asked for.",
        knobs={"bounds": "turned around"},
    ),
    Mistake(
        "distances",
        symptom="the numbers are far too small",
        diagnosis="you return how far the bounds are from what was measured, not the bounds",
        hint="Between which two numbers of bits per byte do 95 of 100 draws lie?",
        knobs={"bounds": "distances"},
    ),
    Mistake(
        "not sorted",
        symptom="the bounds depend on the order of the draws",
        diagnosis="you take two places of the list of draws and have not sorted it",
        hint="sorted(x) gives a sorted list back, and x stays as it is.",
        knobs={"bounds": "unsorted"},
    ),
    Mistake(
        "one place further",
        symptom="both bounds are a little too high",
        diagnosis="you count the places of the sorted draws from 1",
        hint="With 41 draws, which place has 2.5 % of the way behind it, counted from 0?",
        knobs={"bounds": "one further"},
    ),
    Mistake(
        "exchanged",
        symptom="the numbers are right and stand in the wrong order",
        diagnosis="you return the upper bound first",
        hint="First the lower bound, then the upper one.",
        knobs={"told": "exchanged"},
    ),
    Mistake(
        "width",
        symptom="one number comes back",
        diagnosis="you return the distance of the bounds",
        hint=BOTH,
        knobs={"told": "width"},
    ),
    Mistake(
        "half the width",
        symptom="one number comes back",
        diagnosis="you return half the distance of the bounds, what stands behind a ±",
        hint=BOTH,
        knobs={"told": "half"},
    ),
    Mistake(
        "with the median",
        symptom="three numbers come back",
        diagnosis="you return the draws' median between the bounds",
        hint=BOTH,
        knobs={"told": "with the middle"},
    ),
    Mistake(
        "with what was measured",
        symptom="three numbers come back",
        diagnosis="you return what was measured between the bounds",
        hint=BOTH,
        knobs={"told": "with the measured"},
    ),
    Mistake(
        "lower bound only",
        symptom="one number comes back",
        diagnosis="you return the lower bound only",
        hint=BOTH,
        knobs={"told": "low"},
    ),
    Mistake(
        "all draws",
        symptom="a number for each draw comes back",
        diagnosis="you return the bits per byte of all draws instead of two percentiles of them",
        hint=BOTH,
        knobs={"told": "draws"},
    ),
    Mistake(
        "all draws, sorted",
        symptom="a number for each draw comes back",
        diagnosis="you return the sorted bits per byte of all draws instead of two of them",
        hint=BOTH,
        knobs={"told": "draws, sorted"},
    ),
    Mistake(
        "levels as two arguments",
        symptom="it stops with a TypeError inside np.percentile",
        diagnosis="you give np.percentile the levels one by one, and it takes the second for an "
        "axis",
        hint="Several levels are one argument: a list of them.",
        wrong=levels_as_two_arguments,
    ),
    Mistake(
        "quantiles above 1",
        symptom="it stops with a ValueError about the range of quantiles",
        diagnosis="you ask np.quantile for 2.5 and 97.5; it counts to 1, np.percentile to 100",
        hint="Which part of 1 is 2.5 %?",
        wrong=numpy_quantile_of_percents,
    ),
    Mistake(
        "quantiles above 1 in torch",
        symptom="it stops with a RuntimeError about the range of quantiles",
        diagnosis="you ask torch.quantile for 2.5 and 97.5; it counts to 1",
        hint="Which part of 1 is 2.5 %?",
        wrong=torch_quantile_of_percents,
    ),
)
