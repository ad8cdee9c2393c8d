"""Notebook 06: a batch, cut from a long row of token ids."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.text.batches import Batches


class _Given(Batches):
    """Batches whose rows start where they are told to."""

    starts: ndarray

    def _places(self, draw: np.random.Generator) -> ndarray:
        return self.starts


def get_batch(ids: ndarray, starts: ndarray, block_size: int) -> tuple[ndarray, ndarray]:
    """The package's windows, as arrays."""
    batches = _Given(ids, len(starts), block_size)
    batches.starts = np.asarray(starts)
    x, y = batches.next(0)
    return x.numpy(), y.numpy()


def flawed(
    ids: ndarray,
    starts: ndarray,
    block_size: int,
    *,
    ahead: int = 1,
    rows: str = "starts",
    window: str = "block",
    order: str = "x, y",
    last: str = "right",
    turned: bool = False,
) -> Any:
    """The same with what can go wrong."""
    places = {
        "starts": lambda: starts,
        "row numbers": lambda: starts * block_size,
        "the first": lambda: np.arange(len(starts)),
        "one after another": lambda: np.arange(len(starts)) * block_size,
        "all from the first": lambda: starts[0] + np.arange(len(starts)) * block_size,
    }[rows]()
    length = {"block": block_size, "short": block_size - 1, "long": block_size + 1}[window]
    at = np.asarray(places)[:, None] + np.arange(length)  # (B, T)
    x, y = ids[at % len(ids)], ids[(at + ahead) % len(ids)]
    if last == "roll in the row":
        y = np.roll(x, -1, axis=1)
    if last == "roll of the batch":
        y = np.roll(x, -1)
    if last == "the next row":
        y = np.roll(x, -1, axis=0)
    if last == "cut":
        x, y = x[:, :-1], x[:, 1:]
    if last == "one id":
        y = y[:, -1]
    if last == "one block":
        y = ids[(at + block_size) % len(ids)]
    if turned:
        x, y = x.T, y.T
    return {"x, y": (x, y), "y, x": (y, x), "x": x}[order]


def _probes() -> list[Probe]:
    draw = np.random.default_rng(6)
    ids = draw.permutation(97)
    return [
        probe("11 ids, 2 rows of 3", np.arange(10, 21), np.array([2, 6]), 3),
        probe("5 rows of 7, in no order", ids, np.array([41, 3, 60, 3, 12]), 7),
        probe("the first start and the last that is possible", ids[:23], np.array([0, 17, 9]), 5),
        probe("rows that overlap", ids[:31].astype(np.uint16), np.array([4, 5, 6, 7]), 11),
        probe("one row", ids, np.array([50]), 13),
        probe("rows of one id", ids[:19], np.array([5, 0, 17]), 1),
    ]


BATCH = Exercise(
    name="get_batch",
    notebook="06_training",
    title="Rows to read and what comes next",
    points=1,
    reference=get_batch,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Write down by hand, for ids 10, 11, 12, … 20, the row of 3 that starts at position 2, and "
        "under each id the one that follows it.",
        "A row of x is ids[s : s + block_size]. The row of y under it begins one position later "
        "and is just as long. Do that for each s in starts, and stack the rows.",
        "x = np.stack([ids[s : s + block_size] for s in starts]); y is the same with "
        "ids[s + 1 : s + 1 + block_size]; return x, y.",
    ),
    mistakes=(
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
    ),
)

EXERCISES = (BATCH,)
