"""All layers and heads of a model at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import COLOURS, FONT, SMALL_FONT, new_figure, set_title
from aigc_lab.viz.maps import FORBIDDEN, HEAT, checked_weights, colour_bar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FINEST = 64  # cells along a side of one map; of longer texts each cell shows the strongest of some
SIDE = 0.8  # inches of one map
GAP = 0.08  # between two maps, in parts of one
AHEAD = -1.0  # stands for what the mask forbids, which is no weight


def layers_grid(
    maps: ArrayLike, title: str = "", selected: tuple[int, int] | None = None
) -> Figure:
    """The maps of all heads: a row for each layer, a column for each head, colours as in one map.

    In texts of more than 64 tokens a cell shows the strongest weight of several, so that a thin
    line of attention does not fade. `selected` is the (layer, head) to frame.

    Shapes: maps (L, H, T, T), causal or not.
    Raises: ValueError for another number of axes or values that are no weights.
    Notebook: 10 attention maps.
    """
    import matplotlib
    from matplotlib.colors import PowerNorm
    from matplotlib.patches import Rectangle

    weights = checked_weights(maps, "(L, H, T, T)")
    layers, heads = weights.shape[:2]
    strongest = pool(weights)
    cells = strongest.shape[-1]
    step = cells + _gap(cells)
    figure = new_figure(heads * SIDE + 1.6, layers * SIDE + 0.8)
    axes = figure.subplots()
    colours = matplotlib.colormaps[HEAT].with_extremes(under=FORBIDDEN, bad="white")
    norm = PowerNorm(0.5, vmin=0, vmax=1)
    image = axes.imshow(mosaic(strongest), cmap=colours, norm=norm, interpolation="nearest")
    axes.spines[:].set_visible(False)
    for axis, count, name in ((axes.xaxis, heads, "head"), (axes.yaxis, layers, "layer")):
        axis.set_ticks([at * step + (cells - 1) / 2 for at in range(count)], range(count))
        axis.set_label_text(name, fontsize=FONT - 1)
        axis.set_tick_params(length=0, labelsize=SMALL_FONT + 1)
    if selected is not None:
        corner = (selected[1] * step - 0.5, selected[0] * step - 0.5)
        axes.add_patch(
            Rectangle(corner, cells, cells, fill=False, ec=COLOURS[1], lw=2, clip_on=False)
        )
    colour_bar(figure, image, axes)
    set_title(figure, title)
    return figure


def pool(weights: np.ndarray, finest: int = FINEST) -> np.ndarray:
    """Maps (…, T, T) with at most `finest` cells a side, each the largest of the weights it covers.

    Where no map looks ahead, cells that lie wholly in the future become -1.

    >>> pool(np.tril(np.full((1, 4, 4), 0.25)), finest=2)[0].tolist()
    [[0.25, -1.0], [0.25, 0.25]]
    """
    length = weights.shape[-1]
    future = np.triu(np.ones((length, length), dtype=bool), k=1)
    causal = not weights[..., future].any()
    marked = np.where(future & causal, AHEAD, weights)
    block = -(-length // finest)  # weights that one cell covers along a side
    short = -length % block
    edges = [(0, 0)] * (weights.ndim - 2) + [(0, short), (0, short)]
    padded = np.pad(marked, edges, constant_values=AHEAD)
    cells = (length + short) // block
    blocks = padded.reshape(*weights.shape[:-2], cells, block, cells, block)
    return blocks.max(axis=(-3, -1))


def mosaic(maps: np.ndarray) -> np.ndarray:
    """Maps (L, H, N, N) as one array (L·N + gaps, H·N + gaps), nan where nothing is drawn."""
    layers, heads, cells, _ = maps.shape
    gap = _gap(cells)
    edges = ((0, 0), (0, 0), (0, gap), (0, gap))
    spaced = np.pad(maps, edges, constant_values=np.nan)  # (L, H, N + gap, N + gap)
    rows = spaced.transpose(0, 2, 1, 3)  # (L, N + gap, H, N + gap)
    return rows.reshape(layers * (cells + gap), heads * (cells + gap))[:-gap, :-gap]


def _gap(cells: int) -> int:
    return max(1, round(cells * GAP))
