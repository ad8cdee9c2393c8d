"""Notebook 12: the mistakes known of the exercise in applications_5_wilson."""

from __future__ import annotations

from aigc_lab.exercises.bank.applications_5_wilson_terms import CENTRE, TERMS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_5_wilson

LEVEL = "Which z leaves 2.5% on either side?"
BACK = "Two numbers are asked for, low and high, between 0 and 1."

MISTAKES = (
    Mistake(
        "90%",
        symptom="the interval is too narrow",
        diagnosis="z = 1.645 belongs to 90%",
        hint=LEVEL,
        knobs={"z": 1.645},
    ),
    Mistake(
        "99%",
        symptom="the interval is too wide",
        diagnosis="z = 2.576 belongs to 99%",
        hint=LEVEL,
        knobs={"z": 2.576},
    ),
    Mistake(
        "z of 2",
        symptom="the interval is a little too wide",
        diagnosis="you take 2 for z, and 1.96 is asked for",
        hint=LEVEL,
        knobs={"z": 2.0},
    ),
    Mistake(
        "z of 0.95",
        symptom="the interval is far too narrow",
        diagnosis="you take the level, 0.95, for z",
        hint=LEVEL,
        knobs={"z": 0.95},
    ),
    *TERMS,
    Mistake(
        "around p",
        symptom="the interval is as wide as it should be, in the wrong place",
        diagnosis="you take p ± h; Wilson's is c ± h",
        hint=CENTRE,
        knobs={"told": "around p"},
    ),
    Mistake(
        "wrong ones counted",
        symptom="7 of 10 gives the interval of 3 of 10",
        diagnosis="your p is the rate of the wrong ones",
        hint="What is p for 10 of 10?",
        knobs={"p": "wrong"},
    ),
    Mistake(
        "whole division",
        symptom="all rates below 1 are taken for 0",
        diagnosis="you divide with //, which drops what stands behind the point",
        hint="What is 7 // 10 in Python?",
        knobs={"p": "whole"},
    ),
    Mistake(
        "exchanged",
        symptom="the higher bound comes first",
        diagnosis="you return (high, low)",
        hint=BACK,
        knobs={"told": "exchanged"},
    ),
    Mistake(
        "centre and half",
        symptom="the second number is smaller than the first",
        diagnosis="you return c and h, and not c − h and c + h",
        hint=BACK,
        knobs={"told": "centre, half"},
    ),
    Mistake(
        "half alone",
        symptom="one number comes back",
        diagnosis="you return h alone",
        hint=BACK,
        knobs={"told": "half"},
    ),
    Mistake(
        "width",
        symptom="one number comes back",
        diagnosis="you return how wide the interval is",
        hint=BACK,
        knobs={"told": "width"},
    ),
    Mistake(
        "half of the half",
        symptom="the interval is half as wide as it should be",
        diagnosis="you go h / 2 to each side; h is half the width already",
        hint="c ± h: how far is it from the centre to a bound?",
        knobs={"told": "half the width"},
    ),
    Mistake(
        "percent",
        symptom="the bounds lie between 0 and 100",
        diagnosis="you return percent",
        hint=BACK,
        knobs={"told": "percent"},
    ),
    Mistake(
        "counts",
        symptom="the bounds are numbers of examples",
        diagnosis="you multiply the bounds by n",
        hint=BACK,
        knobs={"told": "counts"},
    ),
    Mistake(
        "with the rate",
        symptom="three numbers come back",
        diagnosis="you return the rate between the two bounds",
        hint=BACK,
        knobs={"told": "with the rate"},
    ),
    Mistake(
        "with the centre",
        symptom="three numbers come back",
        diagnosis="you return the centre between the two bounds",
        hint=BACK,
        knobs={"told": "with the centre"},
    ),
)
