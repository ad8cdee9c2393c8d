"""Notebook 02: turning counts into probabilities."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def bigram_probabilities(counts: ndarray, k: float) -> ndarray:
    """Rows of counts as probabilities, after k imagined sightings of every token.

    Shapes: counts (N, V), a row for each context -> (N, V).
    """
    return flawed_probabilities(counts, k)


def flawed_probabilities(
    counts: ndarray,
    k: float,
    *,
    axis: int | None = 1,
    keep: bool = True,
    add: str = "everywhere",
    divide: str = "smoothed",
) -> ndarray:
    """`bigram_probabilities` with knobs for what goes wrong."""
    added = {"everywhere": k, "one": 1.0, "nothing": 0.0, "zeros": k * (counts == 0)}[add]
    smoothed = counts + added
    extra = {"counts": 0.0, "k": k, "rows": k * len(counts), "cells": k * counts.shape[1]}
    total = (smoothed if divide == "smoothed" else counts).sum(axis=axis, keepdims=keep)
    return smoothed / (total + extra.get(divide, 0.0))


def add_afterwards(counts: ndarray, k: float) -> ndarray:
    """Smoothing that comes too late."""
    return counts / counts.sum(axis=1, keepdims=True) + k


def add_in_place(counts: ndarray, k: float) -> ndarray:
    """Decimals added to whole numbers where they stand."""
    counts += np.float64(k)
    return counts / counts.sum(axis=1, keepdims=True)


def probes_of_probabilities() -> list[Probe]:
    """Tables of counts: tiny, with an empty row, unsmoothed, a single row, and large.

    All but the single row are square, so that sums of a wrong shape divide and do not raise: the
    words of an error would depend on who raises it.
    """
    draw = np.random.default_rng(3)
    gaps = draw.integers(5, size=(5, 5))
    gaps[3] = 0
    return [
        probe("three tokens, k = 1", np.array([[0, 2, 0], [1, 0, 1], [3, 1, 0]]), 1.0),
        probe("five tokens, one of them never seen, k = 0.5", gaps, 0.5),
        probe("seven tokens, all pairs seen, k = 0", draw.integers(1, 9, size=(7, 7)), 0.0),
        probe("one context, seven tokens, k = 0.25", draw.integers(4, size=(1, 7)), 0.25),
        probe("large counts, k = 2", draw.integers(10**6, size=(5, 5)), 2.0),
    ]


def rows_add_up(function: Function) -> str | None:
    """The law of every table of probabilities."""
    total = np.asarray(function(np.array([[4, 0, 1], [2, 2, 0]]), 0.5)).sum(axis=-1)
    if total.shape != (2,) or np.allclose(total, 1.0):
        return None
    return "its rows do not add up to 1, as probabilities must"


EXERCISES = (
    Exercise(
        name="bigram_probabilities",
        notebook="02_language_modelling",
        title="From counts to probabilities, smoothed",
        points=1,
        reference=bigram_probabilities,
        probes=probes_of_probabilities,
        hints=(
            "First pretend that everything has been seen k times more often; then each row must "
            "add up to 1.",
            "Add k to every cell. Then divide each row by its own sum, taken after adding. For the "
            "division to go row by row, the sums must have shape (N, 1).",
            "smoothed = counts + k\n"
            "total = smoothed.sum(axis=…, keepdims=True)  # (N, 1), one sum for each row\n"
            "…and what is left is one division",
        ),
        flawed=flawed_probabilities,
        mistakes=(
            Mistake(
                "columns",
                symptom="the columns add up to 1 instead of the rows",
                diagnosis="you sum over axis 0, from top to bottom",
                hint="A row asks: after this token, what comes next? Its answers must add up to 1.",
                knobs={"axis": 0},
            ),
            Mistake(
                "whole table",
                symptom="the whole table adds up to 1 instead of each row",
                diagnosis="you divide by the sum of all counts",
                hint="That gives p(before, after), the chance of the pair. What is asked is "
                "p(after | before).",
                knobs={"axis": None},
            ),
            Mistake(
                "keepdims",
                symptom="each column is divided by the sum of the row with its number",
                diagnosis="the sums have shape (N,), which are lined up with the columns",
                hint="Broadcasting aligns the last axes. What shape must the sums have to be one "
                "for each row?",
                knobs={"keep": False},
            ),
            Mistake(
                "sum before",
                symptom="the rows add up to more than 1",
                diagnosis="you add k to the cells, but divide by the sum of the counts without it",
                hint="You pretend to have seen more. How many sightings does the row have then?",
                knobs={"divide": "counts"},
            ),
            Mistake(
                "k once",
                symptom="the rows add up to more than 1",
                diagnosis="you add k only once to the sum of each row",
                hint="How many cells of the row got k more?",
                knobs={"divide": "k"},
            ),
            Mistake(
                "k for each row",
                symptom="it is right for square tables only",
                diagnosis="you add k times the number of rows to each sum",
                hint="The cells of one row are as many as there are columns.",
                knobs={"divide": "rows"},
            ),
            Mistake(
                "no smoothing",
                symptom="what was never seen keeps probability 0, and an empty row gives nan",
                diagnosis="k is not used",
                hint="An unseen pair should become unlikely, not impossible.",
                knobs={"add": "nothing"},
            ),
            Mistake(
                "only the sum",
                symptom="the rows add up to less than 1, and what was never seen keeps "
                "probability 0",
                diagnosis="you add k times V to the sum of each row, and nothing to its cells",
                hint="If the row has k times V sightings more, where did they take place?",
                knobs={"add": "nothing", "divide": "cells"},
            ),
            Mistake(
                "not divided",
                symptom="the rows add up to far more than 1",
                diagnosis="you add k and stop there",
                hint="What turns counts into shares of a row?",
                wrong=lambda counts, k: counts + k,
            ),
            Mistake(
                "always one",
                symptom="it is right for k = 1 only",
                diagnosis="you add 1 whatever k is",
                hint="How much is added is the caller's choice.",
                knobs={"add": "one"},
            ),
            Mistake(
                "only zeros",
                symptom="pairs that were seen become too unlikely",
                diagnosis="you put k where the count is 0 and leave all other counts as they are",
                hint="With k = 1, a pair never seen would count as much as a pair seen once.",
                knobs={"add": "zeros"},
            ),
            Mistake(
                "added afterwards",
                symptom="the rows add up to more than 1",
                diagnosis="you add k after dividing",
                hint="k is a number of sightings, not a probability; when must it be added?",
                wrong=add_afterwards,
            ),
            Mistake(
                "in place",
                symptom="it stops where k is added in place, as in `counts += k`",
                diagnosis="NumPy cannot put decimals into an array of whole numbers",
                hint="Make a new array, `counts + k`; your caller may need the counts as they "
                "were, too.",
                wrong=add_in_place,
            ),
        ),
        laws=(Law("rows add up to 1", rows_add_up),),
    ),
)
