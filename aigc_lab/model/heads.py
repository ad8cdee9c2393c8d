"""What a head looks for, as one number each: scores of attention maps, all of them in NumPy.

Maps are attention weights (…, T, T): rows are queries, columns are keys, a row sums to 1 and is 0
right of the diagonal. Leading axes, such as layers and heads, are kept. Compare each score with
that of `uniform_weights`, a head that looks at everything alike, and of a model of random weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy import ndarray

ROUNDING = 1e-2  # how far a row's sum may be from 1: maps may have been computed in bfloat16


def uniform_weights(length: int) -> ndarray:
    """The map of a head that looks at all it may see alike: 1/(q+1) in row q.

    Shapes: returns (T, T).
    Raises: ValueError for a length below 1.
    Notebook: 10 attention maps.

    >>> uniform_weights(2).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    if length < 1:
        raise ValueError(f"length={length} must be 1 or more: the number of tokens")
    return np.tri(length) / np.arange(1, length + 1)[:, None]  # (T, T) / (T, 1)


def previous_token_score(weights: ndarray) -> ndarray:
    """How much queries look at the token before them: the mean of weight[q, q-1] over q = 1 … T-1.

    Shapes: weights (…, T, T) -> (…).
    Raises: ValueError for what is no map of two tokens or more.
    Source: Elhage et al. 2021 (previous-token heads).
    Notebook: 10 attention maps.

    >>> float(previous_token_score(np.array([[1.0, 0.0], [0.75, 0.25]])))
    0.75
    """
    weights = _checked(weights, at_least=2)
    return np.diagonal(weights, -1, axis1=-2, axis2=-1).mean(axis=-1)  # (…, T-1) -> (…)


def first_token_score(weights: ndarray) -> ndarray:
    """How much queries look at the very first token: the mean of weight[q, 0] over q = 1 … T-1.

    A head that finds nothing of interest must put its weight somewhere, often here: a sink.

    Shapes: weights (…, T, T) -> (…).
    Raises: ValueError for what is no map of two tokens or more.
    Source: Xiao et al. 2023 (attention sinks).
    Notebook: 10 attention maps.

    >>> float(first_token_score(np.array([[1.0, 0.0], [0.75, 0.25]])))
    0.75
    """
    return _checked(weights, at_least=2)[..., 1:, 0].mean(axis=-1)  # (…, T-1) -> (…)


def duplicate_token_score(weights: ndarray, ids: Sequence[int] | ndarray) -> ndarray:
    """How much queries look at earlier places of their own token.

    The mean, over queries whose token stood before, of their total weight on its earlier places.

    Shapes: weights (…, T, T), ids (T,) -> (…).
    Raises: ValueError when the two do not fit, or no token stands twice.
    Source: Wang et al. 2022 (duplicate-token heads).
    Notebook: 10 attention maps.

    >>> weights = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.625, 0.125]])
    >>> float(duplicate_token_score(weights, [7, 8, 7]))  # the last 7 looks at the first
    0.25
    """
    weights = _checked(weights)
    return _mean_over_repeats(weights, earlier := _earlier_places(ids, weights), earlier)


def induction_score(weights: ndarray, ids: Sequence[int] | ndarray) -> ndarray:
    """How much queries look at what followed their own token the last times.

    The mean, over the queries whose token stood before, of their total weight on the places just
    after its earlier ones; the query's own place does not count.

    Shapes: weights (…, T, T), ids (T,) -> (…).
    Raises: ValueError when the two do not fit, or no token stands twice.
    Source: Olsson et al. 2022 (induction heads).
    Notebook: 10 attention maps.

    >>> weights = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.625, 0.125]])
    >>> float(induction_score(weights, [7, 8, 7]))  # the last 7 looks at the 8 after the first
    0.625
    """
    weights = _checked(weights)
    earlier = _earlier_places(ids, weights)
    after = np.zeros_like(earlier)  # (T, T)
    after[:, 1:] = earlier[:, :-1]
    np.fill_diagonal(after, False)
    return _mean_over_repeats(weights, after, earlier)


def edge_score(weights: ndarray, pairs: Iterable[tuple[int, int]]) -> ndarray:
    """The mean weight over some edges, given as (query, key).

    Shapes: weights (…, T, T) -> (…).
    Raises: ValueError for no pairs of whole numbers, or a key that its query cannot see.
    Notebook: 10 attention maps.

    >>> float(edge_score(np.array([[1.0, 0.0], [0.75, 0.25]]), [(0, 0), (1, 0)]))
    0.875
    """
    weights, pairs = _checked(weights), np.array([*pairs])  # (N, 2)
    if pairs.size == 0:
        raise ValueError("no pairs arrived; give at least one (query, key)")
    if pairs.dtype.kind not in "iu" or pairs.shape[1:] != (2,):
        raise ValueError(
            f"{pairs.dtype} pairs of shape {pairs.shape} arrived; give whole numbers (query, key)"
        )
    for query, key in pairs:
        if not 0 <= key <= query < weights.shape[-1]:
            raise ValueError(
                f"the pair (query={query}, key={key}) is no edge of a map of {weights.shape[-1]} "
                f"tokens; choose 0 <= key <= query <= {weights.shape[-1] - 1}"
            )
    queries, keys = pairs.T  # (N,) each
    return weights[..., queries, keys].mean(axis=-1)


def attention_entropy(weights: ndarray) -> ndarray:
    """How spread each query's look is: minus the sum of w · ln w, with 0 · ln 0 = 0.

    From 0, one key alone, to ln(q+1), all keys alike; e to it is a number of keys.

    Shapes: weights (…, T, T) -> (…, T).
    Units: nats.
    Raises: ValueError for what is no map.
    Source: Shannon 1948.
    Notebook: 10 attention maps.

    >>> attention_entropy(np.array([[1.0, 0.0], [0.5, 0.5]])).round(4).tolist()
    [0.0, 0.6931]
    """
    weights = _checked(weights)
    logs = np.log(np.where(weights > 0, weights, 1))
    return 0.0 - (weights * logs).sum(axis=-1)  # 0.0 - …: a sure look has entropy 0, not -0


def rollout(maps: ndarray) -> ndarray:
    """Where each position's state comes from, after each layer: (A + I)/2, layer upon layer.

    Half of each state is taken to come through attention, half through the residual stream. Rows
    sum to 1: shares of the tokens at the bottom. `maps` are one for a layer: `maps.mean(axis=1)`
    makes them of (L, H, T, T).

    Shapes: maps (L, T, T) -> (L, T, T).
    Raises: ValueError for another number of axes.
    Source: Abnar and Zuidema 2020 (attention rollout).
    Notebook: 10 attention maps.

    >>> layer = np.array([[1.0, 0.0], [1.0, 0.0]])
    >>> rollout(np.stack([layer, layer]))[:, 1].tolist()
    [[0.5, 0.5], [0.75, 0.25]]
    """
    maps = _checked(maps)
    if maps.ndim != 3:
        raise ValueError(
            f"maps of shape {maps.shape} arrived; rollout takes one map for each layer, (L, T, T): "
            "average the heads first with maps.mean(axis=1)"
        )
    state = np.eye(maps.shape[-1], dtype=maps.dtype)  # (T, T): each token is itself
    states = [state := (layer @ state + state) / 2 for layer in maps]
    return np.stack(states)


def _earlier_places(ids: Sequence[int] | ndarray, weights: ndarray) -> ndarray:
    """True where key k < q holds the token of query q; (T, T)."""
    ids, length = np.asarray(ids), weights.shape[-1]
    if ids.shape != (length,):
        raise ValueError(
            f"ids of shape {ids.shape} do not fit maps of {length} tokens; pass the ids (T,) "
            "of the one text that the maps are about"
        )
    earlier = np.tril(ids[:, None] == ids[None, :], -1)  # (T, 1) == (1, T)
    if not earlier.any():
        raise ValueError(
            f"no token stands twice among these {length}, so nothing can be looked back at; "
            "use a longer text, or repeated_ids of aigc_lab.text.repeats"
        )
    return earlier


def _mean_over_repeats(weights: ndarray, places: ndarray, earlier: ndarray) -> ndarray:
    """The mean, over queries whose token stood before, of their total weight on `places`."""
    repeats = earlier.any(axis=-1)  # (T,)
    return (weights * places).sum(axis=-1)[..., repeats].mean(axis=-1)  # (…, R) -> (…)


def _checked(weights: ndarray, at_least: int = 1) -> ndarray:
    weights = np.asarray(weights)
    square = weights.ndim >= 2 and weights.shape[-1] == weights.shape[-2]
    if not square or weights.shape[-1] < at_least or weights.dtype.kind != "f":
        raise ValueError(
            f"{weights.dtype} of shape {weights.shape} arrived; pass attention weights (…, T, T) "
            f"as floats, T at least {at_least}, such as Trace.maps() gives"
        )
    if not (weights >= 0).all():
        raise ValueError(
            f"weights are 0 or more, but their least is {weights.min()}; were these the scores "
            "before the softmax?"
        )
    if np.triu(weights, 1).any():
        raise ValueError(
            "a query looks at a later key: there is weight right of the diagonal; rows are queries "
            "and columns keys, so were the two exchanged, or was there no causal mask?"
        )
    if (gap := np.abs(weights.sum(axis=-1) - 1).max(initial=0)) > ROUNDING:
        raise ValueError(
            f"each row of a map sums to 1, but one of these is {gap:.3g} away; pass weights after "
            "the softmax, and scale what was cut to 1 again"
        )
    return weights
