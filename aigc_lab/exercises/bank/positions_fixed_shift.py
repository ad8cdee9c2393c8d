"""Notebook 04: the matrix that moves every row of the sinusoidal table on by k positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe

BASE = 10000.0


def shift_matrix(k: int, width: int) -> np.ndarray:
    """The reference: M with M @ P[t] = P[t + k] for each row of the sinusoidal table."""
    return flawed(k, width)


def flawed(
    k: int,
    width: int,
    *,
    back: bool = False,
    steps: int | None = None,
    signs: tuple[int, int] = (1, -1),
    swapped: tuple[int, ...] = (),
    exponent: float = 2.0,
    halves: bool = False,
    stride: int = 2,
) -> np.ndarray:
    """The reference with its knobs."""
    matrix = np.zeros((width, width))
    for i in range(width // 2):
        angle = (k if steps is None else steps) / BASE ** (exponent * i / width)
        angle = -angle if back else angle
        a, b = (i, i + width // 2) if halves else (stride * i, stride * i + 1)
        cos, sin = np.cos(angle), np.sin(angle)
        block = np.array([[cos, signs[0] * sin], [signs[1] * sin, cos]])
        for row in swapped:
            block[row] = block[row][::-1]
        matrix[np.ix_((a, b), (a, b))] = block
    return matrix


def slide_features(k: int, width: int) -> np.ndarray:
    """A mistake: move the features on, and not the position."""
    return np.eye(width, k=k)


def roll_features(k: int, width: int) -> np.ndarray:
    """A mistake: move the features on in a circle, and not the position."""
    return np.roll(np.eye(width), k, axis=1)


def probes() -> Sequence[Probe]:
    """On, back, far and not at all."""
    cases = ((1, 4), (3, 10), (0, 6), (-5, 14), (29, 2), (251, 22))
    return [probe(f"k={k}, width={width}", k, width) for k, width in cases]


def keeps_lengths(function: Function) -> str | None:
    """A hand that moves on keeps its length, so M is a rotation."""
    matrix = np.asarray(function(2, 6), dtype=float)
    if matrix.shape != (6, 6) or np.allclose(matrix @ matrix.T, np.eye(6), atol=1e-3):
        return None
    return "it changes the length of hands: in each block the squares of a row must add up to 1"


SORT_FIRST = "Sort both formulas first: sin α stands in column 2i, cos α in column 2i+1."

MISTAKES = (
    Mistake(
        "backwards",
        "M @ P[t] is P[t - k]: it leads back instead of on",
        "the minus stands at the other sine, as in the rotation of a (cosine, sine) pair; "
        "our pairs are (sine, cosine)",
        "Write out sin(α + β) and cos(α + β); in which of the two is the minus?",
        knobs={"back": True},
    ),
    Mistake(
        "no minus",
        "hands change their length when they are moved on",
        "both sines of a block are positive",
        "cos(α + β) = cos α cos β - sin α sin β: where is that minus in your block?",
        knobs={"signs": (1, 1)},
    ),
    Mistake(
        "second row in reading order",
        "the sines come out right, and the cosines do not, even for k = 0",
        "the second row of your block is [cos, -sin], the second formula read from left to right; "
        "but there cos α cos β comes first, and cos α is the second feature of the pair",
        SORT_FIRST,
        knobs={"swapped": (1,)},
    ),
    Mistake(
        "first row swapped",
        "the cosines come out right, and the sines do not, even for k = 0",
        "the first row of your block is [sin, cos]; what multiplies sin α stands on the left",
        SORT_FIRST,
        knobs={"swapped": (0,)},
    ),
    Mistake(
        "both rows swapped",
        "for k = 0 the matrix should change nothing, and yours makes sines and cosines change "
        "places",
        "the columns of your blocks have changed places: [[sin, cos], [cos, -sin]]",
        SORT_FIRST,
        knobs={"swapped": (0, 1)},
    ),
    Mistake(
        "always one step",
        "every shift is a shift by 1",
        "the angle does not contain k",
        "A hand that turns by w radians each position turns by how much in k of them?",
        knobs={"steps": 1},
    ),
    Mistake(
        "one speed",
        "the first block is right, and all others turn as fast as it",
        "each block turns by k, the speed of the first pair, and the slow hands have their own",
        "Pair i turns by 1 / 10000^(2i/C) at each position.",
        knobs={"exponent": 0.0},
    ),
    Mistake(
        "exponent i/C",
        "the first block is right, and all others turn too fast",
        "the exponent of the speeds is i/C instead of 2i/C, with i the number of the pair",
        "Which speeds has the table that you want to move?",
        knobs={"exponent": 1.0},
    ),
    Mistake(
        "exponent 4i/C",
        "the first block is right, and all others turn too slowly",
        "the exponent of the speeds is doubled twice: for the block at feature 2i it is 2i/C",
        "Print your exponents for C = 4: they should be 0 and 0.5.",
        knobs={"exponent": 4.0},
    ),
    Mistake(
        "times instead of divided",
        "the first block is right, and the rest looks like noise",
        "you multiply k by 10000^(2i/C) instead of dividing by it",
        "The blocks should turn less and less, until the last is almost the identity.",
        knobs={"exponent": -2.0},
    ),
    Mistake(
        "overlapping blocks",
        "the blocks overwrite one another, and the lower right corner stays empty",
        "block i begins at row and column i, and the blocks before it have used up 2i of them",
        "A block takes two rows; where does block 1 begin?",
        knobs={"stride": 1},
    ),
    Mistake(
        "halves",
        "the right numbers stand in the wrong cells",
        "you pair feature i with feature i + C/2, and our table pairs neighbours",
        "Which two features are the sine and the cosine of one angle?",
        knobs={"halves": True},
    ),
    Mistake(
        "features slid",
        "the matrix has only zeros and ones",
        "you move the features to other columns, and the position stays as it was",
        "No feature changes its place; each pair of them turns.",
        wrong=slide_features,
    ),
    Mistake(
        "features rolled",
        "the matrix has only zeros and ones",
        "you move the features to other columns, and the position stays as it was",
        "No feature changes its place; each pair of them turns.",
        wrong=roll_features,
    ),
)

EXERCISES = (
    Exercise(
        name="shift_matrix",
        notebook="04_positions",
        title="The matrix that moves positions on",
        points=2,
        reference=shift_matrix,
        probes=probes,
        hints=(
            "Each hand moves on by an angle of its own, and needs only its own two features. So "
            "the matrix is zero but for a block of 2 by 2 for each pair, on the diagonal.",
            "Pair i moves on by β = k / 10000 ** (2 * i / width). Sort both formulas, with sin α "
            "first: sin(α + β) = cos β sin α + sin β cos α is the block's first row, and "
            "cos(α + β) = -sin β sin α + cos β cos α its second.",
            "for i in range(width // 2):\n    beta = k / 10000 ** (2 * i / width)\n"
            "    rows and columns 2i and 2i+1 of the matrix hold\n"
            "        [[cos beta, sin beta],\n         [-sin beta, cos beta]]",
        ),
        flawed=flawed,
        mistakes=MISTAKES,
        laws=(Law("hands keep their length", keeps_lengths),),
    ),
)
