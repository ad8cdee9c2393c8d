"""Pictures of depth: what happens from layer to layer, over many powers of ten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import COLOURS, DASHES, FONT, new_figure, set_title, write_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curves = Mapping[str, ArrayLike]

MOST_TICKS = 7


def by_layer(panels: Mapping[str, Curves], title: str = "") -> Figure:
    """Panels side by side, each with one curve of positive sizes for each name, layer by layer.

    Heights grow with the logarithm, on one scale for all panels. A curve ends where its values are
    no finite numbers above zero. Names stand at the ends of the curves, except empty ones.

    Shapes: each curve (N,), for layers 0 to N-1.
    Raises: ValueError for no panels or curves, or a curve that is not one row of numbers.
    Notebook: 05 the GPT block.
    """
    if not panels or not all(panels.values()):
        raise ValueError("nothing to draw; pass for example {'gradient': {'pre-norm': sizes}}")
    heights = {
        name: {curve: _log10(curve, values) for curve, values in curves.items()}
        for name, curves in panels.items()
    }
    figure = new_figure(1.2 + 3.6 * len(panels), 3.4)
    row = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (name, curves) in zip(row, heights.items(), strict=True):
        _draw_curves(axes, curves)
        axes.set_title(name, fontsize=FONT, parse_math=False)
    _name_powers(row[0])
    for axes, curves in zip(row, heights.values(), strict=True):
        _name_curves(axes, curves)
    set_title(figure, title)
    return figure


def _log10(name: str, values: ArrayLike) -> np.ndarray:
    """Logarithms, nan where there is none."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"the curve {name!r} has shape {array.shape}; pass one number a layer")
    drawable = np.isfinite(array) & (array > 0)
    return np.where(drawable, np.log10(np.where(drawable, array, 1.0)), np.nan)


def _draw_curves(axes: Axes, curves: Mapping[str, np.ndarray]) -> None:
    for at, heights in enumerate(curves.values()):
        axes.plot(heights, color=COLOURS[at % len(COLOURS)], linestyle=DASHES[at % len(DASHES)])
    axes.set_xlabel("layer")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)


def _name_powers(axes: Axes) -> None:
    """Whole powers of ten along the axis, at most MOST_TICKS of them."""
    low, high = axes.get_ylim()
    low, high = int(np.floor(low)), int(np.ceil(high))
    powers = range(low, high + 1, -(-(high - low) // (MOST_TICKS - 1)) or 1)
    axes.set_ylim(low, high)
    axes.set_yticks(list(powers), [f"{10.0**power:g}" for power in powers])


def _name_curves(axes: Axes, curves: Mapping[str, np.ndarray]) -> None:
    ends = []
    for at, (name, heights) in enumerate(curves.items()):
        drawn = heights[np.isfinite(heights)]
        if name and drawn.size:
            ends.append((float(drawn[-1]), name, COLOURS[at % len(COLOURS)]))
    write_beside(axes, ends)
