"""Whether to trust an attention map: what happens to the loss when a head or an edge is cut.

A cut shows what the rest of this model makes of a state that it never met in training. That is
not the whole of what a head is for: later heads may do its work once it is gone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.model.probe import ablate_heads, block_edges


@torch.no_grad()
def position_losses(model: GPT, ids: Sequence[int] | ndarray | Tensor) -> ndarray:
    """How surprised the model is at each next token of one text.

    Shapes: ids (T,) -> (T-1,); entry t is about token t+1.
    Units: nats.
    Raises: ValueError for fewer than two ids, or a model whose dropout is switched on.
    Notebook: 10 attention maps.
    """
    row = _one_row(model, ids)
    logits = model(row[None])[0, :-1]  # (T-1, V)
    return cross_entropy(logits, row[1:], reduction="none").cpu().numpy()


@torch.no_grad()
def head_effects(model: GPT, ids: Sequence[int] | ndarray | Tensor, by: str = "zero") -> ndarray:
    """What silencing each head alone costs at each position: its loss without, minus with it.

    Above 0: the loss rises there without the head. `by` is what stands in for it; "zero" takes away
    its mean as well, on which others may count (see `ablate_heads`). It takes L · H forward passes.

    Shapes: ids (T,) -> (L, H, T-1); entry t is about token t+1.
    Units: nats.
    Raises: ValueError for fewer than two ids, another `by`, or a model with dropout switched on.
    Source: Michel et al. 2019.
    Notebook: 10 attention maps.
    """
    before, config = position_losses(model, ids), model.config
    effects = np.empty((config.n_layer, config.n_head, len(before)), before.dtype)
    for layer, head in np.ndindex(effects.shape[:2]):
        with ablate_heads(model, [(layer, head)], by):
            effects[layer, head] = position_losses(model, ids) - before
    return effects


@torch.no_grad()
def edge_effects(
    model: GPT, ids: Sequence[int] | ndarray | Tensor, layer: int, head: int, query: int
) -> ndarray:
    """What cutting each edge of one row alone costs: the change of the loss at `query`.

    Entry k is about the edge from `query` to key k; above 0: the token after `query` is predicted
    worse when the rest of the row takes over that edge's weight. It takes query + 2 forward passes.

    Shapes: ids (T,) -> (query+1,).
    Units: nats.
    Raises: ValueError for a head that is not there, or a query that has but one edge or no token
        after it.
    Source: Jain and Wallace 2019 (attention is not explanation); Wiegreffe and Pinter 2019.
    Notebook: 10 attention maps.
    """
    row = _one_row(model, ids)
    if not 1 <= query <= len(row) - 2:
        raise ValueError(
            f"query={query} cannot be judged in a text of {len(row)} tokens; choose 1 to "
            f"{len(row) - 2}: 0 sees itself alone, and after the last token nothing is predicted"
        )
    seen = row[: query + 2]
    before = position_losses(model, seen)[-1]
    effects = np.empty(query + 1, before.dtype)
    for key in range(query + 1):
        with block_edges(model, [(layer, head, query, key)]):
            effects[key] = position_losses(model, seen)[-1] - before
    return effects


def rank_correlation(x: Sequence[float] | ndarray, y: Sequence[float] | ndarray) -> float:
    """Spearman's: the correlation of ranks, from -1, opposite order, to 1, the same order.

    Equal values share the mean of their ranks.

    Shapes: x and y have the same shape, any; their values are paired in order.
    Raises: ValueError for values that do not pair up, are no numbers, or are all the same.
    Source: Spearman 1904.
    Notebook: 10 attention maps.

    >>> rank_correlation([1.0, 2.0, 30.0], [5.0, 7.0, 8.0])
    1.0
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape or x.size < 2:
        raise ValueError(
            f"x of shape {x.shape} and y of shape {y.shape} arrived; pass two values or more of "
            "each, in pairs"
        )
    for name, values in (("x", x), ("y", y)):
        if not np.isfinite(values).all() or values.min() == values.max():
            raise ValueError(
                f"the values of {name} give no order: they run from {values.min()} to "
                f"{values.max()}; pass finite numbers that are not all the same"
            )
    a, b = _ranks(x.ravel()), _ranks(y.ravel())
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


def _ranks(values: ndarray) -> ndarray:
    """Ranks from 1; equal values share the mean of theirs; (N,) -> (N,)."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)  # the highest rank of each distinct value
    return (last - (count - 1) / 2)[place]


def _one_row(model: GPT, ids: Sequence[int] | ndarray | Tensor) -> Tensor:
    """The ids of one text (T,) on the model's device."""
    array = np.array(ids.tolist() if isinstance(ids, Tensor) else ids)
    if array.dtype.kind not in "iu" or array.ndim != 1 or len(array) < 2:
        raise ValueError(
            f"{array.dtype} of shape {array.shape} arrived; pass the ids of one text, whole "
            "numbers, at least two: the loss is about the token that comes next"
        )
    if model.training and model.config.dropout:
        raise ValueError(
            "the model's dropout is switched on, so no two passes are alike; call model.eval()"
        )
    return torch.from_numpy(array.astype(np.int64)).to(model.lm_head.weight.device)
