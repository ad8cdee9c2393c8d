"""Notebook 04: rotary positions, neighbouring features in pairs; and turning with any knob."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.exercises.bank.positions_rotary_turn import turn
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import rotary


def rotate_pairs(x: np.ndarray, base: float = 10000.0) -> np.ndarray:
    """The reference: the package's rotation between two changes of the features' order."""
    width = x.shape[-1]
    order = np.r_[0:width:2, 1:width:2]  # pairs apart: all first features, then all second
    turned = np.empty(x.shape, dtype=float)
    turned[..., order] = rotary(x[..., order], base)
    return turned


def probes() -> Sequence[Probe]:
    """One head and many, three precisions, three bases."""
    rng = np.random.default_rng(6)
    half = rng.normal(size=(2, 5, 14)).astype(np.float16)
    single = rng.normal(size=(2, 3, 7, 22)).astype(np.float32)
    return [
        probe("3 positions of 4 features", rng.normal(size=(3, 4))),
        probe("7 positions of 10 features", rng.normal(size=(7, 10))),
        probe("one token, at position 0", rng.normal(size=(1, 6))),
        probe("2 heads in front, (2, 5, 14)", half.astype(float)),
        probe("2 heads in front, (2, 5, 14), half precision", half, tolerance=4e-3),
        probe("axes (2, 3, 7, 22), base 500", single, 500.0, tolerance=1e-4),
        probe("101 positions of 6 features, base 31", rng.normal(size=(101, 6)), base=31.0),
    ]


def keeps_lengths(function: Function) -> str | None:
    """Turning changes no length."""
    x = np.arange(1.0, 31.0).reshape(5, 6)
    turned = np.asarray(function(x), dtype=float)
    if turned.shape != x.shape:
        return None
    ratio = np.linalg.norm(turned, axis=-1) / np.linalg.norm(x, axis=-1)
    worst = ratio[np.abs(ratio - 1).argmax()]
    if abs(worst - 1) < 1e-3:
        return None
    return f"it changes the length of vectors (of some by a factor of {worst:.2g}); a turn does not"


WRONG_WAY = Mistake(
    "backwards",
    "position 0 is right, and every other token is turned the wrong way",
    "the minus stands at the other sine, so that you turn by minus the angle",
    "A quarter turn takes (1, 0) to (0, 1). Where does yours take it?",
    knobs={"sense": -1},
)
NO_MINUS = Mistake(
    "no minus",
    "position 0 is right, and elsewhere the vectors change their length",
    "both sines are added, so this is no turn",
    "Turn (1, 1) by a quarter: one of its numbers must become negative.",
    knobs={"minus": 1},
)
EXPONENT = Mistake(
    "exponent i/D",
    "the first pair is right, and all others turn too fast",
    "the exponent of the base is i/D instead of 2i/D, with i the number of the pair",
    "For D = 4 the exponents are 0 and 0.5.",
    knobs={"exponent": 1.0},
)
ONE_SPEED = Mistake(
    "one speed",
    "the first pair is right, and all others turn as fast as it",
    "all pairs turn by the same angle",
    "Where does the number of the pair enter your angle?",
    knobs={"exponent": 0.0},
)
OWN_BASE = Mistake(
    "base not used",
    "the base of 10000 is right, and any other is not",
    "10000 is written into the function, and the argument `base` is not used",
    "Change `base`: does anything in your result move?",
    knobs={"own_base": 10000.0},
)
FROM_ONE = Mistake(
    "positions from 1",
    "even the first token is turned",
    "your first position is 1, and positions begin with 0",
    "By which angle is the token at position 0 turned?",
    knobs={"first": 1},
)
REUSED = Mistake(
    "new for old",
    "the first feature of each pair is right, the second is not",
    "you overwrite the first feature, and then use its new value for the second",
    "Both formulas need the old pair. When you come to the second, is it still there?",
    knobs={"reuse": True},
)
TIMES = Mistake(
    "times instead of divided",
    "the first pair is right, and the rest looks like noise",
    "you multiply the position by base^(2i/D) instead of dividing by it",
    "The pairs should turn slower one after another, until the last hardly moves.",
    knobs={"exponent": -2.0},
)
CROSSED = Mistake(
    "crossed over",
    "the first feature of each pair is right, the second is not, even at position 0",
    "in the second formula sine and cosine have changed places: it is a sin + b cos",
    "At position 0 the sine is 0 and the cosine 1; what should come out there?",
    knobs={"crossed": True},
)
UNPACKED = Mistake(
    "no axes in front",
    "one head alone is right, and with heads in front it stops with an error",
    "`T, D = x.shape` allows no axes in front, and x is (…, T, D)",
    "How do you name the last axis of a shape, and the one before it, from the right?",
    knobs={"count": "two"},
)
THREE_AXES = Mistake(
    "three axes",
    "with heads in front it is right, and one head alone stops with an error",
    "`H, T, D = x.shape` insists on exactly one axis in front, and x is (…, T, D)",
    "How do you name the last axis of a shape, and the one before it, from the right?",
    knobs={"count": "three"},
)
LEN = Mistake(
    "len(x)",
    "one head alone is right, and with heads in front it stops with an error",
    "len(x), or x.shape[0], is the length of the first axis, which may count heads or texts",
    "In (…, T, D) the tokens are on the second axis from the right.",
    knobs={"count": "len(x)"},
)
SECOND_AXIS = Mistake(
    "second axis",
    "with heads in front it is right, and one head alone stops with an error",
    "x.shape[1] counts tokens when one axis stands in front; with none it counts features",
    "In (…, T, D) the tokens are on the second axis from the right.",
    knobs={"count": "second"},
)

MISTAKES = (
    WRONG_WAY,
    NO_MINUS,
    EXPONENT,
    Mistake(
        "doubled twice",
        "the first pair is right, and all others turn too slowly",
        "the exponent is 4i/D: i runs over 0, 2, 4, … already and is doubled once more, or you "
        "divide 2i by the number of pairs",
        "Print your exponents for D = 4: they should be 0 and 0.5.",
        knobs={"exponent": 4.0},
    ),
    ONE_SPEED,
    OWN_BASE,
    FROM_ONE,
    REUSED,
    TIMES,
    CROSSED,
    UNPACKED,
    THREE_AXES,
    LEN,
    SECOND_AXIS,
    Mistake(
        "second left",
        "the first feature of each pair is right, and the second never changes",
        "only the first feature of each pair is replaced",
        "A hand that turns changes both its numbers.",
        knobs={"kept": True},
    ),
    Mistake(
        "halves paired",
        "position 0 is right, and elsewhere the wrong features are mixed",
        "you pair feature i with feature i + D/2, and here neighbours are pairs",
        "With 4 features, the pairs are (0, 1) and (2, 3).",
        knobs={"split": "halves", "join": "halves"},
    ),
    Mistake(
        "put back in halves",
        "the numbers are right, and stand in the wrong places, even at position 0",
        "you put all first features in front of all second ones, instead of back into their pairs",
        "At position 0 nothing is turned; what must the function give back there?",
        knobs={"join": "halves"},
    ),
    Mistake(
        "taken from halves",
        "features change places, even at position 0",
        "you take pairs from the two halves, and put the turned ones back as neighbours",
        "Where did the two numbers of a pair come from? There they belong.",
        knobs={"split": "halves"},
    ),
    Mistake(
        "two recipes mixed",
        "the two features of a pair turn by different angles",
        "your angles repeat for neighbours (w0, w0, w1, w1, …), but each feature is mixed with one "
        "half a width away",
        "Which feature is the partner of feature 0 here?",
        knobs={"split": "halves", "join": "halves", "speeds": "features"},
    ),
    Mistake(
        "along the first axis",
        "one head alone is right, and with heads in front tokens share the wrong angles",
        "you count positions along the first axis instead of the second from the right",
        "In (…, T, D) there may be any number of axes in front of T.",
        knobs={"axis": 0},
    ),
)

EXERCISES = (
    Exercise(
        name="rotate_pairs",
        notebook="04_positions",
        title="Rotary positions, neighbours in pairs",
        points=2,
        reference=rotate_pairs,
        probes=probes,
        hints=(
            "You need a table of angles (T, D/2), as for the sinusoidal positions. Then each pair "
            "(a, b) becomes (a cos - b sin, a sin + b cos).",
            "`x[..., 0::2]` holds the first features of all pairs and `x[..., 1::2]` the second, "
            "(…, T, D/2) each. Turn them, and put them into the same places of a new array.",
            "t = np.arange(x.shape[-2])[:, None]\ni = np.arange(D // 2)\n"
            "angle = t * base ** (-2 * i / D)\na, b = x[..., 0::2], x[..., 1::2]\n"
            "turned[..., 0::2] = a * cos - b * sin\nturned[..., 1::2] = a * sin + b * cos",
        ),
        flawed=turn,
        mistakes=MISTAKES,
        laws=(Law("lengths stay", keeps_lengths),),
    ),
)
