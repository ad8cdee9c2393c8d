"""One head's attention as arcs between the tokens of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import FONT, new_figure, set_title
from aigc_lab.viz.fonts import Token
from aigc_lab.viz.maps import HEAT, checked_weights, colour_bar, is_causal
from aigc_lab.viz.token_line import token_line

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

FAINTEST = 0.02  # arcs of smaller weights are left out
THICKEST = 6.0  # points of an arc of weight 1
BEND = 0.6  # how much higher longer arcs are: a power below 1 keeps wide ones low
HIGHEST = 3.0  # inches
POINTS = 33  # of one arc
PALEST = 0.3  # where on the scale of colours arcs begin


def arc_diagram(
    weights: ArrayLike, tokens: Sequence[Token], query: int | None = None, title: str = ""
) -> Figure:
    """Arcs from each token to the earlier ones that it looks at, thicker and darker for more.

    A dot is a token's look at itself. With `query` only that token's arcs are drawn, and what it
    looks at most is told in percent. Weights below 0.02 are left out.

    Shapes: weights (T, T), causal; `tokens` T of them, str or bytes.
    Raises: ValueError when shapes and tokens do not fit, for weights that are none or look ahead,
        or a query that is not there.
    Notebook: 10 attention maps.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.colors import PowerNorm

    weights = causal_weights(weights, query)
    line = token_line(tokens, len(weights), None if query is None else weights[query])
    queries, keys = _edges(weights, query)
    strength = weights[queries, keys]
    figure = new_figure(line.width + 1.3, HIGHEST + line.depth + 0.7)
    axes = figure.subplots()
    style = dict(cmap=_line_colours(), norm=PowerNorm(0.5, vmin=0, vmax=1))
    apart = queries > keys
    curves = bows(line.places[keys[apart]], line.places[queries[apart]], line.width)
    arcs = LineCollection(
        curves,
        array=strength[apart],
        linewidths=0.4 + THICKEST * strength[apart],
        capstyle="round",
        **style,
    )
    axes.add_collection(arcs)
    own = line.places[keys[~apart]]
    axes.scatter(own, np.zeros(len(own)), s=60 * strength[~apart], c=strength[~apart], **style)
    axes.set_ylim(-0.04, 1.04 * curves[..., 1].max(initial=0.5))
    axes.set_yticks([])
    line.write(axes, query)
    axes.set_xlabel("arcs lead from a token (right end) to what it looks at", fontsize=FONT - 1)
    colour_bar(figure, arcs, axes)
    set_title(figure, title)
    return figure


def causal_weights(weights: ArrayLike, query: int | None) -> np.ndarray:
    """Weights (T, T) that can be drawn as arcs, and that have the query.

    Raises: ValueError saying what they are instead.
    """
    checked = checked_weights(weights, "(T, T)")
    if len(checked) > 1 and not is_causal(checked):
        raise ValueError("weights look ahead; arcs lead from a token to earlier ones: pass causal")
    require_query(query, len(checked))
    return checked


def require_query(query: int | None, length: int) -> None:
    """Refuse a token that is not there.

    Raises: ValueError naming those that are.
    """
    if query is not None and not 0 <= query < length:
        raise ValueError(
            f"there is no query {query} among {length} tokens; choose 0 to {length - 1}"
        )


def bows(left: np.ndarray, right: np.ndarray, width: float) -> np.ndarray:
    """Half ellipses from left to right ends, higher for longer ones; 1 is as high as `width` goes.

    Shapes: left (N,), right (N,) -> (N, POINTS, 2).

    >>> bows(np.array([0.0]), np.array([2.0]), width=2.0)[0, POINTS // 2].round(3).tolist()
    [1.0, 1.0]
    """
    turn = np.linspace(np.pi, 0, POINTS)
    middle, radius = (left + right) / 2, (right - left) / 2
    across = middle[:, None] + radius[:, None] * np.cos(turn)  # (N, POINTS)
    height = ((right - left) / width) ** BEND
    return np.stack([across, height[:, None] * np.sin(turn)], axis=-1)


def _line_colours() -> Colormap:
    """The colours of maps without the palest: a thin line needs more of them than a cell."""
    import matplotlib
    from matplotlib.colors import LinearSegmentedColormap

    shades = matplotlib.colormaps[HEAT](np.linspace(PALEST, 1, 256))
    return LinearSegmentedColormap.from_list("lines", shades)


def _edges(weights: np.ndarray, query: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Queries and keys of the weights to draw, the faintest first."""
    shown = weights >= FAINTEST
    if query is not None:
        shown &= (np.arange(len(weights)) == query)[:, None]
    queries, keys = np.nonzero(shown)
    order = np.argsort(weights[queries, keys], kind="stable")
    return queries[order], keys[order]
