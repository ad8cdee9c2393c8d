"""Notebook 09: the mistakes known of how a text's nats are summed up, for gpt2_5_windows."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_5_windows

TOTALS = (
    Mistake(
        "mean",
        symptom="a long text costs no more than a short one",
        diagnosis="you return the mean over the targets instead of the total",
        hint="Bits per byte divide by bytes, not by tokens. What has to be handed on?",
        knobs={"total": "mean"},
    ),
    Mistake(
        "mean over ids",
        symptom="a long text costs no more than a short one",
        diagnosis="you divide the total by the number of ids",
        hint="Bits per byte divide by bytes, not by tokens. What has to be handed on?",
        knobs={"total": "mean over ids"},
    ),
    Mistake(
        "sum of means",
        symptom="the total is too small",
        diagnosis="you add up the windows' means",
        hint="Does a target count less because its window has many?",
        knobs={"total": "sum of means"},
    ),
    Mistake(
        "mean of means",
        symptom="a long text costs no more than a short one",
        diagnosis="you average the windows' means",
        hint="The total is asked for. Does a target count less because its window has many?",
        knobs={"total": "mean of means"},
    ),
    Mistake(
        "mean of sums",
        symptom="a long text costs no more than a short one",
        diagnosis="you divide the total by the number of windows",
        hint="How many nats does the whole text cost?",
        knobs={"total": "mean of sums"},
    ),
    Mistake(
        "bits",
        symptom="the answer is about 1.44 times the right one",
        diagnosis="you return bits, and the total in nats is asked for",
        hint="Who divides by ln 2: this function, or the one that gets its answer?",
        knobs={"total": "bits"},
    ),
    Mistake(
        "negative",
        symptom="the answer has the wrong sign",
        diagnosis="you turn the sign, as if loss_of gave log-probabilities; it gives nats, above 0",
        hint="Is a nat of loss_of positive or negative?",
        knobs={"total": "negative"},
    ),
    Mistake(
        "nats not added up",
        symptom="an array comes back instead of a number",
        diagnosis="you return the nats of all targets, and do not add them up",
        hint="The total is asked for.",
        knobs={"total": "nats"},
    ),
    Mistake(
        "one number a window",
        symptom="a list comes back instead of a number",
        diagnosis="you return one total for each window",
        hint="The total of the whole text is asked for.",
        knobs={"total": "list"},
    ),
    Mistake(
        "targets counted",
        symptom="the answer is the number of targets, whatever they cost",
        diagnosis="you count the nats instead of adding them up",
        hint="len or sum?",
        knobs={"total": "count"},
    ),
)
