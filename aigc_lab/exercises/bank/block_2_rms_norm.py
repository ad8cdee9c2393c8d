"""Notebook 05: RMSNorm."""

from __future__ import annotations

import numpy as np

from aigc_lab.exercises.bank.block_2_rms_norm_flawed import flawed
from aigc_lab.exercises.bank.block_norms import COUNTED_AXES, FIXED_EPS
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import rms_norm


def _probes() -> list[Probe]:
    random = np.random.default_rng(3)

    def case(*shape: int, size: float = 1.0) -> tuple:
        x = size * (random.normal(size=shape) + 0.5)
        return x, random.normal(size=shape[-1]) + 1.5

    single = [each.astype(np.float32) for each in case(7, 11)]
    return [
        probe("2 tokens, 3 features", *case(2, 3)),
        probe("5 tokens, 5 features", *case(5, 5)),
        probe("2 texts of 3 tokens, 5 features", *case(2, 3, 5)),
        probe("numbers of about a thousandth", *case(3, 7, size=1e-3)),
        probe("a row of zeros", np.array([[0.0] * 3, [1.0, -2.0, 4.0]]), case(3)[1]),
        probe("a large eps of 0.5", *case(3, 5), 0.5),
        probe("float32 numbers", *single, tolerance=1e-4),
    ]


def _level(function: Function) -> str | None:
    x, gain = _probes()[1].args
    y = np.asarray(function(x, np.ones_like(gain)))
    size = np.sqrt((y[0] ** 2).mean()) if y.shape == x.shape else 1.0
    if not abs(size - 1) < 1e-3:
        return f"with gain 1 the root mean square of a row is {size:.3g}, not 1"
    return None


RMS_NORM = Exercise(
    name="rms_norm",
    notebook="05_gpt_block",
    title="RMSNorm",
    points=1,
    reference=rms_norm,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    laws=(Law("level", _level),),
    hints=(
        "Take LayerNorm and leave out everything that has to do with the mean of x.",
        "Square x, take the mean along the last axis (keepdims=True), add eps, take the root: "
        "that is what x is divided by. The gain comes last.",
        "np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) has the shape (…, 1). Divide x by it, "
        "and multiply by weight.",
    ),
    mistakes=(
        Mistake(
            "centred",
            "the rows lose their mean",
            "the mean is subtracted: that is LayerNorm",
            "RMSNorm makes a row longer or shorter, and moves nothing.",
            knobs={"top": "centred", "about": "mean"},
        ),
        Mistake(
            "deviation",
            "rows whose mean is far from 0 come out too large",
            "you divide by the standard deviation, which leaves the mean of x out",
            "The root mean square is made of x squared, and of nothing subtracted.",
            knobs={"about": "mean"},
        ),
        Mistake(
            "moved",
            "the rows lose their mean",
            "the mean of x is subtracted before you divide",
            "RMSNorm makes a row longer or shorter, and moves nothing.",
            knobs={"top": "centred"},
        ),
        Mistake(
            "tokens",
            "each feature, not each token, comes out with a root mean square of 1",
            "the mean goes down the tokens (axis -2) instead of along the features",
            "How many numbers describe one token, and along which axis do they stand?",
            knobs={"over": "tokens"},
        ),
        Mistake(
            "first_axis",
            "each feature, not each token, comes out with a root mean square of 1",
            "the mean goes down the first axis (axis 0) instead of along the features",
            "How many numbers describe one token, and along which axis do they stand?",
            knobs={"over": "first"},
        ),
        Mistake(
            "second_axis",
            "one text is right, several at once are not",
            "axis 1 holds the features of a single text, but the tokens of a batch",
            "Which number names the last axis, however many stand before it?",
            knobs={"over": "second"},
        ),
        Mistake(
            "everything",
            "one token's numbers change when another token does",
            "the mean is taken over the whole array",
            "Which axis holds the numbers of one token? Name it.",
            knobs={"over": "all"},
        ),
        Mistake(
            "whole_text",
            "one text is right, several at once are not",
            "in a batch your loop takes a whole text where it expects one token",
            "Which axis holds the features, however many axes stand before it?",
            knobs={"over": "text"},
        ),
        Mistake(
            "axis_lost",
            "square arrays give wrong numbers, all others an error",
            "the mean has lost its axis, so that it meets the columns and not the rows",
            "Ask mean to keep its axis: keepdims=True. Then look at the shapes.",
            knobs={"kept": "neither"},
        ),
        *COUNTED_AXES,
        Mistake(
            "eps_outside",
            "all is nearly right, until the numbers of a row are small",
            "eps is added after the square root, and not to the mean of the squares",
            "Look at the formula: what stands under the root?",
            knobs={"eps_at": "outside"},
        ),
        Mistake(
            "no_eps",
            "a row of zeros gives nan",
            "eps is not used, and 0/0 is no number",
            "Which of the arguments does your code never mention?",
            knobs={"eps_at": "none"},
        ),
        Mistake(
            "eps_after",
            "a row of zeros gives nan",
            "eps is added to the quotient, as division comes before addition",
            "A bracket is missing: what is eps to be added to?",
            knobs={"eps_at": "after"},
        ),
        FIXED_EPS,
        Mistake(
            "no_root",
            "doubling x halves the answer",
            "you divide by the mean of the squares itself, not by its root",
            "Root, mean, square: are all three there?",
            knobs={"root": "forgotten"},
        ),
        Mistake(
            "sum_of_squares",
            "the more features, the smaller the numbers",
            "the squares are added up, but not divided by their number",
            "Root, mean, square: are all three there?",
            knobs={"root": "of the sum"},
        ),
        Mistake(
            "multiplied",
            "doubling x makes the answer four times as large",
            "you multiply by the root mean square instead of dividing by it",
            "Numbers twice as large should come out just the same.",
            knobs={"root": "multiplied"},
        ),
        Mistake(
            "absolute",
            "the sizes are near 1, but not quite",
            "you divide by the mean of the absolute values",
            "Root, mean, square: are all three there?",
            knobs={"power": 1, "root": "forgotten"},
        ),
        Mistake(
            "mean_first",
            "rows with a mean near 0 explode",
            "you square the mean of x instead of taking the mean of its squares",
            "Read the name from the right: first square, then mean, then root.",
            knobs={"power": "after the mean"},
        ),
        Mistake(
            "no_gain",
            "all features come out equally strong",
            "the gain (weight) is not used",
            "Which of the arguments does your code never mention?",
            knobs={"ending": "no gain"},
        ),
        Mistake(
            "gain_added",
            "with gain 1 every answer is 1 too large",
            "the gain is added instead of multiplied",
            "A gain of 1 should change nothing.",
            knobs={"ending": "added"},
        ),
    ),
)

EXERCISES = (RMS_NORM,)
