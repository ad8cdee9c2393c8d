"""Notebook 09: the mistakes known of what a draw comes to, for gpt2_6_interval."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_6_interval_flawed import apart, inside_each_draw
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_6_interval

RATIOS = "A text of 10 bytes and one of 10,000: how much should each move bits per byte?"
SAME = "The nats and the bytes of a draw belong to the same texts."

DRAWS = (
    Mistake(
        "mean of ratios",
        symptom="short texts count as much as long ones",
        diagnosis="you average the texts' own bits per byte",
        hint=RATIOS,
        knobs={"draw": "mean of ratios"},
    ),
    Mistake(
        "sum of ratios",
        symptom="the more texts, the larger the answer",
        diagnosis="you add up the texts' own bits per byte",
        hint=RATIOS,
        knobs={"draw": "sum of ratios"},
    ),
    Mistake(
        "median of ratios",
        symptom="short texts count as much as long ones",
        diagnosis="you take the median of the texts' own bits per byte",
        hint=RATIOS,
        knobs={"draw": "median of ratios"},
    ),
    Mistake(
        "texts' own spread",
        symptom="the interval is far too wide",
        diagnosis="you take percentiles of all drawn texts, and never make a total of a draw",
        hint="One draw gives one number. How many numbers do your percentiles look at?",
        knobs={"draw": "all ratios"},
    ),
    Mistake(
        "picks not used",
        symptom="the interval is far too wide",
        diagnosis="you take percentiles of the texts' own bits per byte, and draw nothing",
        hint="Which of the arguments does your code never mention?",
        knobs={"draw": "no draws"},
    ),
    Mistake(
        "down the columns",
        symptom="the draws are mixed: there is one number for each place in a row",
        diagnosis="you add up over the draws, instead of over a draw's texts: axis 0, or Python's "
        "own sum",
        hint="picks has the shape (R, N). How many numbers should be left of it?",
        knobs={"draw": "down the columns"},
    ),
    Mistake(
        "ratios down the columns",
        symptom="the draws are mixed, and short texts count as much as long ones",
        diagnosis="you average the texts' own bits per byte, along axis 0",
        hint=RATIOS,
        knobs={"draw": "ratios down the columns"},
    ),
    Mistake(
        "nats drawn only",
        symptom="draws with many long texts look bad",
        diagnosis="you draw the nats, and divide by the bytes of all texts",
        hint=SAME,
        knobs={"draw": "nats drawn only"},
    ),
    Mistake(
        "bytes drawn only",
        symptom="draws with many long texts look good",
        diagnosis="you draw the bytes, and divide the nats of all texts by them",
        hint=SAME,
        knobs={"draw": "bytes drawn only"},
    ),
    Mistake(
        "bytes of all draws",
        symptom="the more draws, the smaller the answer",
        diagnosis="you divide by the bytes of all draws together: a sum without an axis",
        hint="What is the shape of bytes[picks].sum()?",
        knobs={"draw": "bytes of all draws"},
    ),
    Mistake(
        "all draws at once",
        symptom="both bounds are the same",
        diagnosis="you add up the nats of all draws, and their bytes: sums without an axis",
        hint="picks has the shape (R, N). How many numbers should be left of it?",
        knobs={"draw": "all draws at once"},
    ),
    Mistake(
        "percentiles inside each draw",
        symptom="two numbers for each draw come back",
        diagnosis="you take percentiles of the texts of each draw, along axis 1",
        hint="One draw gives one number. Over what do the percentiles go?",
        wrong=inside_each_draw,
    ),
    Mistake(
        "mean over sum",
        symptom="the more texts, the smaller the answer",
        diagnosis="you divide the mean of the nats by the sum of the bytes",
        hint="Sum by sum, or mean by mean; but not one by the other.",
        knobs={"draw": "mean over sum"},
    ),
    Mistake(
        "sum over mean",
        symptom="the more texts, the larger the answer",
        diagnosis="you divide the sum of the nats by the mean of the bytes",
        hint="Sum by sum, or mean by mean; but not one by the other.",
        knobs={"draw": "sum over mean"},
    ),
    Mistake(
        "upside down",
        symptom="a better model gets a larger number",
        diagnosis="you divide bytes by nats",
        hint="Bits per byte: what stands above, what below?",
        knobs={"draw": "upside down"},
    ),
    Mistake(
        "no bytes",
        symptom="the longer the texts, the larger the answer",
        diagnosis="you take percentiles of the total cost, and do not divide by bytes",
        hint="Bits per byte: what stands below?",
        knobs={"draw": "no bytes"},
    ),
    Mistake(
        "per text",
        symptom="the longer the texts, the larger the answer",
        diagnosis="you return bits per text: a mean of the drawn nats, without the bytes",
        hint="Bits per byte: what stands below?",
        knobs={"draw": "per text"},
    ),
    Mistake(
        "each text once",
        symptom="the interval is off, since no text counts twice",
        diagnosis="you take each text of a draw once, however often it comes",
        hint="A bootstrap draws with replacement. What does a text count that comes twice?",
        knobs={"draw": "each text once"},
    ),
    Mistake(
        "texts of the first draw",
        symptom="the other draws change nothing",
        diagnosis="you take percentiles of the texts of the first draw",
        hint="One row of picks is one draw. How many numbers does it give?",
        knobs={"draw": "first draw"},
    ),
    Mistake(
        "first draw only",
        symptom="both bounds are the same",
        diagnosis="you return or stop after the first row of picks",
        hint="How many draws does a percentile need?",
        knobs={"draw": "one draw"},
    ),
    Mistake(
        "last draw only",
        symptom="both bounds are the same",
        diagnosis="each draw is written over the one before, instead of being collected",
        hint="Where does your list of draws begin, and is it appended to?",
        knobs={"draw": "last draw"},
    ),
    Mistake(
        "numbers taken for weights",
        symptom="texts with large numbers count more",
        diagnosis="you multiply by picks, which holds the texts' numbers, not how often each "
        "was drawn",
        hint="picks[r] says which texts draw r holds. How do you look them up?",
        knobs={"draw": "numbers of the texts"},
    ),
    Mistake(
        "totals not begun anew",
        symptom="the draws grow more and more alike",
        diagnosis="your sums go on from one draw to the next",
        hint="Which lines have to be inside the loop over draws, and which before it?",
        knobs={"draw": "growing"},
    ),
    Mistake(
        "percentiles apart",
        symptom="the interval is too narrow, and may stand on its head",
        diagnosis="you take percentiles of the nats and of the bytes, and divide these",
        hint="The draw with few nats is likely one with few bytes. Which ratio did it have?",
        wrong=apart,
    ),
)
