"""Notebook 09: the mistakes known of what a drawn world is, for gpt2_5_interval."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_5_interval

RATIOS = "A document of 10 bytes and one of 10,000: how much should each move bits per byte?"
SAME = "The nats and the bytes of a world belong to the same documents."

WORLDS = (
    Mistake(
        "mean of ratios",
        symptom="short documents count as much as long ones",
        diagnosis="you average the documents' own bits per byte",
        hint=RATIOS,
        knobs={"world": "mean of ratios"},
    ),
    Mistake(
        "sum of ratios",
        symptom="the more documents, the larger the answer",
        diagnosis="you add up the documents' own bits per byte",
        hint=RATIOS,
        knobs={"world": "sum of ratios"},
    ),
    Mistake(
        "median of ratios",
        symptom="short documents count as much as long ones",
        diagnosis="you take the median of the documents' own bits per byte",
        hint=RATIOS,
        knobs={"world": "median of ratios"},
    ),
    Mistake(
        "documents' own spread",
        symptom="the interval is far too wide",
        diagnosis="you take percentiles of all drawn documents, and never make a total of a world",
        hint="One world gives one number. How many numbers do your percentiles look at?",
        knobs={"world": "all ratios"},
    ),
    Mistake(
        "picks not used",
        symptom="the interval is far too wide",
        diagnosis="you take percentiles of the documents' own bits per byte, and draw nothing",
        hint="Which of the arguments does your code never mention?",
        knobs={"world": "no draws"},
    ),
    Mistake(
        "down the columns",
        symptom="the worlds are mixed: there is one number for each place in a row",
        diagnosis="you add up along axis 0, over the worlds, instead of over a world's documents",
        hint="picks has the shape (R, N). How many numbers should be left of it?",
        knobs={"world": "down the columns"},
    ),
    Mistake(
        "ratios down the columns",
        symptom="the worlds are mixed, and short documents count as much as long ones",
        diagnosis="you average the documents' own bits per byte, along axis 0",
        hint=RATIOS,
        knobs={"world": "ratios down the columns"},
    ),
    Mistake(
        "nats drawn only",
        symptom="worlds with many long documents look bad",
        diagnosis="you draw the nats, and divide by the bytes of all documents",
        hint=SAME,
        knobs={"world": "nats drawn only"},
    ),
    Mistake(
        "bytes drawn only",
        symptom="worlds with many long documents look good",
        diagnosis="you draw the bytes, and divide the nats of all documents by them",
        hint=SAME,
        knobs={"world": "bytes drawn only"},
    ),
    Mistake(
        "bytes of all worlds",
        symptom="the more worlds, the smaller the answer",
        diagnosis="you divide by the bytes of all worlds together: a sum without an axis",
        hint="What is the shape of bytes[picks].sum()?",
        knobs={"world": "bytes of all draws"},
    ),
    Mistake(
        "mean over sum",
        symptom="the more documents, the smaller the answer",
        diagnosis="you divide the mean of the nats by the sum of the bytes",
        hint="Sum by sum, or mean by mean; but not one by the other.",
        knobs={"world": "mean over sum"},
    ),
    Mistake(
        "sum over mean",
        symptom="the more documents, the larger the answer",
        diagnosis="you divide the sum of the nats by the mean of the bytes",
        hint="Sum by sum, or mean by mean; but not one by the other.",
        knobs={"world": "sum over mean"},
    ),
    Mistake(
        "upside down",
        symptom="a better model gets a larger number",
        diagnosis="you divide bytes by nats",
        hint="Bits per byte: what stands above, what below?",
        knobs={"world": "upside down"},
    ),
    Mistake(
        "no bytes",
        symptom="the longer the documents, the larger the answer",
        diagnosis="you take percentiles of the total cost, and do not divide by bytes",
        hint="Bits per byte: what stands below?",
        knobs={"world": "no bytes"},
    ),
    Mistake(
        "per document",
        symptom="the longer the documents, the larger the answer",
        diagnosis="you return bits per document: a mean of the drawn nats, without the bytes",
        hint="Bits per byte: what stands below?",
        knobs={"world": "per document"},
    ),
    Mistake(
        "each document once",
        symptom="the interval is off, since no document counts twice",
        diagnosis="you take each drawn document once in its world, however often it was drawn",
        hint="A bootstrap draws with replacement. What does a document count that comes twice?",
        knobs={"world": "each document once"},
    ),
    Mistake(
        "documents of the first world",
        symptom="the other worlds change nothing",
        diagnosis="you take percentiles of the documents that were drawn in the first world",
        hint="One row of picks is one world. How many numbers does it give?",
        knobs={"world": "first world"},
    ),
    Mistake(
        "first world only",
        symptom="both bounds are the same",
        diagnosis="you return or stop after the first row of picks",
        hint="How many worlds does a percentile need?",
        knobs={"world": "one world"},
    ),
    Mistake(
        "last world only",
        symptom="both bounds are the same",
        diagnosis="each world is written over the one before, instead of being collected",
        hint="Where does your list of worlds begin, and is it appended to?",
        knobs={"world": "last world"},
    ),
    Mistake(
        "numbers taken for weights",
        symptom="documents with large numbers count more",
        diagnosis="you multiply by picks, which holds the documents' numbers, not how often each "
        "was drawn",
        hint="picks[r] says which documents world r holds. How do you look them up?",
        knobs={"world": "numbers of the documents"},
    ),
    Mistake(
        "totals not begun anew",
        symptom="the worlds grow more and more alike",
        diagnosis="your sums go on from one world to the next",
        hint="Which lines have to be inside the loop over worlds, and which before it?",
        knobs={"world": "growing"},
    ),
)
