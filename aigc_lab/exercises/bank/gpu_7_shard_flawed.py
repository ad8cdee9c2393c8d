"""Notebook 08: the ways to share out the rows of a batch wrongly, for gpu_7_shard."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpu_7_shard


def flawed(
    batch: ndarray, rank: int, size: int, *, share: str = "together", rest: str = "refused"
) -> Any:
    """The same with what can go wrong."""
    many = len(batch)
    rows, left = divmod(many, size)
    refuses = {"refused": left, "only too few": many < size, "turned": size % many}
    if refuses.get(rest, 0):
        raise ValueError(f"{many} rows do not divide by {size} processes; choose another batch")
    if left and rest == "another error":
        raise Exception("the rows do not divide by the processes")
    if left and rest in ("nothing", "everything"):
        return None if rest == "nothing" else batch
    if left and rest == "spread":
        return np.array_split(batch, size)[rank]
    if rest == "rounded up":
        rows = -(-many // size)
    start = rank * rows
    end = many if rest == "to the last" and rank == size - 1 else start + rows
    return {
        "together": lambda: batch[start:end],
        "in turn": lambda: batch[rank::size],
        "from 1": lambda: batch[(rank - 1) * rows : start],
        "size rows": lambda: batch[rank * size : (rank + 1) * size],
        "one row": lambda: batch[rank],
        "to the end": lambda: batch[start:],
        "up to the end": lambda: batch[:end],
        "the first": lambda: batch[:rows],
        "ends at rows": lambda: batch[start:rows],
        "starts at rank": lambda: batch[rank : rank + rows],
        "starts at rank times size": lambda: batch[rank * size : rank * size + rows],
        "one short": lambda: batch[start : end - 1],
        "one more": lambda: batch[start : end + 1],
        "backwards": lambda: batch[many - end : many - start],
        "every rows-th": lambda: batch[rank::rows],
        "all": lambda: [batch[at * rows : (at + 1) * rows] for at in range(size)],
        "places": lambda: np.arange(start, end),
        "share before": lambda: batch[start - rows : start] if rank else batch[many - rows :],
        "flat": lambda: batch[start:end].ravel(),
        "whole": lambda: batch,
        "columns": lambda: np.array_split(batch, size, axis=1)[rank],
    }[share]()


def sliced_with_fractions(batch: ndarray, rank: int, size: int) -> ndarray:
    """Rows counted with /, which gives a float."""
    if len(batch) % size:
        raise ValueError("the rows do not divide by the processes")
    rows = len(batch) / size
    return batch[rank * rows : (rank + 1) * rows]  # type: ignore[misc]
