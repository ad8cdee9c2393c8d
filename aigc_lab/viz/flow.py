"""Through which tokens and layers information reaches one position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.arcs import require_query
from aigc_lab.viz.drawing import COLOURS, FONT, GREY, SMALL_FONT, new_figure, set_title
from aigc_lab.viz.fonts import Token
from aigc_lab.viz.maps import checked_weights
from aigc_lab.viz.token_line import token_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAINTEST = 0.003  # lines of smaller shares are left out
THICKEST = 12.0  # points: the line of the whole
BIGGEST = 120.0  # square points: the dot of the whole
LAYER_HEIGHT = 0.42  # inches
WHAT = "the tokens' shares in the state at the top, by rollout\nblue: from elsewhere, grey: stays"


def token_flow(maps: ArrayLike, tokens: Sequence[Token], query: int, title: str = "") -> Figure:
    """Where the state of one token at the top comes from, layer by layer down to the embeddings.

    The heads of a layer are averaged, and half of each state is taken to come along the residual
    stream, half through attention: attention rollout, edge by edge. What comes from other tokens
    is blue, what stays at its place, along the stream or by attention to itself, is grey. The
    percentages below are the shares of the tokens at the bottom.

    Shapes: maps (L, H, T, T); `tokens` T of them, str or bytes.
    Raises: ValueError when shapes and tokens do not fit, for weights that are none, or a query
        that is not there.
    Source: Abnar and Zuidema 2020 (attention rollout).
    Notebook: 10 attention maps.
    """
    from matplotlib.collections import LineCollection

    weights = checked_weights(maps, "(L, H, T, T)")
    require_query(query, weights.shape[-1])
    edges = flow_edges(weights.mean(axis=1), query)  # (L, T, T)
    shares = edges[0].sum(axis=0)  # (T,)
    line = token_line(tokens, len(shares), shares)
    figure = new_figure(line.width + 0.9, len(edges) * LAYER_HEIGHT + line.depth + 0.9)
    axes = figure.subplots()
    layers, above, below = np.nonzero(edges >= FAINTEST)
    strength = edges[layers, above, below]
    ends = [line.places[below], layers, line.places[above], layers + 1]
    segments = np.stack(ends, axis=-1).reshape(-1, 2, 2)  # (N, from and to, x and y)
    colours = np.where(above == below, GREY, COLOURS[0])
    axes.add_collection(
        LineCollection(segments, linewidths=0.1 + THICKEST * strength, colors=colours, alpha=0.65)
    )
    for level, held in enumerate([*edges.sum(axis=1), np.eye(len(shares))[query]]):
        height = np.full(len(held), level)
        axes.scatter(line.places, height, s=BIGGEST * held, color="black", linewidths=0, zorder=3)
    axes.set_ylim(-0.3, len(edges) + 0.3)
    names = ["embeddings", *(f"after layer {layer}" for layer in range(len(edges)))]
    line.write(axes)
    axes.set_yticks(range(len(names)), names, fontsize=SMALL_FONT + 1)
    axes.set_xlabel(WHAT, fontsize=FONT - 1)
    set_title(figure, title)
    return figure


def flow_edges(layers: np.ndarray, query: int) -> np.ndarray:
    """The share of the query's last state that passes along each edge.

    Entry (l, i, j) leads from token j below layer l to token i above it; each layer's edges sum to
    1, and those of layer 0, summed over i, are the query's row of attention rollout.

    Shapes: layers (L, T, T), one map a layer -> (L, T, T).

    >>> look_back = np.array([[1.0, 0.0], [1.0, 0.0]])
    >>> flow_edges(np.stack([look_back]), query=1)[0].tolist()
    [[0.0, 0.0], [0.5, 0.5]]
    """
    count, length, _ = layers.shape
    edges = np.empty_like(layers)
    held = np.eye(length)[query]  # (T,): at the top all is in the query
    for layer in reversed(range(count)):
        edges[layer] = held[:, None] * (layers[layer] + np.eye(length)) / 2
        held = edges[layer].sum(axis=0)
    return edges
