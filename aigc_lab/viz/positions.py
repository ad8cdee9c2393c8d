"""Pictures of positions: pairs of features as clock hands, and values by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import (
    COLOURS,
    DASHES,
    FONT,
    GREY,
    choose_fonts,
    new_figure,
    set_title,
    text_width,
    write_beside,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FACE = 0.85  # inches of a clock


def clocks(
    hands: ArrayLike, rows: Sequence[str], columns: Sequence[str], title: str = ""
) -> Figure:
    """Clock faces: a row for each position, a column for each pair of features.

    A hand points to (right, up), so the pair (sin, cos) begins at twelve and goes clockwise.
    Several hands on one face are told apart by colour and dashes.

    Shapes: hands (R, P, 2), or (R, P, N, 2) for N hands on each face; `rows` R and `columns` P
        names.
    Raises: ValueError when shapes and names do not fit.
    Notebook: 04 positions.
    """
    array = np.asarray(hands, dtype=float)
    array = array[:, :, None] if array.ndim == 3 else array
    if array.ndim != 4 or array.shape[-1] != 2 or array.shape[:2] != (len(rows), len(columns)):
        raise ValueError(
            f"hands of shape {np.shape(hands)} arrived with {len(rows)} rows and {len(columns)} "
            "columns; pass (R, P, 2) or (R, P, N, 2), with R row names and P column names"
        )
    width = len(columns) * FACE + text_width(rows, FONT) + 0.3
    figure = new_figure(max(width, text_width([title], FONT + 1)), len(rows) * FACE + 0.7)
    faces = figure.subplots(len(rows), len(columns), squeeze=False)
    reach = max(1.0, float(np.hypot(array[..., 0], array[..., 1]).max()))
    for (row, column), axes in np.ndenumerate(faces):
        _draw_clock(axes, array[row, column], reach)
        if row == 0:
            choose_fonts([axes.set_title(columns[column], fontsize=FONT - 1, parse_math=False)])
        if column == 0:
            beside = dict(rotation=0, ha="right", va="center", parse_math=False)
            choose_fonts([axes.set_ylabel(rows[row], fontsize=FONT, **beside)])
    set_title(figure, title)
    return figure


def by_position(
    curves: Mapping[str, ArrayLike],
    label: str,
    seen: int | None = None,
    lines: Mapping[str, float] | None = None,
    title: str = "",
) -> Figure:
    """One curve of values for each name over positions 0, 1, 2, …

    Positions from `seen` on are shaded: no training text was that long. `lines` are yardsticks.

    Shapes: each curve (T,); nan leaves a gap.
    Raises: ValueError for no curves, or one of another shape.
    Notebook: 04 positions.
    """
    arrays = {name: np.asarray(values, dtype=float) for name, values in curves.items()}
    if not arrays or any(values.ndim != 1 or not values.size for values in arrays.values()):
        shapes = {name: values.shape for name, values in arrays.items()}
        raise ValueError(f"curves of shapes {shapes} arrived; pass at least one, each (T,)")
    figure = new_figure(7.6, 3.6)
    axes = figure.subplots()
    ends = []
    for at, (name, values) in enumerate(arrays.items()):
        colour, dashes = COLOURS[at % len(COLOURS)], DASHES[at % len(DASHES)]
        axes.plot(values, color=colour, linestyle=dashes)
        ends.append((float(values[-1]), name, colour))
    for name, value in (lines or {}).items():
        axes.axhline(value, color=GREY, linewidth=1, linestyle=":")
        ends.append((value, name, GREY))
    if seen is not None:
        axes.axvspan(seen - 0.5, max(map(len, arrays.values())) - 0.5, color="#EEEEEE", zorder=0)
        axes.annotate("longer than in training", (seen, 1.01), fontsize=FONT - 1, color=GREY,
                      xycoords=("data", "axes fraction"))  # fmt: skip
    axes.set_xlabel("position")
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    write_beside(axes, ends)
    set_title(figure, title)
    return figure


def _draw_clock(axes: Axes, hands: np.ndarray, reach: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((0, 0), reach, facecolor="none", edgecolor="#BBBBBB", linewidth=1))
    axes.plot([0, 0], [0.9 * reach, reach], color="#BBBBBB", linewidth=1)  # twelve
    for at, (right, up) in enumerate(hands):
        style = dict(color=COLOURS[at % len(COLOURS)], linestyle=DASHES[at % len(DASHES)])
        axes.plot([0, right], [0, up], linewidth=2, solid_capstyle="round", **style)
        axes.plot([right], [up], marker="o", markersize=3.5, color=style["color"])
    axes.set(xlim=(-1.12 * reach, 1.12 * reach), ylim=(-1.12 * reach, 1.12 * reach), aspect=1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
