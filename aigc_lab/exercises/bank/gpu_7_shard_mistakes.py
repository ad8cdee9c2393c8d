"""Notebook 08: the mistakes known of the exercise in gpu_7_shard."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_7_shard


def flawed(
    batch: ndarray, rank: int, size: int, *, share: str = "together", rest: str = "refused"
) -> Any:
    """The same with what can go wrong."""
    many = len(batch)
    rows, left = divmod(many, size)
    if left and rest == "refused":
        raise ValueError(
            f"{many} rows do not divide by {size} processes; choose a batch of {many - left} or "
            f"{many - left + size} rows"
        )
    if left and rest == "another error":
        raise Exception("the rows do not divide by the processes")
    if left and rest == "nothing":
        return None
    if left and rest == "spread":
        return np.array_split(batch, size)[rank]
    if left and rest == "to the last" and rank == size - 1:
        return batch[rank * rows :]
    if rest == "rounded up":
        rows = -(-many // size)
    start = rank * rows
    return {
        "together": lambda: batch[start : start + rows],
        "in turn": lambda: batch[rank::size][: rows or None],
        "from 1": lambda: batch[start - rows : start] if rank else batch[:0],
        "size rows": lambda: batch[rank * size : (rank + 1) * size],
        "one row": lambda: batch[rank],
        "to the end": lambda: batch[start:],
        "the first": lambda: batch[:rows],
        "backwards": lambda: batch[many - start - rows : many - start],
    }[share]()


MISTAKES = (
    Mistake(
        "in turn",
        symptom="each process gets rows from all over the batch",
        diagnosis="you give the rows out in turn, like cards",
        hint="Process 0 gets the first B / size rows, all in one piece.",
        knobs={"share": "in turn"},
    ),
    Mistake(
        "rest dropped",
        symptom="where the rows do not divide, some are silently left out",
        diagnosis="you round down instead of refusing",
        hint="7 rows for 3 processes: which of them would never be learned from?",
        knobs={"rest": "dropped"},
    ),
    Mistake(
        "rest to the last",
        symptom="where the rows do not divide, the last process gets more than the others",
        diagnosis="you give the rest to the last process instead of refusing",
        hint="A ValueError is asked for when B does not divide.",
        knobs={"rest": "to the last"},
    ),
    Mistake(
        "another error",
        symptom="it refuses, but not in the way that was asked for",
        diagnosis="you raise something else than a ValueError; an `assert` raises AssertionError",
        hint="Write `raise ValueError(…)`, with a sentence that helps.",
        knobs={"rest": "another error"},
    ),
    Mistake(
        "size rows",
        symptom="each process gets as many rows as there are processes",
        diagnosis="you take `size` for the number of rows of a share",
        hint="15 rows, 5 processes: how many rows for each?",
        knobs={"share": "size rows"},
    ),
)
