"""Pictures of functions: smooth curves over a number, with the points that matter marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import (
    COLOURS,
    DASHES,
    FONT,
    choose_fonts,
    new_figure,
    set_title,
    write_beside,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = tuple[float, float]


def function_curves(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    x_name: str,
    y_name: str,
    marks: Mapping[str, Point] | None = None,
    floor: float | None = None,
    top: float | None = None,
    title: str = "",
) -> Figure:
    """Each curve from its x and y, named at its right end; `marks` are dots with their names.

    `floor` is a line that nothing passes; `top` cuts the picture off above.

    Shapes: x and y (N,), the same N within a curve.
    Raises: ValueError for no curves, or an x and y that do not fit.
    Notebook: 02 language modelling.
    """
    lines = {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in curves.items()}
    wrong = {
        name: (x.shape, y.shape)
        for name, (x, y) in lines.items()
        if x.ndim != 1 or x.shape != y.shape or not x.size
    }
    if wrong or not lines:
        raise ValueError(f"each curve needs an x and a y of the same length (N,); got {wrong}")
    figure = new_figure(7.2, 3.6)
    axes = figure.subplots()
    ends = []
    for at, (name, (x, y)) in enumerate(lines.items()):
        colour, dashes = COLOURS[at % len(COLOURS)], DASHES[at % len(DASHES)]
        axes.plot(x, y, color=colour, linestyle=dashes)
        ends.append((float(y[-1]), name, colour))
    if floor is not None:
        axes.axhline(floor, color="black", linewidth=1.5)
        ends.append((floor, f"floor {floor:.2f}", "black"))
    axes.margins(x=0.01)
    axes.set_ylim(0 if axes.get_ylim()[0] > 0 else None, top)
    _draw_marks(axes, marks or {})
    axes.set_xlabel(x_name)
    axes.set_ylabel(y_name)
    axes.spines[["top", "right"]].set_visible(False)
    write_beside(axes, [end for end in ends if end[1] and (top is None or end[0] <= top)])
    set_title(figure, title)
    return figure


def _draw_marks(axes: Axes, marks: Mapping[str, Point]) -> None:
    for name, (x, y) in marks.items():
        axes.plot([x], [y], marker="o", color="black", markersize=5, zorder=3)
        place = dict(xytext=(6, 6), textcoords="offset points", fontsize=FONT - 1)
        choose_fonts([axes.annotate(name, (x, y), parse_math=False, **place)])
