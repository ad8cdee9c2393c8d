"""What the explorer shows, as a still picture."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from aigc_lab.viz.arcs import arc_diagram
from aigc_lab.viz.drawing import COLOURS
from aigc_lab.viz.flow import token_flow
from aigc_lab.viz.layers import layers_grid
from aigc_lab.viz.plots import attention_map

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from aigc_lab.viz.explorer.scene import Scene
    from aigc_lab.viz.fonts import Token

VIEWS = ("map", "arcs", "grid", "flow")
NO_QUERY = -1


def draw(
    scene: Scene, view: str, layer: int, head: int, query: int = NO_QUERY, axis: str = "model"
) -> Figure:
    """One view of a scene; without a query the flow ends at the last token.

    Raises: ValueError for a view that is none of VIEWS.
    """
    chosen = None if query == NO_QUERY else query
    weights, tokens = scene.weights, scene.tokens
    name = f"step {scene.name}" if axis == "step" else scene.name
    title = ", ".join(filter(None, [name, f"layer {layer}, head {head}"]))
    if view == "map":
        return _map(weights[layer, head], tokens, chosen, title)
    if view == "arcs":
        return arc_diagram(weights[layer, head], tokens, chosen, title)
    if view == "grid":
        return layers_grid(weights, name, (layer, head))
    if view == "flow":
        end = len(tokens) - 1 if chosen is None else chosen
        return token_flow(weights, tokens, end, ", ".join(filter(None, [name, "all layers"])))
    raise ValueError(f"there is no view {view!r}; choose {', '.join(VIEWS)}")


def picture(figure: Figure, kind: str) -> bytes:
    """A figure as the bytes of a "png" or "svg" file."""
    content = BytesIO()
    figure.savefig(content, format=kind)
    return content.getvalue()


def _map(weights: np.ndarray, tokens: Sequence[Token], query: int | None, title: str) -> Figure:
    """One head's map, with a frame around the row of the query."""
    from matplotlib.patches import Rectangle

    figure = attention_map(weights, tokens, title=title)
    if query is not None:
        frame = dict(fill=False, edgecolor=COLOURS[1], linewidth=2, clip_on=False)
        figure.axes[0].add_patch(Rectangle((-0.5, query - 0.5), query + 1, 1, **frame))
    return figure
