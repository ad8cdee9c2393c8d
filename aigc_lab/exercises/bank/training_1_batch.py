"""Notebook 06: a batch, cut from a long row of token ids."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.training_1_batch_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
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
    form: str = "arrays",
) -> Any:
    """The same with what can go wrong."""
    places = {
        "starts": lambda: starts,
        "row numbers": lambda: starts * block_size,
        "the first": lambda: np.arange(len(starts)),
        "one after another": lambda: np.arange(len(starts)) * block_size,
    }[rows]()
    at = np.asarray(places)[:, None] + np.arange(block_size + (window == "long"))  # (B, T)
    x, y = ids[at % len(ids)], ids[(at + ahead) % len(ids)]
    if last == "roll in the row":
        y = np.roll(x, -1, axis=1)
    if last == "roll of the batch":
        y = np.roll(x, -1)
    if last == "the next row":
        y = np.roll(x, -1, axis=0)
    if last == "cut":
        x, y = x[:, :-1], x[:, 1:]
    if last == "plus one":
        y = x + 1
    if last in ("0", "-100"):
        y = np.concatenate((x[:, 1:], np.full((len(x), 1), int(last))), axis=1)
    if last == "one id":
        y = y[:, -1]
    if last == "one id, the first":
        y = y[:, 0]
    if last == "y cut":
        y = y[:, :-1]
    if last == "x longer":
        x = ids[np.asarray(places)[:, None] + np.arange(block_size + 1)]
    if last == "one block":
        y = ids[(at + block_size) % len(ids)]
    if turned:
        x, y = x.T, y.T
    if form == "lists of rows":
        x, y = list(x), list(y)
    if form == "one column":
        x, y = x[:, 0], y[:, 0]
    if form == "one row":
        x, y = x.ravel(), y.ravel()
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
    mistakes=MISTAKES,
)

EXERCISES = (BATCH,)
