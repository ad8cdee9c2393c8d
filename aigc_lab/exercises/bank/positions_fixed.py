"""Notebook 04: the sinusoidal table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model.reference import sinusoidal

BASE = 10000.0


def sinusoidal_positions(length: int, width: int) -> np.ndarray:
    """The reference: feature 2i of row t is sin(t / 10000^(2i/C)), and 2i+1 its cosine."""
    return sinusoidal(length, width)


def flawed(
    length: int,
    width: int,
    *,
    first: int = 0,
    base: float = BASE,
    exponent: str = "2i/C",
    times: bool = False,
    slip: str = "none",
    pair: str = "sin cos",
    layout: str = "interleaved",
    turned: bool = False,
) -> np.ndarray:
    """The reference with its knobs."""
    t, i = np.arange(first, first + length)[:, None], np.arange(width // 2)[None, :]
    powers = {
        "2i/C": (2 * i / width, 2 * i / width),
        "i/C": (i / width, i / width),
        "4i/C": (4 * i / width, 4 * i / width),
        "own": (2 * i / width, (2 * i + 1) / width),
        "twice own": (4 * i / width, (4 * i + 2) / width),
        "to the end": (i / max(width // 2 - 1, 1), i / max(width // 2 - 1, 1)),
        "whole": (0 * i, 0 * i),
        "2i/T": (2 * i / length, 2 * i / length),
    }
    angles = [t * base**power if times else t / base**power for power in powers[exponent]]
    if slip == "no brackets":
        angles = [t / base**2 * i / width] * 2
    if slip == "power of all":
        angles = [(t / base) ** power for power in powers[exponent]]
    waves = {"sin": np.sin, "cos": np.cos}
    columns = [waves[name](angle) for name, angle in zip(pair.split(), angles, strict=True)]
    if layout == "halves":
        table = np.concatenate(columns, axis=-1)
    else:
        table = np.stack(columns, axis=-1).reshape(length, width)
    return table.T if turned else table


def probes() -> Sequence[Probe]:
    """From a table small enough to check by hand to one of a thousand rows."""
    sizes = ((3, 4), (7, 10), (1, 6), (13, 2), (101, 22))
    few = [
        probe(f"{length} positions of {width} features", length, width) for length, width in sizes
    ]
    return [*few, probe("1,009 positions of 14 features", 1009, 14, tolerance=2e-3)]


def hands_have_length_one(function: Function) -> str | None:
    """sin² + cos² = 1 for every pair."""
    table = np.asarray(function(7, 10), dtype=float)
    if table.shape != (7, 10):
        return None
    squares = (table.reshape(7, 5, 2) ** 2).sum(-1)
    if np.allclose(squares, 1, atol=1e-3):
        return None
    return (
        "features 2i and 2i+1 are not always the sine and cosine of one angle: their squares do "
        "not add up to 1"
    )


MISTAKES = (
    Mistake(
        "exponent i/C",
        "the first pair is right, and all others turn too fast",
        "the exponent is i/C, and the formula has 2i/C",
        "What should the exponent of the last pair be close to: a half or one?",
        knobs={"exponent": "i/C"},
    ),
    Mistake(
        "doubled twice",
        "the first pair is right, and all others turn too slowly",
        "the exponent is 4i/C: i runs over 0, 2, 4, … already, and is doubled once more",
        "Print your exponents for C = 4: they should be 0 and 0.5.",
        knobs={"exponent": "4i/C"},
    ),
    Mistake(
        "each feature its own speed",
        "the sines are right, the cosines turn too slowly",
        "a sine and its cosine have different angles: the cosine's exponent is (2i+1)/C",
        "A clock hand has one angle. Which features belong to the same hand?",
        knobs={"exponent": "own"},
    ),
    Mistake(
        "each feature doubled",
        "all pairs but the first sine turn too slowly",
        "the exponent takes each feature's own number and doubles it: 2·(2i)/C for the sine and "
        "2·(2i+1)/C for the cosine",
        "In the formula 2i is the number of a feature, and i the number of a pair.",
        knobs={"exponent": "twice own"},
    ),
    Mistake(
        "stretched to the end",
        "the first pair is right, and all others turn too slowly",
        "you spread the exponents from 0 to exactly 1, dividing by C/2 - 1 instead of C/2",
        "By the formula, does the last pair reach 10000 to the power of 1?",
        knobs={"exponent": "to the end"},
    ),
    Mistake(
        "whole-number division",
        "all pairs turn at the speed of the first",
        "the exponent is 0 for all pairs, as when `//` is written for `/`",
        "Print the exponents; is there any fraction among them?",
        knobs={"exponent": "whole"},
    ),
    Mistake(
        "length for width",
        "the first pair is right, and the others change when the table gets longer",
        "the exponent divides by the number of positions instead of the number of features",
        "Should position 3 look different in a longer table?",
        knobs={"exponent": "2i/T"},
    ),
    Mistake(
        "times instead of divided",
        "position 0 and the first pair are right, the rest looks like noise",
        "you multiply the position by 10000^(2i/C) instead of dividing by it",
        "The pairs should get slower one after another, until the last hardly moves.",
        knobs={"times": True},
    ),
    Mistake(
        "no brackets",
        "the first pair never turns, and the others hardly do",
        "`10000 ** 2 * i / C` is (10000 ** 2) · i / C: a power is taken before a product",
        "Put brackets around the whole exponent, 2 * i / C.",
        knobs={"slip": "no brackets"},
    ),
    Mistake(
        "power of all",
        "even position 0 has an angle, and the first pair has the same at every position",
        "the power is taken of t / 10000; in the formula only 10000 has an exponent",
        "Which part of the fraction does the exponent stand at?",
        knobs={"slip": "power of all"},
    ),
    Mistake(
        "cosine first",
        "position 0 begins with 1 and not with 0",
        "the cosine stands before the sine in each pair",
        "sin 0 = 0 and cos 0 = 1; which of them is feature 0?",
        knobs={"pair": "cos sin"},
    ),
    Mistake(
        "sine twice",
        "position 0 is all zeros",
        "both features of a pair are sines",
        "With the sine alone, can you tell an angle of 30° from one of 150°?",
        knobs={"pair": "sin sin"},
    ),
    Mistake(
        "cosine twice",
        "position 0 is all ones",
        "both features of a pair are cosines",
        "With the cosine alone, can you tell an angle of 30° from one of -30°?",
        knobs={"pair": "cos cos"},
    ),
    Mistake(
        "sines before cosines",
        "the numbers are right, and stand in the wrong columns",
        "all sines come first and all cosines after them; the formula takes turns",
        "Feature 1 is the cosine of the angle whose sine is feature 0.",
        knobs={"layout": "halves"},
    ),
    Mistake(
        "positions from 1",
        "every row is the one that should come next",
        "your first position is 1, and the table begins with 0",
        "What are sin 0 and cos 0? They make up the first row.",
        knobs={"first": 1},
    ),
    Mistake(
        "base 1000",
        "the first pair is right, and all others turn a little too fast",
        "the base of the power is 1000 instead of 10000",
        "Count the zeros.",
        knobs={"base": 1000.0},
    ),
    Mistake(
        "transposed",
        "features go down and positions across",
        "your table is (C, T) instead of (T, C)",
        "Row t is added to token t; which axis has one entry for each token?",
        knobs={"turned": True},
    ),
)


EXERCISES = (
    Exercise(
        name="sinusoidal_positions",
        notebook="04_positions",
        title="The sinusoidal table",
        points=2,
        reference=sinusoidal_positions,
        probes=probes,
        hints=(
            "First make one table of angles, with a row for each position and a column for each "
            "pair. Its sines and cosines are all you need.",
            "Positions as a column (T, 1), pairs i = 0 … C/2 - 1 as a row (1, C/2): dividing the "
            "one by 10000 ** (2 * i / width) broadcasts to (T, C/2). Then fill every other column.",
            "t = np.arange(length)[:, None]\ni = np.arange(width // 2)[None, :]\n"
            "angles = t / 10000 ** (2 * i / width)\ntable = np.zeros((length, width))\n"
            "table[:, 0::2] = the sines of the angles\ntable[:, 1::2] = the cosines",
        ),
        flawed=flawed,
        mistakes=MISTAKES,
        laws=(Law("hands of length 1", hands_have_length_one),),
    ),
)
