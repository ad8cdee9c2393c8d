"""Attention weights as coloured cells: the parts that one map and a grid of maps share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import SMALL_FONT, choose_fonts
from aigc_lab.viz.fonts import Token, token_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

HEAT = "Blues"
FORBIDDEN = "#DDDDDD"  # no blue: what the mask forbids differs from a weight of zero
ROUNDING = 1e-3  # how far above 1 a weight may come out of half precision


def checked_weights(weights: ArrayLike, shape: str) -> np.ndarray:
    """The weights as float64 of the shape that is named, such as "(H, T, T)".

    Raises: ValueError for another number of axes, sides that differ where both are T, or values
    that are no weights.
    """
    array = np.asarray(weights, dtype=float)
    square = shape.count("T,") == 0 or array.shape[-1:] == array.shape[-2:-1]
    if array.ndim != shape.count(",") + 1 or array.size == 0 or not square:
        raise ValueError(f"weights of shape {array.shape} arrived; pass an array {shape}")
    if not (array.min() >= 0 and array.max() <= 1 + ROUNDING):  # so written, it refuses nan too
        raise ValueError(
            f"weights run from {array.min():.3g} to {array.max():.3g}, but attention weights lie "
            "within 0 and 1; pass them after the softmax, not the scores"
        )
    return array


def is_causal(weights: np.ndarray) -> bool:
    """Whether no query looks at a key after it, so that these cells are masked rather than zero.

    Shapes: weights (T_q, T_k); the last query stands at the last key.

    >>> is_causal(np.eye(3)), is_causal(np.full((3, 3), 1 / 3))
    (True, False)
    """
    future = _future(weights)
    return bool(future.any()) and not weights[future].any()


def draw_map(axes: Axes, weights: np.ndarray) -> AxesImage:
    """Draw weights (T_q, T_k) as cells, darker for more, grey where the mask forbids."""
    from matplotlib.colors import PowerNorm

    hidden = _future(weights) & is_causal(weights)
    image = axes.imshow(
        np.ma.masked_where(hidden, weights), cmap=HEAT, norm=PowerNorm(0.5, vmin=0, vmax=1)
    )
    axes.set_facecolor(FORBIDDEN)
    axes.spines[:].set_visible(False)
    return image


def token_labels(tokens: Sequence[Token], count: int, name: str, what: str) -> list[str]:
    """A label for each token of one side of a map.

    Raises: ValueError when there are more or fewer than `count`.
    """
    if len(tokens) != count:
        raise ValueError(
            f"{len(tokens)} {name} arrived for weights of {count} {what}; give one for each"
        )
    return [token_label(token) for token in tokens]


def name_tokens(
    axes: Axes, rows: Sequence[str], columns: Sequence[str], size: int, as_names: bool
) -> None:
    """Write tokens beside the rows and under the columns, or positions where they are too many."""
    axes.tick_params(length=0, labelsize=size)
    for labels, axis, turn in ((rows, axes.yaxis, 0), (columns, axes.xaxis, 90)):
        if not labels:
            axis.set_ticks([])
        elif as_names:
            places = range(len(labels))
            axis.set_ticks(places, labels, fontsize=size, rotation=turn, parse_math=False)
            choose_fonts(axis.get_ticklabels())


def write_numbers(axes: Axes, weights: np.ndarray) -> None:
    """Write each weight into its cell, except those that are zero."""
    for (row, column), weight in np.ndenumerate(weights):
        if weight > 0:
            colour = "white" if weight > 0.3 else "black"
            number = f"{weight:.2f}".removeprefix("0")
            axes.text(column, row, number, ha="center", va="center", fontsize=8, color=colour)


def colour_bar(figure: Figure, image: AxesImage, axes: Any) -> None:
    """The scale of the colours, for one map or a list of them."""
    bar = figure.colorbar(
        image, ax=axes, ticks=[0, 0.05, 0.2, 0.5, 1], shrink=0.7, aspect=30, pad=0.02
    )
    bar.ax.tick_params(labelsize=SMALL_FONT)
    bar.set_label("attention weight", fontsize=SMALL_FONT + 1)
    bar.outline.set_visible(False)


def _future(weights: np.ndarray) -> np.ndarray:
    """Which cells (T_q, T_k) lie after their query."""
    queries, keys = weights.shape
    return np.triu(np.ones((queries, keys), dtype=bool), k=1 + keys - queries)
