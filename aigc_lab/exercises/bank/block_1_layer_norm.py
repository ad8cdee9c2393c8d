"""Notebook 05: LayerNorm."""

from __future__ import annotations

import numpy as np

from aigc_lab.exercises.bank.block_1_layer_norm_axes import AXES
from aigc_lab.exercises.bank.block_1_layer_norm_flawed import flawed
from aigc_lab.exercises.bank.block_norms import FIXED_EPS
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import layer_norm


def _probes() -> list[Probe]:
    random = np.random.default_rng(2)

    def case(*shape: int, size: float = 1.0) -> tuple:
        gain, bias = random.normal(size=(2, shape[-1])) + np.array([[1.5], [0.5]])
        return size * random.normal(size=shape), gain, bias

    single = [each.astype(np.float32) for each in case(7, 11)]
    level = np.array([[2.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], [-4.0] * 5])
    return [
        probe("2 tokens, 3 features", *case(2, 3)),
        probe("5 tokens, 5 features", *case(5, 5)),
        probe("2 texts of 3 tokens, 5 features", *case(2, 3, 5)),
        probe("numbers of about a thousandth", *case(3, 7, size=1e-3)),
        probe("rows of equal numbers", level, *case(5)[:2]),
        probe("a large eps of 0.5", *case(3, 5), 0.5),
        probe("numbers around 100", 100 + case(5, 2)[0], *case(5, 2)[1:]),
        probe("float32 numbers", *single, tolerance=1e-4),
    ]


def _level(function: Function) -> str | None:
    x, gain, bias = _probes()[1].args
    y = np.asarray(function(x, np.ones_like(gain), np.zeros_like(bias)))
    if y.shape != x.shape:
        return None
    mean, spread = y[0].mean(), y[0].std()
    if not abs(mean) < 1e-3:
        return f"with gain 1 and bias 0 the mean of a row is {mean:.3g}, not 0"
    if not abs(spread - 1) < 1e-3:
        return f"with gain 1 and bias 0 the deviation of a row is {spread:.3g}, not 1"
    return None


LAYER_NORM = Exercise(
    name="layer_norm",
    notebook="05_gpt_block",
    title="LayerNorm",
    points=1,
    reference=layer_norm,
    probes=_probes,
    flawed=flawed,
    gives=np.ndarray,
    keeps_inputs=True,
    laws=(Law("level", _level),),
    hints=(
        "Do one row on paper first: its mean, the mean of its squared distances from that mean, "
        "and what is done with the two. Every token is treated by itself.",
        "Take mean and variance along the last axis and keep that axis (keepdims=True). Subtract "
        "the mean, divide by the square root of variance + eps, multiply by the gain, add the "
        "bias.",
        "mean = x.mean(axis=-1, keepdims=True) has the shape (…, 1); the variance is the mean of "
        "(x - mean)**2, in the same way. (x - mean) / np.sqrt(variance + eps) is then multiplied "
        "by weight, and bias is added.",
    ),
    mistakes=(
        *AXES,
        Mistake(
            "unbiased",
            "every number is a little too small, and the fewer features, the smaller",
            "the variance is divided by C - 1 (ddof=1, or torch's own habit) instead of C",
            "LayerNorm wants the plain mean of the squared distances, not an estimate from a "
            "sample.",
            knobs={"ddof": 1},
        ),
        Mistake(
            "eps_outside",
            "all is nearly right, until the numbers of a row are nearly equal",
            "eps is added after the square root, to the deviation, and not to the variance",
            "Look at the formula: what stands under the root?",
            knobs={"eps_at": "outside"},
        ),
        Mistake(
            "no_eps",
            "a row of equal numbers gives nan",
            "eps is not used, and 0/0 is no number",
            "Which of the arguments does your code never mention?",
            knobs={"eps_at": "none"},
        ),
        Mistake(
            "eps_after",
            "a row of equal numbers gives nan",
            "eps is added to the quotient, as division comes before addition",
            "A bracket is missing: what is eps to be added to?",
            knobs={"eps_at": "after"},
        ),
        FIXED_EPS,
        Mistake(
            "no_root",
            "the rows' deviations are not 1",
            "you divide by the variance itself, not by its square root",
            "When all x are doubled, the variance grows by 4. What should the result do?",
            knobs={"root": "forgotten"},
        ),
        Mistake(
            "root_twice",
            "the rows' deviations are not 1",
            "the root is taken twice: std is the root of the variance already",
            "Is eps added to a variance or to a deviation, in your code?",
            knobs={"root": "twice"},
        ),
        Mistake(
            "sum_of_squares",
            "the more features, the smaller the numbers",
            "the squared distances are added up, but not divided by their number",
            "The variance is their mean. What turns a sum into a mean?",
            knobs={"root": "of the sum"},
        ),
        Mistake(
            "multiplied",
            "large differences become larger still",
            "you multiply by the deviation instead of dividing by it",
            "Numbers spread twice as wide should come out just the same.",
            knobs={"root": "multiplied"},
        ),
        Mistake(
            "absolute",
            "the deviations are near 1, but not quite",
            "you divide by the mean of the absolute distances",
            "Square the distances, take their mean, then the root: is that the same?",
            knobs={"power": 1, "root": "forgotten"},
        ),
        Mistake(
            "not_centred",
            "the rows keep their mean",
            "x itself is divided by the deviation, not x minus its mean",
            "Add 100 to all x: the result should stay as it was.",
            knobs={"top": "x"},
        ),
        Mistake(
            "rms",
            "the rows keep their mean",
            "the mean is never subtracted; this is RMSNorm, with a bias",
            "Add 100 to all x: the result should stay as it was.",
            knobs={"top": "x", "about": "zero"},
        ),
        Mistake(
            "squares_of_x",
            "rows whose mean is far from 0 come out much too small",
            "the variance is made of x squared, not of (x - mean) squared",
            "Variance: the mean squared distance from what?",
            knobs={"about": "zero"},
        ),
        Mistake(
            "turned",
            "large numbers come out negative, small ones positive",
            "x is subtracted from the mean instead of the other way round",
            "A number above the mean should stay above it.",
            knobs={"top": "turned"},
        ),
        Mistake(
            "no_gain",
            "all features come out equally strong",
            "the gain (weight) is not used",
            "Which of the arguments does your code never mention?",
            knobs={"ending": "no gain"},
        ),
        Mistake(
            "no_bias",
            "every feature is off by its bias",
            "the bias is not used",
            "Which of the arguments does your code never mention?",
            knobs={"ending": "no bias"},
        ),
        Mistake(
            "neither",
            "every row has mean 0 and deviation 1 to the very end",
            "gain (weight) and bias are not used",
            "Which of the arguments does your code never mention?",
            knobs={"ending": "neither"},
        ),
        Mistake(
            "bias_first",
            "the bias comes out multiplied by the gain",
            "the bias is added before the gain multiplies",
            "Which of the two comes last?",
            knobs={"ending": "bias first"},
        ),
        Mistake(
            "one_more",
            "every feature is too strong by one more time itself",
            "you multiply by 1 + weight; the gains start at 1, not at 0",
            "A gain of 1 should leave a number as it is.",
            knobs={"ending": "one more"},
        ),
        Mistake(
            "exchanged",
            "with gain 1 and bias 0 every answer is 1",
            "gain and bias have changed places: you multiply by the bias and add the gain",
            "Which of the two starts at 1, and leaves a number as it is at that?",
            knobs={"ending": "exchanged"},
        ),
    ),
)

EXERCISES = (LAYER_NORM,)
