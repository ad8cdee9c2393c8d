"""Notebook 05: GPT-2's GELU."""

from __future__ import annotations

import math

import numpy as np

from aigc_lab.exercises.bank.block_3_gelu_flawed import OTHERS, flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.model.reference import gelu_tanh


def _probes() -> list[Probe]:
    random = np.random.default_rng(4)
    single = random.normal(size=(5, 7)).astype(np.float32)
    return [
        probe("-3, -2, -1, 0, 1, 2, 3", np.arange(-3.0, 4.0)),
        probe("3 tokens, 5 features", 2 * random.normal(size=(3, 5))),
        probe("2 texts of 3 tokens, 7 features", random.normal(size=(2, 3, 7))),
        probe("large numbers", np.array([-1000.0, -50.0, 50.0, 1000.0])),
        probe("float32 numbers", single, tolerance=1e-4),
    ]


GELU = Exercise(
    name="gelu_tanh",
    notebook="05_gpt_block",
    title="GPT-2's GELU",
    points=1,
    reference=gelu_tanh,
    probes=_probes,
    flawed=flawed,
    gives=np.ndarray,
    keeps_inputs=True,
    hints=(
        "Build the formula from the inside: first what stands in the inner bracket, then the tanh "
        "of it, then what stands around.",
        "The inner bracket is x + 0.044715 · x³. It is multiplied by √(2/π), and np.tanh is taken. "
        "Add 1, and multiply by half of x.",
        "With inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3) the answer is x / 2 times "
        "the bracket (1 + np.tanh(inner)).",
    ),
    mistakes=(
        Mistake(
            "square",
            "negative numbers are off, positive ones less so",
            "x is squared where its cube should stand",
            "How does x² treat a minus sign, and how x³?",
            knobs={"power": 2},
        ),
        Mistake(
            "no_cube",
            "numbers near 2 and -2 are off by some hundredths",
            "the term with x³ is missing",
            "What stands beside x in the inner bracket?",
            knobs={"coefficient": 0.0},
        ),
        Mistake(
            "no_factor",
            "the bend is too sharp",
            "the factor √(2/π) is missing",
            "What is the inner bracket multiplied by?",
            knobs={"factor": 1.0},
        ),
        Mistake(
            "no_root",
            "the bend is too soft",
            "the factor is 2/π, without its root",
            "√(2/π) is about 0.798.",
            knobs={"factor": 2 / math.pi},
        ),
        Mistake(
            "root_of_two",
            "the bend is too soft",
            "the root covers only the 2: √2/π instead of √(2/π)",
            "√(2/π) is about 0.798. What is your factor?",
            knobs={"factor": math.sqrt(2) / math.pi},
        ),
        Mistake(
            "factor_on_x",
            "numbers near 2 and -2 are off by a few hundredths",
            "√(2/π) multiplies only x, and not the cube",
            "A bracket is missing: what does the factor belong to?",
            knobs={"bracket": "x"},
        ),
        Mistake(
            "root_upside_down",
            "the bend is too sharp",
            "the factor is √(π/2) instead of √(2/π)",
            "√(2/π) is about 0.798. What is your factor?",
            knobs={"factor": math.sqrt(math.pi / 2)},
        ),
        Mistake(
            "root_of_product",
            "the bend is too sharp",
            "the factor is √(2 · π) instead of √(2/π)",
            "√(2/π) is about 0.798. What is your factor?",
            knobs={"factor": math.sqrt(2 * math.pi)},
        ),
        Mistake(
            "factor_3_14",
            "all is right to about three digits",
            "3.14 is too rough for π here",
            "np.pi has all the digits.",
            knobs={"factor": math.sqrt(2 / 3.14)},
        ),
        Mistake(
            "point_moved",
            "numbers near 2 and -2 are off",
            "the number before x³ is ten times too large; it is 0.044715",
            "Count the zeros behind the point.",
            knobs={"coefficient": 0.44715},
        ),
        Mistake(
            "point_moved_left",
            "numbers near 2 and -2 are off by some hundredths",
            "the number before x³ is ten times too small; it is 0.044715",
            "Count the zeros behind the point.",
            knobs={"coefficient": 0.0044715},
        ),
        Mistake(
            "minus",
            "large numbers come out as 0",
            "the term with x³ is subtracted inside the bracket",
            "Which sign stands between x and x³?",
            knobs={"coefficient": -0.044715},
        ),
        Mistake(
            "cube_of_all",
            "small numbers hardly bend at all",
            "the cube is taken of the whole bracket, not of x alone",
            "** belongs to what stands right before it. Is that a bracket?",
            knobs={"bracket": "cubed"},
        ),
        Mistake(
            "number_cubed",
            "numbers near 2 and -2 are off by some hundredths",
            "0.044715 is cubed together with x",
            "** belongs to what stands right before it. Is that a bracket?",
            knobs={"coefficient": 0.044715**3},
        ),
        Mistake(
            "root_of_all",
            "negative numbers give nan",
            "the root goes over the inner bracket too, not only over 2/π",
            "Where does the bracket of your root close?",
            knobs={"bracket": "under the root"},
        ),
        Mistake(
            "factor_outside",
            "large numbers come out too small",
            "√(2/π) multiplies the tanh instead of what goes into it",
            "Which bracket does the factor belong into?",
            knobs={"bracket": "outside"},
        ),
        Mistake(
            "no_half",
            "every number is twice the right one",
            "the half is missing",
            "1 + tanh runs from 0 to 2. What should a large x come out as?",
            knobs={"half": 1.0},
        ),
        Mistake(
            "no_one",
            "a negative number comes out positive",
            "the 1 in front of tanh is missing",
            "tanh runs from -1 to 1. What is added, so that it starts at 0?",
            knobs={"one": 0.0},
        ),
        Mistake(
            "mirrored",
            "small numbers get through, and large ones do not",
            "tanh is subtracted from 1 instead of being added",
            "What should a large x come out as?",
            knobs={"sign": -1.0},
        ),
        Mistake(
            "no_x",
            "large numbers come out as 1",
            "the x in front is missing, so that only the gate is left",
            "The gate says how much of x gets through. Times what?",
            knobs={"front": "nothing"},
        ),
        Mistake(
            "open_bracket",
            "large numbers come out as half of themselves, plus 1",
            "x/2 multiplies only the 1, and the tanh is added",
            "A bracket is missing around 1 + tanh.",
            knobs={"front": "open"},
        ),
        Mistake(
            "sigmoid_of_inner",
            "the bend is too soft",
            "a sigmoid of the same inside stands in the place of 1 + tanh, halved",
            "(1 + tanh(z))/2 is the sigmoid of 2z, not of z.",
            knobs={"squash": "sigmoid"},
        ),
        *OTHERS,
    ),
)

EXERCISES = (GELU,)
