"""Notebook 04: the ways to get learned positions wrong, for positions_learned."""

from __future__ import annotations

import numpy as np

EXERCISES = ()  # the exercise that these belong to stands in positions_learned


def flawed(
    x: np.ndarray,
    table: np.ndarray,
    offset: int = 0,
    *,
    move: str = "offset",
    first: int = 0,
    rows: str = "each",
    how: str = "add",
    end: str = "refuse",
    spare: int = 0,
) -> np.ndarray:
    """The reference with its knobs."""
    offset = 0 if move == "none" else offset
    length = _length(x, rows)
    if end == "refuse" and offset + length > len(table) - spare:
        raise ValueError(f"{offset} + {length} positions, and a table of {len(table)} rows")
    if end == "only offset" and offset >= len(table):
        raise ValueError(f"position {offset} is past the end of {len(table)} rows")
    moves = {"blocks": offset * length, "back": -offset, "only checked": 0}
    positions = np.arange(length) + moves.get(move, offset) + first
    if rows == "reversed":
        positions = positions[::-1]
    if rows == "one":
        positions = positions[:1].repeat(length)
    if end == "wrap":
        positions = positions % len(table)
    if end == "clamp":
        positions = positions.clip(max=len(table) - 1)
    if end != "index":  # as a slice would
        positions = positions[positions < len(table)]
    found = table[offset:length] if rows == "up to T" else table[positions]
    if rows == "first axis":
        found = found.reshape(len(found), *[1] * (x.ndim - 2), table.shape[-1])
    if how == "join":
        return np.concatenate((x, np.broadcast_to(found, x.shape)), axis=-1)
    if how == "replace":
        return found
    return x * found if how == "multiply" else x + found


def _length(x: np.ndarray, rows: str) -> int:
    """How many tokens there are, counted rightly or not."""
    if rows == "two":
        length, _ = x.shape
    elif rows == "three":
        _, length, _ = x.shape
    else:
        length = x.shape[{"len(x)": 0, "first axis": 0, "second": 1}.get(rows, -2)]
    return length
