"""Notebook 02: counting which token follows which."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


def count_pairs(ids: ndarray, vocab_size: int) -> ndarray:
    """How often each token is followed by each: row = the token before, column = the one after.

    Shapes: ids (N,) -> (V, V).
    """
    return flawed_count(ids, vocab_size)


def flawed_count(
    ids: ndarray,
    vocab_size: int,
    *,
    turned: bool = False,
    once: bool = False,
    wrap: bool = False,
    drop: str = "nothing",
    apart: bool = False,
    both: bool = False,
    start: int = 0,
) -> ndarray:
    """`count_pairs` with knobs for what goes wrong."""
    before, after = (ids, np.roll(ids, -1)) if wrap else (ids[:-1], ids[1:])
    if drop == "last":
        before, after = before[:-1], after[:-1]
    if drop == "first":
        before, after = before[1:], after[1:]
    if apart:
        before, after = before[::2], after[::2]
    counts = np.full((vocab_size, vocab_size), start)
    if once:
        counts[before, after] += 1
    else:
        np.add.at(counts, (before, after), 1)
    if both:
        counts = counts + counts.T
    return counts.T if turned else counts


def count_singly(ids: ndarray, vocab_size: int) -> ndarray:
    """How often each token occurs, on the diagonal."""
    return np.diag(np.bincount(ids, minlength=vocab_size))


def count_in_rows(ids: ndarray, vocab_size: int) -> ndarray:
    """Each token that has a successor adds 1 to its whole row."""
    counts = np.bincount(ids[:-1], minlength=vocab_size)
    return np.repeat(counts[:, None], vocab_size, axis=1)


def count_past_the_end(ids: ndarray, vocab_size: int) -> ndarray:
    """Asks for the right neighbour of every id, the last one included."""
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(len(ids)):
        counts[ids[t], ids[t + 1]] += 1
    return counts


def count_and_divide(ids: ndarray, vocab_size: int) -> ndarray:
    """The shares of each row."""
    counts = flawed_count(ids, vocab_size)
    return counts / counts.sum(axis=1, keepdims=True)


def probes_of_count() -> list[Probe]:
    """Texts as ids: short, monotonous, too short, and long."""
    draw = np.random.default_rng(2)
    return [
        probe("the six ids 0 1 2 1 2 0, five tokens", np.array([0, 1, 2, 1, 2, 0]), 5),
        probe("one token seven times", np.full(7, 2), 3),
        probe("a single id, so no pair", np.array([1]), 3),
        probe("103 ids of seven tokens", draw.integers(7, size=103) ** 2 % 7, 7),
    ]


EXERCISES = (
    Exercise(
        name="count_pairs",
        notebook="02_language_modelling",
        title="Count which token follows which",
        points=1,
        gives=ndarray,
        reference=count_pairs,
        probes=probes_of_count,
        hints=(
            "Walk through the ids two at a time: each id and the one right after it.",
            "Begin with a table of zeros, V rows and V columns. For each pair, the id before names "
            "the row, the id after the column; add 1 there. `zip(ids[:-1], ids[1:])` gives the "
            "pairs.",
            "counts = np.zeros((vocab_size, vocab_size), dtype=int)\n"
            "for before, after in zip(ids[:-1], ids[1:]):\n"
            "    …add 1 to the cell of this pair, then return the table after the loop",
        ),
        flawed=flawed_count,
        mistakes=(
            Mistake(
                "turned",
                symptom="the table is the right one, transposed",
                diagnosis="the token after names your row and the token before your column",
                hint="Which of the two do you know when you have to predict? That one names the "
                "row.",
                knobs={"turned": True},
            ),
            Mistake(
                "once",
                symptom="no pair is counted more than once",
                diagnosis="you set a cell to 1, or add 1 to each cell that is named, however often "
                "it is named: `counts[before, after] += 1` with whole arrays does that",
                hint="With whole arrays all cells are read, then changed, then written back, so "
                "that the second sighting overwrites the first. Loop over the pairs and add 1, or "
                "look up np.add.at.",
                knobs={"once": True},
            ),
            Mistake(
                "wrap",
                symptom="there is one pair too many",
                diagnosis="the last token is counted as if the first one followed it",
                hint="N ids have N - 1 neighbours; np.roll, and an index of -1, lead round in a "
                "circle.",
                knobs={"wrap": True},
            ),
            Mistake(
                "short",
                symptom="there is one pair too few",
                diagnosis="the last pair is left out",
                hint="What is the last place at which a pair can begin, and does your range or "
                "slice include it?",
                knobs={"drop": "last"},
            ),
            Mistake(
                "late",
                symptom="there is one pair too few",
                diagnosis="the first pair is left out",
                hint="Python counts from 0: where does the first pair begin?",
                knobs={"drop": "first"},
            ),
            Mistake(
                "apart",
                symptom="about half of the pairs are missing",
                diagnosis="you move on by two ids after each pair, so that no id is in two pairs",
                hint="Each id but the first is the `after` of one pair, and each but the last the "
                "`before` of the next.",
                knobs={"apart": True},
            ),
            Mistake(
                "both",
                symptom="the table is symmetric",
                diagnosis="each pair is counted in both directions",
                hint="Does “q then u” say anything about “u then q”?",
                knobs={"both": True},
            ),
            Mistake(
                "single tokens",
                symptom="only the diagonal is filled",
                diagnosis="you count each token by itself, not together with the one after it",
                hint="A pair needs two indices: ids[t] for the row, and which one for the column?",
                wrong=count_singly,
            ),
            Mistake(
                "one axis",
                symptom="there is one row instead of a table",
                diagnosis="you count each token by itself, not together with the one after it",
                hint="A pair needs two indices: ids[t] for the row, and which one for the column?",
                wrong=lambda ids, vocab_size: np.bincount(ids, minlength=vocab_size),
            ),
            Mistake(
                "whole rows",
                symptom="all numbers of a row are equal",
                diagnosis="`counts[ids[t]] += 1` adds 1 to a whole row",
                hint="A cell needs two indices: ids[t] for the row, and which one for the column?",
                wrong=count_in_rows,
            ),
            Mistake(
                "past the end",
                symptom="it stops with an IndexError",
                diagnosis="you ask for an id that is not there, as when the last id's right "
                "neighbour is looked up",
                hint="N ids have N - 1 neighbours. Where should your loop end?",
                wrong=count_past_the_end,
            ),
            Mistake(
                "already divided",
                symptom="the rows add up to 1, and rows of tokens that were never seen are nan",
                diagnosis="you divide each row by its sum",
                hint="That is the next exercise; here the counts themselves are asked for.",
                wrong=count_and_divide,
            ),
            Mistake(
                "ones",
                symptom="every count is 1 too large",
                diagnosis="your table begins with ones",
                hint="Smoothing is the next exercise; what has never been seen counts 0 here.",
                knobs={"start": 1},
            ),
        ),
    ),
)
