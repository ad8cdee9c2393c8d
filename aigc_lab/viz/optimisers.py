"""The ways that optimisers take down a landscape of two parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import COLOURS, FONT, GREY, new_figure, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL = (3.7, 2.1)  # inches of one landscape
LEVELS = 12  # lines of equal height


def descents(
    paths: Mapping[str, ArrayLike],
    heights: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    title: str = "",
    x_name: str = "",
    y_name: str = "",
) -> Figure:
    """Each path in a panel of its own, over lines of equal height, closer together further down.

    A path begins at the ring and ends at the dot; the cross is the lowest point of the map. What
    leaves the map is cut off at its edge.

    Shapes: each path (N, 2), points (x, y); heights (Y, X), with x (X,) and y (Y,).
    Raises: ValueError for no paths, arrays that do not fit, or heights that are all the same.
    Notebook: 06 training.
    """
    ways = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    wrong = {name: way.shape for name, way in ways.items() if way.ndim != 2 or way.shape[1] != 2}
    if wrong or not ways or not all(map(len, ways.values())):
        raise ValueError(f"each path needs points (N, 2), and there must be one; got {wrong}")
    heights, x, y = (np.asarray(array, dtype=float) for array in (heights, x, y))
    if heights.shape != (y.size, x.size):
        raise ValueError(
            f"heights of shape {heights.shape} arrived for {y.size} y and {x.size} x; pass (Y, X)"
        )
    if not heights.min() < heights.max() < np.inf:  # nan too
        raise ValueError(
            f"heights from {heights.min()} to {heights.max()} have no lines of equal height; "
            "pass finite ones that are not all the same"
        )
    across = min(2, len(ways))
    down = -(-len(ways) // across)
    figure = new_figure(across * PANEL[0], down * PANEL[1] + 0.3 * bool(title))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes, (name, way) in zip(panels, ways.items(), strict=False):
        _draw_landscape(axes, heights, x, y)
        _draw_way(axes, way)
        axes.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
        axes.set_title(name, fontsize=FONT, parse_math=False)
    for axes in panels[len(ways) :]:
        axes.set_axis_off()
    for axes in panels[max(0, len(ways) - across) : len(ways)]:  # the lowest of each column
        axes.set_xlabel(x_name)
    for axes in panels[::across]:
        axes.set_ylabel(y_name)
    set_title(figure, title)
    return figure


def _draw_landscape(axes: Axes, heights: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    low, high = heights.min(), heights.max()
    levels = low + (high - low) * np.linspace(0, 1, LEVELS + 1)[1:] ** 3
    axes.contour(x, y, heights, levels=levels, colors=GREY, linewidths=0.6, alpha=0.6)
    row, column = np.unravel_index(heights.argmin(), heights.shape)
    axes.plot(x[column], y[row], marker="+", color="black", markersize=10)


def _draw_way(axes: Axes, way: np.ndarray) -> None:
    axes.plot(way[:, 0], way[:, 1], color=COLOURS[0], marker="o", markersize=2.5, linewidth=1.2)
    axes.plot(*way[0], marker="o", color=COLOURS[0], markersize=9, markerfacecolor="none")
    axes.plot(*way[-1], marker="o", color=COLOURS[1], markersize=6, zorder=3)
