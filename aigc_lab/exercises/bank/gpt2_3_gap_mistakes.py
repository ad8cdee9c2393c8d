"""Notebook 09: the mistakes known of the exercise in gpt2_3_gap."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_3_gap_centres import CENTRES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_3_gap

SIGN = "Is a logit that is 3 too small nearer than one that is 1 too large?"
ONE = "One number is asked for: the worst place of all."
WORST = "A single wrong logit among thousands: which summary shows it?"
UNITS = "The largest difference of two logits is asked for, in logits."
RANGE = "Both rows have lost their means. What is left to do with their differences?"

MISTAKES = (
    *CENTRES,
    Mistake(
        "signed",
        symptom="a logit of the second model that is far too large goes unseen",
        diagnosis="you take the largest of a - b, without its absolute value",
        hint=SIGN,
        knobs={"gap": "signed"},
    ),
    Mistake(
        "signed, turned",
        symptom="a logit of the second model that is far too small goes unseen",
        diagnosis="you take the largest of b - a, without its absolute value",
        hint=SIGN,
        knobs={"gap": "signed, turned"},
    ),
    Mistake(
        "abs of an array",
        symptom="it stops with an AttributeError: an array has no abs",
        diagnosis="you write .abs(), which tensors have; these are NumPy arrays",
        hint="Which function takes the absolute values of an array?",
        knobs={"gap": "abs of torch"},
    ),
    Mistake(
        "absolute differences first",
        symptom="differences of opposite sign look alike before they are centred",
        diagnosis="you take the absolute difference first, and centre that",
        hint="A row where all logits differ by +1 or -1: what is left once its absolute "
        "differences are centred?",
        knobs={"first": "absolute differences"},
    ),
    Mistake(
        "absolute differences first and last",
        symptom="differences of opposite sign look alike before they are centred",
        diagnosis="you take the absolute difference, centre it, and take absolute values again",
        hint="A row where all logits differ by +1 or -1: what is left once its absolute "
        "differences are centred?",
        knobs={"first": "absolute differences, twice"},
    ),
    Mistake(
        "smallest",
        symptom="the answer is nearly 0",
        diagnosis="you take the smallest difference",
        hint=WORST,
        knobs={"gap": "smallest"},
    ),
    Mistake(
        "mean",
        symptom="a single wrong logit hardly counts",
        diagnosis="you take the mean of the absolute differences",
        hint=WORST,
        knobs={"gap": "mean"},
    ),
    Mistake(
        "median",
        symptom="a single wrong logit does not count",
        diagnosis="you take the median of the absolute differences",
        hint=WORST,
        knobs={"gap": "median"},
    ),
    Mistake(
        "sum",
        symptom="the more logits, the larger the answer",
        diagnosis="you add up the absolute differences",
        hint=WORST,
        knobs={"gap": "sum"},
    ),
    Mistake(
        "largest square",
        symptom="large differences grow and small ones shrink",
        diagnosis="you square the differences, and do not undo it",
        hint=UNITS,
        knobs={"gap": "squares"},
    ),
    Mistake(
        "mean of squares",
        symptom="a single wrong logit hardly counts",
        diagnosis="you take the mean of the squared differences",
        hint=WORST,
        knobs={"gap": "mean of squares"},
    ),
    Mistake(
        "root mean square",
        symptom="a single wrong logit counts little",
        diagnosis="you take the root of the mean square",
        hint=WORST,
        knobs={"gap": "root mean square"},
    ),
    Mistake(
        "length",
        symptom="the more logits, the larger the answer",
        diagnosis="you take the length of all differences as one vector (np.linalg.norm)",
        hint=UNITS,
        knobs={"gap": "length"},
    ),
    Mistake(
        "largest row sum",
        symptom="the more tokens, the larger the answer",
        diagnosis="you add up the absolute differences of each row, as np.linalg.norm of a table "
        "does with inf, too",
        hint=UNITS,
        knobs={"gap": "largest row sum"},
    ),
    Mistake(
        "longest row",
        symptom="the more tokens, the larger the answer",
        diagnosis="you take the length of each row of differences, and the largest of these",
        hint=UNITS,
        knobs={"gap": "longest row"},
    ),
    Mistake(
        "row by row",
        symptom="a number comes back for each position",
        diagnosis="you take the largest difference of each row",
        hint=ONE,
        knobs={"gap": "row by row"},
    ),
    Mistake(
        "column by column",
        symptom="a number comes back for each token of the vocabulary",
        diagnosis="you take the largest difference of each column",
        hint=ONE,
        knobs={"gap": "column by column"},
    ),
    Mistake(
        "mean of rows",
        symptom="a single wrong position hardly counts",
        diagnosis="you average the largest differences of the rows",
        hint=ONE,
        knobs={"gap": "mean of rows"},
    ),
    Mistake(
        "first row",
        symptom="positions behind the first change nothing",
        diagnosis="you look at the first position only, or return inside the loop",
        hint=ONE,
        knobs={"gap": "first row"},
    ),
    Mistake(
        "last row",
        symptom="positions before the last change nothing",
        diagnosis="you look at the last position only, or write each row over the one before",
        hint=ONE,
        knobs={"gap": "last row"},
    ),
    Mistake(
        "all differences",
        symptom="an array comes back instead of a number",
        diagnosis="you return all differences",
        hint=ONE,
        knobs={"gap": "all"},
    ),
    Mistake(
        "all differences, absolute",
        symptom="an array comes back instead of a number",
        diagnosis="you return all absolute differences",
        hint=ONE,
        knobs={"gap": "all, absolute"},
    ),
    Mistake(
        "place",
        symptom="the answer is a whole number",
        diagnosis="you return where the largest difference stands: argmax instead of max",
        hint=UNITS,
        knobs={"gap": "place"},
    ),
    Mistake(
        "range",
        symptom="the answer is too large",
        diagnosis="you take the distance from a row's lowest difference to its highest, or take "
        "off one of these instead of the mean",
        hint=RANGE,
        knobs={"gap": "range"},
    ),
    Mistake(
        "half the range",
        symptom="the answer is a little too small",
        diagnosis="you take half the distance from a row's lowest difference to its highest, which "
        "takes off the middle of the two instead of the mean",
        hint=RANGE,
        knobs={"gap": "half the range"},
    ),
    Mistake(
        "between the largest",
        symptom="only the likeliest tokens count",
        diagnosis="you compare the largest logit of the one with the largest logit of the other",
        hint="Two models may be sure of different tokens. Is there no gap then?",
        knobs={"gap": "between the largest"},
    ),
    Mistake(
        "between the rows' largest",
        symptom="only the likeliest tokens count",
        diagnosis="you compare each row's largest logit with the other model's largest logit",
        hint="Two models may be sure of different tokens. Is there no gap then?",
        knobs={"gap": "between the rows' largest"},
    ),
    Mistake(
        "relative",
        symptom="logits near 0 decide",
        diagnosis="you divide the differences by the first model's logits",
        hint=UNITS,
        knobs={"gap": "relative"},
    ),
    Mistake(
        "relative to b",
        symptom="logits near 0 decide",
        diagnosis="you divide the differences by the second model's logits",
        hint=UNITS,
        knobs={"gap": "relative to b"},
    ),
    Mistake(
        "close or not",
        symptom="the answer is True or False",
        diagnosis="you ask whether all logits are close",
        hint=UNITS,
        knobs={"gap": "close"},
    ),
)
