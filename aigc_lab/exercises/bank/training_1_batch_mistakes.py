"""Notebook 06: the mistakes known of the exercise in training_1_batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in training_1_batch


def sliced_by_an_array(ids: ndarray, starts: ndarray, block_size: int) -> ndarray:
    """All starts in one slice, which NumPy refuses."""
    return ids[starts : starts + block_size]


def ends_at_block_size(ids: ndarray, starts: ndarray, block_size: int) -> Any:
    """Slices that end at block_size, wherever they begin."""
    x = np.stack([ids[s:block_size] for s in starts])
    return x, np.stack([ids[s + 1 : block_size + 1] for s in starts])


MISTAKES = (
    Mistake(
        "y is x",
        symptom="every token is asked to predict itself",
        diagnosis="y is x, not moved on",
        hint="What stands at position s + 1 of ids is the answer at position s.",
        knobs={"ahead": 0},
    ),
    Mistake(
        "backwards",
        symptom="every token is asked for the one before it",
        diagnosis="y is moved back by one instead of on by one",
        hint="Read x and y side by side. Which of the two comes first in the text?",
        knobs={"ahead": -1},
    ),
    Mistake(
        "by two",
        symptom="one token is left out between each token and its answer",
        diagnosis="y begins two positions after x",
        hint="At which position of ids does y's first id stand, when x's stands at s?",
        knobs={"ahead": 2},
    ),
    Mistake(
        "rolled",
        symptom="all but the last column of y are right; the last repeats the first of x",
        diagnosis="you roll each row of x, so that its first id comes round to the end",
        hint="The id after a row's end is not in the row. Where is it?",
        knobs={"last": "roll in the row"},
    ),
    Mistake(
        "rolled together",
        symptom="all but the last column of y are right; the last is the next row's beginning",
        diagnosis="np.roll without an axis rolls the batch as if it were one long row",
        hint="The id after a row's end is not in the batch. Where is it?",
        knobs={"last": "roll of the batch"},
    ),
    Mistake(
        "the next row",
        symptom="y holds the rows of x, in another order",
        diagnosis="you move on by one row of the batch instead of by one id of the text",
        hint="y is made from ids once more, not from x.",
        knobs={"last": "the next row"},
    ),
    Mistake(
        "one short",
        symptom="both arrays have one column too few",
        diagnosis="you take block_size ids for each row and share them between x and y",
        hint="To fill T columns of x and T of y, moved by one, how many ids do you need?",
        knobs={"last": "cut"},
    ),
    Mistake(
        "one long",
        symptom="both arrays have one column too many",
        diagnosis="each row has block_size + 1 ids",
        hint="How many ids are there in ids[s : e]?",
        knobs={"window": "long"},
    ),
    Mistake(
        "row numbers",
        symptom="the rows begin at the wrong places, except one that starts at 0",
        diagnosis="you multiply the starts by block_size, as if they counted rows",
        hint="A start is a position in ids, as it is.",
        knobs={"rows": "row numbers"},
    ),
    Mistake(
        "starts unused",
        symptom="the rows lie one after another from the beginning of ids",
        diagnosis="you cut ids into rows in order, and never use what stands in starts",
        hint="Row b begins at starts[b].",
        knobs={"rows": "one after another"},
    ),
    Mistake(
        "counted starts",
        symptom="the rows begin at 0, 1, 2, …",
        diagnosis="you use the number of the row as its start, and never what stands in starts",
        hint="enumerate and range give a row's number; where it begins is starts[number].",
        knobs={"rows": "the first"},
    ),
    Mistake(
        "one answer a row",
        symptom="y has one id for each row instead of T",
        diagnosis="y holds only the id after the row's end",
        hint="The model is asked at every position, not only at the last.",
        knobs={"last": "one id"},
    ),
    Mistake(
        "the next block",
        symptom="y is the text that follows the row",
        diagnosis="y begins where x ends, block_size positions later",
        hint="The answer to the first id of the row is the second.",
        knobs={"last": "one block"},
    ),
    Mistake(
        "exchanged",
        symptom="the numbers are right and stand in the wrong array",
        diagnosis="you return y, x",
        hint="First what is read, then what is asked for.",
        knobs={"order": "y, x"},
    ),
    Mistake(
        "turned",
        symptom="the texts stand in columns",
        diagnosis="both arrays are (T, B) instead of (B, T)",
        hint="Each start makes one row.",
        knobs={"turned": True},
    ),
    Mistake(
        "one id at first",
        symptom="y has one id for each row instead of T",
        diagnosis="y holds only the id after the first of the row",
        hint="The model is asked at every position, not only at the first.",
        knobs={"last": "one id, the first"},
    ),
    Mistake(
        "y ends early",
        symptom="x is right, and y has one column too few",
        diagnosis="the row of y begins one later, but ends where the row of x ends",
        hint="Both ends of the slice move on by one.",
        knobs={"last": "y cut"},
    ),
    Mistake(
        "x ends late",
        symptom="y is right, and x has one column too many",
        diagnosis="the row of x has block_size + 1 ids",
        hint="How many ids are there in ids[s : e]?",
        knobs={"last": "x longer"},
    ),
    Mistake(
        "not stacked",
        symptom="the rows are right, but they lie in a list",
        diagnosis="each of the two answers is a list of arrays instead of one array",
        hint="np.stack makes one array of a list of rows.",
        knobs={"form": "lists of rows"},
    ),
    Mistake(
        "in one row",
        symptom="the numbers are right, but there are no rows",
        diagnosis="the rows hang together as one long row",
        hint="np.concatenate joins rows end to end; np.stack lays them one under another.",
        knobs={"form": "one row"},
    ),
    Mistake(
        "sliced by an array",
        symptom="it stops with a TypeError about scalars",
        diagnosis="ids[starts : …] asks for one slice, and starts holds several beginnings",
        hint="A slice has one beginning. Take one slice for each start.",
        wrong=sliced_by_an_array,
    ),
    Mistake(
        "ids plus one",
        symptom="right where ids happen to count upwards, and wrong in every text",
        diagnosis="y is x + 1: you add one to the ids instead of moving on by one position",
        hint="Which id follows id 7 in a text? It need not be 8.",
        knobs={"last": "plus one"},
    ),
    Mistake(
        "padded with 0",
        symptom="all but the last column of y are right; the last is 0",
        diagnosis="you fill the end of each row with 0",
        hint="The id after a row's end is not in the row, but it is in ids.",
        knobs={"last": "0"},
    ),
    Mistake(
        "padded with -100",
        symptom="all but the last column of y are right; the last is -100",
        diagnosis="you leave the last position of each row without a target",
        hint="The id after a row's end is not in the row, but it is in ids.",
        knobs={"last": "-100"},
    ),
    Mistake(
        "only the starts",
        symptom="there is one id for each row instead of T",
        diagnosis="you take ids[starts], the first id of each row",
        hint="A row has block_size ids. Where is the second?",
        knobs={"form": "one column"},
    ),
    Mistake(
        "end not from the start",
        symptom="it stops, since the rows have different lengths",
        diagnosis="the slice ends at block_size, counted from the beginning of ids",
        hint="ids[s : e] ends at position e. Where does a row end that begins at s?",
        wrong=ends_at_block_size,
    ),
)
