"""Notebook 09: the mistakes known of what is taken off a row of logits, for gpt2_3_gap."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_3_gap

CONSTANT = "Add 5 to all logits of one row: no probability changes. Does your answer?"
EACH_ROW = "Each position has a softmax of its own. Along which axis does it run?"
NOT_THE_MEAN = "Where a constant is added, its mean moves with it, and so do other numbers. Which "
NOT_THE_MEAN += "of them is asked for?"
BOTH = "Two rows came in. How many of them did you centre?"

CENTRES = (
    Mistake(
        "not centred",
        symptom="a constant added to a row counts as a difference",
        diagnosis="you compare the logits as they are, or take the same number off both",
        hint=CONSTANT,
        knobs={"centre": "nothing"},
    ),
    Mistake(
        "first centred only",
        symptom="the mean of the second model's rows counts as a difference",
        diagnosis="you take the mean off the first model's rows only",
        hint=BOTH,
        knobs={"first": "centre a only"},
    ),
    Mistake(
        "second centred only",
        symptom="the mean of the first model's rows counts as a difference",
        diagnosis="you take the mean off the second model's rows only",
        hint=BOTH,
        knobs={"first": "centre b only"},
    ),
    Mistake(
        "mean of all",
        symptom="a constant added to one row counts as a difference",
        diagnosis="you take off one mean of all logits: a mean without an axis",
        hint=EACH_ROW,
        knobs={"centre": "mean of all"},
    ),
    Mistake(
        "column means",
        symptom="a constant added to one row counts as a difference",
        diagnosis="you take off the means of the columns, axis 0",
        hint=EACH_ROW,
        knobs={"centre": "column mean"},
    ),
    Mistake(
        "axis dropped",
        symptom="it stops with a ValueError about shapes, or is wrong where T = V",
        diagnosis="the rows' means have the shape (T,), and NumPy lines them up with the columns",
        hint="What shape must the means have, so that row t loses its own mean?",
        knobs={"centre": "axis dropped"},
    ),
    Mistake(
        "dim",
        symptom="it stops with a TypeError about dim",
        diagnosis="you write dim, as in PyTorch; these are NumPy arrays",
        hint="NumPy's word for it is axis, and keepdims has an s.",
        knobs={"centre": "dim"},
    ),
    Mistake(
        "keepdim",
        symptom="it stops with a TypeError about keepdim",
        diagnosis="you write keepdim, as in PyTorch; these are NumPy arrays",
        hint="NumPy's keepdims has an s.",
        knobs={"centre": "keepdim"},
    ),
    Mistake(
        "column means down the rows",
        symptom="it stops with a ValueError about shapes, or is wrong where T = V",
        diagnosis="you take the means of the columns, axis 0, and line them up with the rows",
        hint=EACH_ROW,
        knobs={"centre": "columns down the rows"},
    ),
    Mistake(
        "largest taken off",
        symptom="the largest logit of a row decides how all the others compare",
        diagnosis="you take off each row's largest logit instead of its mean",
        hint=NOT_THE_MEAN,
        knobs={"centre": "row max"},
    ),
    Mistake(
        "largest of all taken off",
        symptom="a constant added to one row counts as a difference",
        diagnosis="you take off the largest of all logits",
        hint=EACH_ROW,
        knobs={"centre": "max of all"},
    ),
    Mistake(
        "smallest taken off",
        symptom="the smallest logit of a row decides how all the others compare",
        diagnosis="you take off each row's smallest logit instead of its mean",
        hint=NOT_THE_MEAN,
        knobs={"centre": "row min"},
    ),
    Mistake(
        "median taken off",
        symptom="the answer is a little off",
        diagnosis="you take off each row's median instead of its mean",
        hint=NOT_THE_MEAN,
        knobs={"centre": "row median"},
    ),
    Mistake(
        "median of the differences taken off",
        symptom="the answer is a little off",
        diagnosis="you take off the median of each row's differences instead of their mean",
        hint=NOT_THE_MEAN,
        knobs={"centre": "row median", "first": "difference"},
    ),
    Mistake(
        "first token taken off",
        symptom="the first token of the vocabulary decides how all the others compare",
        diagnosis="you take off each row's first logit instead of its mean",
        hint=NOT_THE_MEAN,
        knobs={"centre": "first token"},
    ),
    Mistake(
        "sum taken off",
        symptom="the answer is far too large, and a constant makes it larger",
        diagnosis="you take off each row's sum instead of its mean",
        hint=CONSTANT,
        knobs={"centre": "row sum"},
    ),
    Mistake(
        "mean added",
        symptom="a constant added to a row counts twice",
        diagnosis="you add each row's mean instead of taking it off",
        hint=CONSTANT,
        knobs={"centre": "mean added"},
    ),
    Mistake(
        "divided by the mean",
        symptom="rows whose mean is near 0 decide",
        diagnosis="you divide by each row's mean instead of taking it off",
        hint="What undoes the adding of a constant?",
        knobs={"centre": "over its mean"},
    ),
    Mistake(
        "log-probabilities",
        symptom="a constant does not count, but the likeliest tokens decide",
        diagnosis="you compare log-probabilities: log softmax takes off a row's log-sum-exp, not "
        "its mean",
        hint=NOT_THE_MEAN,
        knobs={"centre": "log softmax"},
    ),
    Mistake(
        "probabilities",
        symptom="differences of unlikely tokens hardly count",
        diagnosis="you compare probabilities, after a softmax, instead of centred logits",
        hint="A token of probability 0.0001 or 0.0002: is that a small difference in logits?",
        knobs={"centre": "softmax"},
    ),
    Mistake(
        "standardised",
        symptom="a model that is twice as sure looks the same",
        diagnosis="you divide each row by its standard deviation as well",
        hint="Does a factor of 2 change what softmax makes of a row?",
        knobs={"centre": "standardised"},
    ),
    Mistake(
        "lengths made 1",
        symptom="a model that is twice as sure looks the same, and a constant counts",
        diagnosis="you divide each row by its length",
        hint="Does a factor of 2 change what softmax makes of a row? And a constant?",
        knobs={"centre": "over its length"},
    ),
    Mistake(
        "means compared",
        symptom="only a constant counts, which should not",
        diagnosis="you compare the means of the rows",
        hint=CONSTANT,
        knobs={"centre": "means only"},
    ),
)
