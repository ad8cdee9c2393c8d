"""Notebook 02: from scores to probabilities."""

from __future__ import annotations

import numpy as np

from aigc_lab.exercises.bank.language_modelling_exponentials_flawed import (
    along_axis_one,
    along_axis_one_in_torch,
    down_the_columns,
    flawed,
    into_same_type,
    over_everything,
    overflow_in_math,
    row_by_row,
    scale_by_largest,
    without_exp,
)
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import softmax


def probes() -> list[Probe]:
    """Scores of several shapes, sizes and types, among them those that overflow.

    Tables are square, so that a forgotten keepdims gives wrong numbers and no error, whose words
    would depend on the library. Small types hold scores whose exponentials fit them.
    """
    draw = np.random.default_rng(5)
    far = np.array([[0.0, 1.0, 3.0], [3000.0, 3002.0, 3001.0], [-4.0, 0.0, -2.0]])
    half = draw.uniform(-2, 8, size=(5, 5)).astype(np.float16)
    single = draw.uniform(-30, 30, size=(11, 11)).astype(np.float32)
    return [
        probe("the three scores 2, 1, 0", np.array([2.0, 1.0, 0.0])),
        probe("5 rows of 5 scores", draw.normal(size=(5, 5))),
        probe("scores of shape (7, 7, 7)", 3 * draw.normal(size=(7, 7, 7))),
        probe("scores around 1000", np.array([[1000.0, 1001.0, 999.0]])),
        probe("scores around -1000", np.array([[-1000.0, -1001.0, -998.0]])),
        probe("two rows near 0, one near 3000", far),
        probe("scores of -1500, 0 and 1500", np.array([[-1500.0, 0.0, 1500.0]])),
        probe("one score of minus infinity", np.array([1.0, -np.inf, 2.0])),
        probe("whole numbers", np.array([[3, 1, 2], [0, 5, 4], [1, 1, 6]])),
        probe("float32 scores up to 30", single, tolerance=1e-4),
        probe("float16 scores up to 8", half, tolerance=4e-3),
    ]


def adding_changes_nothing(function: Function) -> str | None:
    """The law of the shift."""
    near, far = np.array([0.0, 1.0, 3.0]), np.array([900.0, 901.0, 903.0])
    one, other = np.asarray(function(near)), np.asarray(function(far))
    if one.shape != other.shape or np.allclose(one, other, atol=1e-6):
        return None
    return "adding 900 to all scores changes its answer, and it must not"


EXERCISES = (
    Exercise(
        name="softmax",
        notebook="02_language_modelling",
        title="Scores to probabilities, for scores of any size",
        points=1,
        reference=softmax,
        probes=probes,
        hints=(
            "First make it right for three small scores. Then ask: which number could you subtract "
            "from all scores so that no exponential is larger than 1?",
            "Subtract from each row its own maximum, take the exponential, and divide each row by "
            "its own sum. `keepdims=True` keeps maximum and sum in a shape that fits the rows, and "
            "axis -1 means “along a row” whatever the number of axes.",
            "shifted = x - x.max(axis=-1, keepdims=True)\n"
            "powers = np.exp(shifted)\n"
            "…and the last line divides by the sum along the same axis",
        ),
        flawed=flawed,
        mistakes=(
            Mistake(
                "overflow",
                symptom="large scores give nan",
                diagnosis="exp of a large score is infinite, and infinite divided by infinite is "
                "no number",
                hint="Adding the same number to all scores does not change the result. Which "
                "number keeps exp from growing?",
                knobs={"shift": "nothing"},
            ),
            Mistake(
                "overflow in math",
                symptom="it stops with an OverflowError, or with a division by zero",
                diagnosis="math.exp refuses scores above 709, and gives 0 for those far below zero",
                hint="Adding the same number to all scores does not change the result. Which "
                "number keeps exp from growing?",
                wrong=overflow_in_math,
            ),
            Mistake(
                "one maximum",
                symptom="a row whose scores lie far below another row's gives nan",
                diagnosis="you subtract the largest score of the whole array from every row",
                hint="Each row is a choice of its own. What does exp make of -3000?",
                knobs={"shift": "all"},
            ),
            Mistake(
                "mean",
                symptom="a row with a wide spread of scores gives nan",
                diagnosis="you subtract the mean, and the largest score can still lie far above it",
                hint="After the shift no score may be above 0.",
                knobs={"shift": "mean"},
            ),
            Mistake(
                "least",
                symptom="a row with a wide spread of scores gives nan",
                diagnosis="you subtract the smallest score instead of the largest",
                hint="Which of the two makes exp explode: very large scores or very small ones?",
                knobs={"shift": "least"},
            ),
            Mistake(
                "largest divides",
                symptom="the weights depend on how large the scores are, not only on their "
                "differences",
                diagnosis="you divide by the largest score instead of subtracting it",
                hint="exp turns differences into ratios: only adding or subtracting leaves the "
                "weights alone.",
                wrong=scale_by_largest,
            ),
            Mistake(
                "columns",
                symptom="the columns of a table add up to 1 instead of its rows",
                diagnosis="you work along the first axis, from top to bottom",
                hint="The scores of one choice stand side by side, along the last axis.",
                wrong=down_the_columns,
            ),
            Mistake(
                "sum of columns",
                symptom="the rows of a table do not add up to 1",
                diagnosis="you subtract each row's maximum, but divide by sums over the first axis",
                hint="Maximum and sum belong to the same choice, so they need the same axis.",
                knobs={"axis": 0},
            ),
            Mistake(
                "maximum of columns",
                symptom="rows add up to 1, but the weights in them are wrong",
                diagnosis="you subtract each column's maximum, so that the scores of one row are "
                "shifted by different amounts",
                hint="The shift drops out only if all scores of a row get the same one.",
                knobs={"shift": "columns"},
            ),
            Mistake(
                "everything",
                symptom="all rows together add up to 1",
                diagnosis="you take the maximum and the sum of the whole array",
                hint="Each row must add up to 1 by itself: name the axis.",
                wrong=over_everything,
            ),
            Mistake(
                "sum of everything",
                symptom="all rows together add up to 1",
                diagnosis="you divide by the sum of the whole array",
                hint="Each row must add up to 1 by itself: sum along one axis.",
                knobs={"axis": None},
            ),
            Mistake(
                "axis 1",
                symptom="a single row of scores fails, and of three axes the middle one is used",
                diagnosis="you work along axis 1, which is the last one of a table only",
                hint="Which number means “the last axis”, however many there are?",
                wrong=along_axis_one,
            ),
            Mistake(
                "axis 1 in torch",
                symptom="a single row of scores fails, and of three axes the middle one is used",
                diagnosis="you work along dim 1, which is the last one of a table only",
                hint="Which number means “the last axis”, however many there are?",
                wrong=along_axis_one_in_torch,
            ),
            Mistake(
                "loop over a table",
                symptom="a single row of scores gives only ones",
                diagnosis="your loop takes what it gets for a table of rows, and a single row has "
                "numbers in their place",
                hint="With axis=-1 no loop is needed, and any number of axes works.",
                wrong=row_by_row,
            ),
            Mistake(
                "keepdims",
                symptom="a square table is divided column by column, and other shapes fail",
                diagnosis="the sums have lost their last axis, so that they are lined up with the "
                "columns",
                hint="What does keepdims=True do (keepdim in PyTorch)?",
                knobs={"keep": False},
            ),
            Mistake(
                "keepdims of the maximum",
                symptom="the rows of a square table add up to 1, but their weights are wrong, and "
                "other shapes fail",
                diagnosis="the maxima have lost their last axis, so that they are lined up with "
                "the columns",
                hint="What does keepdims=True do (keepdim in PyTorch)?",
                knobs={"shift": "no keepdims"},
            ),
            Mistake(
                "keepdims twice",
                symptom="a square table is shifted and divided column by column, and other shapes "
                "fail",
                diagnosis="maxima and sums have lost their last axis, so that they are lined up "
                "with the columns",
                hint="What does keepdims=True do (keepdim in PyTorch)? Both need it.",
                knobs={"shift": "no keepdims", "keep": False},
            ),
            Mistake(
                "not divided",
                symptom="the largest weight of each row is 1",
                diagnosis="you stop after the exponential",
                hint="Probabilities add up to 1; what do yours add up to?",
                knobs={"divide": False},
            ),
            Mistake(
                "logs",
                symptom="the weights are negative",
                diagnosis="what you return are the logarithms of the probabilities",
                hint="Log-probabilities come later, in the loss; here the probabilities "
                "themselves are asked for.",
                knobs={"logs": "of weights"},
            ),
            Mistake(
                "log-softmax",
                symptom="the weights are negative",
                diagnosis="what you return are the logarithms of the probabilities",
                hint="Log-probabilities come later, in the loss; here the probabilities "
                "themselves are asked for.",
                knobs={"logs": "of scores"},
            ),
            Mistake(
                "no exp",
                symptom="negative scores give negative weights",
                diagnosis="you divide the scores by their sum without taking the exponential",
                hint="Which function turns any number into a positive one, and keeps the order?",
                wrong=without_exp,
            ),
            Mistake(
                "whole numbers",
                symptom="scores that are whole numbers give only zeros",
                diagnosis="you write the weights into an array that has the scores' type, which "
                "cuts the decimals off",
                hint="np.zeros_like copies the type as well; let NumPy make the result, or ask for "
                "float.",
                wrong=into_same_type,
            ),
        ),
        laws=(Law("adding changes nothing", adding_changes_nothing),),
    ),
)
