"""Notebook 07: the ways to get top-k wrong, for generation_2_top_k."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.model.reference import softmax

EXERCISES = ()  # the exercise that these belong to stands in generation_2_top_k


def flawed(
    logits: ndarray,
    k: int,
    *,
    ties: str = "stay",
    end: str = "top",
    many: str = "k",
    rows: str = "each",
    out: float = -np.inf,
    give: str = "logits",
) -> ndarray:
    """Top-k with what can go wrong."""
    size = logits.shape[-1]
    if many == "not capped" and k > size:
        raise IndexError(f"index -{k} is out of bounds for axis 0 with size {size}")
    values = np.abs(logits) if end == "absolute" else -logits if end == "bottom" else logits
    k = {"one more": k + 1, "one fewer": k - 1}.get(many, k)
    k = max(0, min(k, len(logits) if rows == "capped by rows" else size))
    kept = _of_rows(values, k, ties) if rows in ("each", "capped by rows") else _of(values, k, rows)
    order = np.argsort(-values, axis=-1, kind="stable")
    kept = {"turned": ~kept, "argsort": order < k, "k": logits >= k}.get(end, kept)
    return {
        "logits": lambda: np.where(kept, logits, out),
        "sorted": lambda: np.sort(logits, axis=-1)[..., ::-1][..., :k],
        "in order": lambda: np.take_along_axis(np.where(kept, logits, out), order, -1),
        "ids": lambda: order[..., :k],
        "mask": lambda: kept,
        "probs": lambda: softmax(np.where(kept, logits, out)),
        "short": lambda: logits[kept],
    }[give]()


def _of_rows(values: ndarray, k: int, ties: str) -> ndarray:
    """Which tokens stay, each row by itself."""
    if not k:
        return np.zeros(values.shape, dtype=bool)
    if ties == "distinct":
        rows = values.reshape(-1, values.shape[-1])
        borders = [np.unique(row)[-min(k, len(np.unique(row)))] for row in rows]
        return values >= np.array(borders).reshape(*values.shape[:-1], 1)
    border = np.sort(values, axis=-1)[..., -k, None]
    if ties in ("stay", "strict"):
        return values >= border if ties == "stay" else values > border
    late = np.argsort(values, axis=-1, kind="stable")[..., values.shape[-1] - k :]
    early = np.argsort(-values, axis=-1, kind="stable")[..., :k]
    kept = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(kept, late if ties == "last" else early, True, axis=-1)
    return kept


def _of(values: ndarray, k: int, rows: str) -> ndarray:
    """Which tokens stay, the rows being mixed up."""
    if rows == "row as border":
        return values >= np.sort(values, axis=-1)[-min(k, len(values))]
    if rows == "no axis kept":
        return values >= np.sort(values, axis=-1)[..., -k]
    return values >= np.sort(values, axis=None)[-k]
