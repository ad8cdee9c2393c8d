"""Notebook 02: the loss of a language model."""

from __future__ import annotations

import numpy as np

from aigc_lab.exercises.bank.language_modelling_loss_flawed import (
    capped_at,
    flawed,
    log_in_math,
    overflow_in_math,
    rows_of_scores,
    surprise_has_no_cap,
)
from aigc_lab.exercises.definition import Exercise, Law, Mistake, Probe, probe
from aigc_lab.model.reference import cross_entropy


def probes() -> list[Probe]:
    """Logits of ordinary size, huge ones, and rows with a hopeless right answer.

    All but one are square: a wrong shape gives wrong numbers, and not the error of some library.
    """
    draw = np.random.default_rng(7)
    three = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 3.0], [1.0, 1.0, 0.0]])
    huge = np.array([[1000.0, 1001.0, 999.0]] * 3)
    hopeless = np.array([[0.0, 900.0, 3.0], [2.0, 0.0, 1.0], [1.0, 2.0, 2.0]])
    far = np.array([[0.0, 1.0, 3.0], [3000.0, 3002.0, 3001.0], [1.0, 0.0, 0.0]])
    single = draw.uniform(-30, 30, size=(13, 13)).astype(np.float32)
    return [
        probe("three positions, three tokens", three, np.array([0, 1, 0])),
        probe("one position, 5 tokens", 2 * draw.normal(size=(1, 5)), np.array([0])),
        probe("7 positions, 7 tokens", draw.normal(size=(7, 7)), draw.integers(7, size=7)),
        probe("a uniform guess among 13", np.zeros((13, 13)), draw.integers(13, size=13)),
        probe("scores around 1000", huge, np.array([0, 2, 2])),
        probe("scores around -1000", huge - 2000, np.array([2, 1, 2])),
        probe("a right token that lies 900 behind", hopeless, np.array([0, 2, 2])),
        probe("two rows near 0, one near 3000", far, np.array([2, 1, 2])),
        probe("float32 scores up to 30", single, draw.integers(13, size=13), tolerance=1e-4),
    ]


EXERCISES = (
    Exercise(
        name="cross_entropy",
        notebook="02_language_modelling",
        title="The mean surprise at the right token, from scores",
        points=2,
        reference=cross_entropy,
        probes=probes,
        hints=(
            "Work out the loss of one row on paper: the log-sum-exp of its scores, minus the score "
            "of the right token.",
            "Subtract each row's maximum. Then log-sum-exp of a row is np.log of the sum of "
            "np.exp. Pick the right token's shifted score from each row with "
            "`z[np.arange(N), targets]`, subtract it, and take the mean over the rows.",
            "z = logits - logits.max(axis=-1, keepdims=True)  # (N, V)\n"
            "log_total = np.log(np.exp(z).sum(axis=-1))  # (N,)\n"
            "right = z[np.arange(len(targets)), targets]  # (N,)\n"
            "…the surprise is the difference of the last two; return its mean",
        ),
        flawed=flawed,
        mistakes=(
            Mistake(
                "sum",
                symptom="the loss grows with the number of positions",
                diagnosis="you add the surprises up instead of taking their mean",
                hint="The loss of a text twice as long should be about the same.",
                knobs={"average": "sum"},
            ),
            Mistake(
                "no mean",
                symptom="there is one number for each position",
                diagnosis="you return the surprises without their mean",
                hint="Training needs one number that says how good the model is.",
                knobs={"average": "none"},
            ),
            Mistake(
                "mean over all numbers",
                symptom="the loss is too small, by a factor of V",
                diagnosis="you take the mean over all N times V numbers, most of which are zero",
                hint="Each position has one surprise. Over how many numbers should the mean go?",
                knobs={"average": "numbers"},
            ),
            Mistake(
                "bits",
                symptom="a uniform guess among 13 costs 3.70 and not ln 13 = 2.56",
                diagnosis="you take logarithms to base 2, which gives bits",
                hint="The course measures loss in nats: np.log.",
                knobs={"unit": np.log(2.0)},
            ),
            Mistake(
                "sign",
                symptom="the loss is negative",
                diagnosis="you return the mean log-probability without its minus",
                hint="Log-probabilities are never above 0, a surprise is never below.",
                knobs={"unit": -1.0},
            ),
            Mistake(
                "overflow",
                symptom="large scores give nan or an infinite loss",
                diagnosis="you take exp of the scores as they are",
                hint="Subtract each row's maximum first: the loss does not change, and exp stays "
                "within bounds.",
                knobs={"shift": "nothing"},
            ),
            Mistake(
                "overflow in math",
                symptom="it stops with an OverflowError, or at the logarithm of 0",
                diagnosis="math.exp refuses scores above 709, and gives 0 for those far below zero",
                hint="Subtract each row's maximum first: the loss does not change, and exp stays "
                "within bounds.",
                wrong=overflow_in_math,
            ),
            Mistake(
                "log of softmax",
                symptom="a right token with a very low score gives an infinite loss",
                diagnosis="you compute the probability first, it rounds to 0, and then you take "
                "its logarithm",
                hint="Never take exp and log in turn: the loss is log-sum-exp minus the score "
                "itself.",
                knobs={"through": "softmax"},
            ),
            Mistake(
                "log times zero",
                symptom="a token with a very low score gives nan, even where another one is right",
                diagnosis="you compute the probabilities first, one of them rounds to 0, its "
                "logarithm is minus infinity, and the one-hot row multiplies that by 0",
                hint="Never take exp and log in turn: the loss is log-sum-exp minus the score "
                "itself.",
                knobs={"through": "softmax", "pick": "one-hot"},
            ),
            Mistake(
                "log in math",
                symptom="a right token with a very low score stops it with a ValueError",
                diagnosis="you compute the probability first, it rounds to 0, and math.log refuses "
                "that",
                hint="Never take exp and log in turn: the loss is log-sum-exp minus the score "
                "itself.",
                wrong=log_in_math,
            ),
            *map(capped_at, (1e-8, 1e-9, 1e-10, 1e-12, 1e-15)),
            Mistake(
                "one maximum",
                symptom="rows whose scores lie far below another row's give no finite loss",
                diagnosis="you subtract the largest score of the whole array from every row",
                hint="Each row needs its own maximum: axis=-1, keepdims=True.",
                knobs={"shift": "all"},
            ),
            Mistake(
                "keepdims of the maximum",
                symptom="a square table is shifted column by column, and other shapes fail",
                diagnosis="the maxima have lost their last axis, so that they are lined up with "
                "the columns",
                hint="What does keepdims=True do (keepdim in PyTorch)?",
                knobs={"shift": "no keepdims"},
            ),
            Mistake(
                "keepdims of the sum",
                symptom="log-sum-exps are subtracted column by column, and other shapes fail",
                diagnosis="the sums have lost their last axis, so that they are lined up with the "
                "columns",
                hint="What does keepdims=True do (keepdim in PyTorch)?",
                knobs={"keep": False},
            ),
            Mistake(
                "scores as probabilities",
                symptom="negative scores give nan",
                diagnosis="you take the logarithm of the score, as if it were a probability",
                hint="Scores become probabilities through softmax.",
                knobs={"through": "raw"},
            ),
            Mistake(
                "softmax twice",
                symptom="the loss hardly moves, whatever the scores say",
                diagnosis="you apply softmax to the scores, and then log-sum-exp to its result",
                hint="Log-softmax contains the softmax already: give it the scores themselves.",
                knobs={"through": "twice"},
            ),
            Mistake(
                "no logarithm",
                symptom="the loss lies between -1 and 0",
                diagnosis="you return minus the mean probability of the right tokens",
                hint="A surprise is minus the logarithm of a probability.",
                knobs={"through": "no log"},
            ),
            Mistake(
                "every pair",
                symptom="each position is scored with the targets of all positions",
                diagnosis="`[:, targets]` takes all the targets' columns from every row, which "
                "gives N times N numbers",
                hint="Row n needs column targets[n] only: give NumPy the rows too, np.arange(N).",
                knobs={"pick": "every"},
            ),
            Mistake(
                "whole rows",
                symptom="rows are picked where tokens should be",
                diagnosis="`[targets]` alone picks whole rows, as if the targets were positions",
                hint="The target names a column. Which row does it belong to?",
                knobs={"pick": "rows"},
            ),
            Mistake(
                "whole rows of scores",
                symptom="rows are picked where tokens should be",
                diagnosis="`[targets]` alone picks whole rows of scores, as if the targets were "
                "positions",
                hint="The target names a column. Which row does it belong to?",
                wrong=rows_of_scores,
            ),
            Mistake(
                "half shifted",
                symptom="the loss can be negative, and depends on how large the scores are",
                diagnosis="you subtract the maximum in the log-sum-exp, but not from the right "
                "token's score",
                hint="The shift drops out only if both parts of the difference have it.",
                knobs={"through": "half shifted"},
            ),
            Mistake(
                "maximum added",
                symptom="the loss grows with the scores, however well they fit",
                diagnosis="you add the maximum back to the log-sum-exp, but not to the right "
                "token's shifted score",
                hint="The shift drops out only if both parts of the difference have it.",
                knobs={"through": "maximum added"},
            ),
            Mistake(
                "score alone",
                symptom="higher scores for everything would make the loss smaller",
                diagnosis="you return minus the right token's score, without the log-sum-exp",
                hint="A score means something only beside the other scores.",
                knobs={"through": "score alone"},
            ),
            Mistake(
                "columns",
                symptom="it normalises from top to bottom, over the positions",
                diagnosis="you sum over axis 0",
                hint="The V scores of one position stand side by side, along the last axis.",
                knobs={"axis": 0},
            ),
            Mistake(
                "moved twice",
                symptom="each row is scored with the target of the next position",
                diagnosis="you move the targets on by one, and they were moved on already",
                hint="Row n and targets[n], the token that came after it, belong together.",
                knobs={"moved": True},
            ),
        ),
        laws=(Law("surprise has no cap", surprise_has_no_cap),),
    ),
)
