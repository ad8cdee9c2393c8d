"""Notebook 04: rotary positions in the layout of most published checkpoints, with an offset."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.exercises.bank.positions_rotary import (
    CROSSED,
    EXPONENT,
    FROM_ONE,
    LEN,
    NO_MINUS,
    ONE_SPEED,
    OWN_BASE,
    REUSED,
    SECOND_AXIS,
    THREE_AXES,
    TIMES,
    UNPACKED,
    WRONG_WAY,
    keeps_lengths,
)
from aigc_lab.exercises.bank.positions_rotary_turn import turn
from aigc_lab.exercises.definition import Exercise, Law, Mistake, Probe, probe
from aigc_lab.model.reference import rotary


def rotate_halves(x: np.ndarray, base: float = 10000.0, offset: int = 0) -> np.ndarray:
    """The reference: feature i turns together with feature i + D/2."""
    return rotary(x, base, offset)


def flawed(x: np.ndarray, base: float = 10000.0, offset: int = 0, **knobs) -> np.ndarray:
    """The reference with its knobs."""
    return turn(x, base, offset, **{"split": "halves", "join": "halves", **knobs})


def probes() -> Sequence[Probe]:
    """One head and many, with tokens in the cache and without."""
    rng = np.random.default_rng(7)
    single = rng.normal(size=(2, 3, 7, 22)).astype(np.float32)
    half = rng.normal(size=(3, 5, 14)).astype(np.float16)
    return [
        probe("3 positions of 4 features", rng.normal(size=(3, 4))),
        probe("7 positions of 10 features", rng.normal(size=(7, 10))),
        probe("one token, 37 are already in the cache", rng.normal(size=(1, 6)), offset=37),
        probe("5 tokens after 11 others, base 500", rng.normal(size=(5, 10)), 500.0, 11),
        probe("3 heads in front, (3, 5, 14)", half.astype(float)),
        probe("3 heads in front, (3, 5, 14), half precision", half, tolerance=4e-3),
        probe("axes (2, 3, 7, 22), from position 13", single, offset=13, tolerance=1e-4),
        probe("101 positions of 6 features, base 31", rng.normal(size=(101, 6)), base=31.0),
    ]


MISTAKES = (
    WRONG_WAY,
    NO_MINUS,
    EXPONENT,
    Mistake(
        "exponent of half the width",
        "the first pair is right, and all others turn too slowly",
        "the exponent is 2i/(D/2): you divide by the number of pairs and keep the 2",
        "For D = 4 the exponents are 0 and 0.5.",
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
        "every other pair",
        "there are too few angles: half as many as pairs",
        "you count the pairs in steps of 2; arange(0, D, 2) goes over features, arange(D // 2) "
        "over pairs, and arange(0, D // 2, 2) over every other pair",
        "For D = 8 there are four pairs, and four angles at each position: print yours.",
        knobs={"speeds": "every other"},
    ),
    Mistake(
        "neighbours paired",
        "position 0 is right, and elsewhere the wrong features are mixed",
        "you pair neighbours, and here feature i goes with feature i + D/2",
        "With 4 features, the pairs are (0, 2) and (1, 3).",
        knobs={"split": "neighbours", "join": "neighbours"},
    ),
    Mistake(
        "taken from neighbours",
        "features change places, even at position 0",
        "you take neighbours as pairs, and put the turned ones back in halves",
        "Where did the two numbers of a pair come from? There they belong.",
        knobs={"split": "neighbours"},
    ),
    Mistake(
        "put back as neighbours",
        "the numbers are right, and stand in the wrong places",
        "you take pairs from the two halves, and put the turned ones back as neighbours",
        "Where did the two numbers of a pair come from? There they belong.",
        knobs={"join": "neighbours"},
    ),
    Mistake(
        "speeds of the other layout",
        "the pairs are right, but the two features of a pair turn by different angles",
        "your angles repeat for neighbours (w0, w0, w1, w1, …) while your pairs are halves",
        "Features i and i + D/2 are one pair and need one angle: in which order must the angles "
        "of all D features stand?",
        knobs={"speeds": "features"},
    ),
    Mistake(
        "offset forgotten",
        "the beginning of a text is right; with tokens in the cache, positions start anew at 0",
        "`offset` is not used, so every call believes that it holds the first tokens",
        "A model that writes is given one new token at a time: at which position is the tenth?",
        knobs={"move": 0},
    ),
    Mistake(
        "offset backwards",
        "the beginning of a text is right, and later tokens are turned by the wrong angles",
        "you subtract the offset instead of adding it",
        "With 37 tokens in the cache, is the next one at position 37 or at -37?",
        knobs={"move": -1},
    ),
    Mistake(
        "offset counted in blocks",
        "the beginning of a text is right, and later positions are too far along",
        "you multiply the offset by the number of tokens",
        "`offset` counts tokens already; at which position does the first new one stand?",
        knobs={"blocks": True, "move": 0},
    ),
    Mistake(
        "offset as an angle",
        "the beginning of a text is right, and later all pairs are turned too far but the first",
        "you add the offset to the angle; it counts positions, and slow pairs turn less at each",
        "Add it to the positions, before they become angles.",
        knobs={"late": 1.0, "move": 0},
    ),
    Mistake(
        "from offset to T",
        "the beginning of a text is right; with many tokens in the cache no positions are left",
        "your positions end at T, the number of new tokens, and not at offset + T",
        "5 tokens after 11 others: at which position does the last one stand?",
        knobs={"short": True},
    ),
    Mistake(
        "along the heads",
        "one head alone is right, and with heads in front tokens share the wrong angles",
        "you count positions along the third axis from the right, which holds the heads",
        "In (…, T, D) the tokens are on the second axis from the right.",
        knobs={"axis": -3},
    ),
    Mistake(
        "second half left",
        "the first half of the features is right, and the second never turns",
        "only the first feature of each pair is replaced",
        "A hand that turns changes both its numbers.",
        knobs={"kept": True},
    ),
)

EXERCISES = (
    Exercise(
        name="rotate_halves",
        notebook="04_positions",
        title="Rotary positions, halves in pairs",
        points=3,
        reference=rotate_halves,
        probes=probes,
        hints=(
            "Only two things differ from `rotate_pairs`: which features form a pair, and at which "
            "position the first row stands.",
            "Cut x into its left and its right half, (…, T, D/2) each; feature i of the one is "
            "paired with feature i of the other. Positions run from offset to offset + T - 1.",
            "t = offset + np.arange(T)[:, None]\nangle = t * base ** (-2 * i / D)\n"
            "a, b = x[..., : D // 2], x[..., D // 2 :]\n"
            "join a * cos - b * sin and b * cos + a * sin along the last axis",
        ),
        flawed=flawed,
        mistakes=MISTAKES,
        laws=(Law("lengths stay", keeps_lengths),),
    ),
)
