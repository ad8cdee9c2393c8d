"""Pictures of small arrays as they are: any numbers as coloured cells, or as bars side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import (
    COLOURS,
    FONT,
    GREY,
    choose_fonts,
    new_figure,
    set_title,
    text_width,
)
from aigc_lab.viz.maps import FORBIDDEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIGNED = "RdBu"  # red below zero, white at zero, blue above
CELL = 0.52  # inches: room for a number of five signs
NUMBERS_UP_TO = 14  # rows or columns: in larger arrays the cells shrink and carry no numbers
SMALL_CELL = 0.2
TICK = "✓"
BAR, BARS_WIDTH = 0.3, 1.5  # inches: the height of a bar with its gap, the width of a panel


def array_maps(
    arrays: Mapping[str, ArrayLike],
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    row_name: str = "",
    column_name: str = "",
    title: str = "",
    top: float | None = None,
) -> Figure:
    """Arrays of numbers side by side under their names: blue above zero, red below, on one scale.

    Small arrays carry their numbers, masks a tick where they are True. What is False or minus
    infinity, a cell that a mask forbids, is grey. Rows and columns are numbered unless named. The
    deepest colour stands for `top`, or else for the largest number there is.

    Shapes: each array (rows, columns); they may differ where rows and columns are not named.
    Raises: ValueError for no arrays, one that is not two-dimensional, or names that do not fit.
    Notebook: 03 attention.
    """
    tables = {name: _table(name, array, rows, columns) for name, array in arrays.items()}
    if not tables:
        raise ValueError("no array was given; pass for example {'scores': array}")
    numbered = max(max(table.shape) for table in tables.values()) <= NUMBERS_UP_TO
    cell = CELL if numbered else SMALL_CELL
    widths = [
        max(table.shape[1] * cell, text_width([name], FONT)) for name, table in tables.items()
    ]
    height = max(table.shape[0] for table in tables.values()) * cell
    names = text_width([str(name) for name in rows or ["00"]], FONT) + 0.35
    below = text_width([str(name) for name in columns or []], FONT)
    size = (sum(widths) + len(tables) * 0.35 + names, height + below + 1.0 + 0.3 * bool(title))
    figure = new_figure(*size)
    panels = figure.subplots(1, len(tables), squeeze=False, width_ratios=widths)[0]
    top = top or max(map(_largest, tables.values())) or 1.0
    for at, (name, table) in enumerate(tables.items()):
        _draw_cells(panels[at], table, top, numbered)
        panels[at].set_title(name, fontsize=FONT)
        _name_axis(panels[at].yaxis, rows if at == 0 or rows is None else [""] * len(rows), 0)
        _name_axis(panels[at].xaxis, columns, 90)
        panels[at].set_xlabel(column_name, fontsize=FONT - 1)
    panels[0].set_ylabel(row_name, fontsize=FONT - 1)
    set_title(figure, title)
    return figure


def bar_panels(
    panels: Mapping[str, ArrayLike],
    labels: Sequence[str],
    title: str = "",
    within: tuple[float, float] | None = None,
) -> Figure:
    """The same labels beside bars of several arrays, each in a panel under its name.

    A bar of minus infinity, what a mask forbids, is a grey strip. `within` gives all panels the
    same scale.

    Shapes: each array (N,), with N labels.
    Raises: ValueError for no panels, or an array of another length than the labels.
    Notebook: 03 attention.
    """
    arrays = {name: np.asarray(values, dtype=float) for name, values in panels.items()}
    wrong = {name: array.shape for name, array in arrays.items() if array.shape != (len(labels),)}
    if wrong or not arrays:
        raise ValueError(f"{len(labels)} labels need arrays of {len(labels)} numbers; got {wrong}")
    room = max(BARS_WIDTH, text_width(list(arrays), FONT) + 0.2)
    size = (len(arrays) * room + text_width(labels, FONT) + 0.5, len(labels) * BAR + 0.7)
    figure = new_figure(size[0], size[1] + 0.3 * bool(title))
    for at, (axes, (name, values)) in enumerate(
        zip(figure.subplots(1, len(arrays), squeeze=False)[0], arrays.items(), strict=True)
    ):
        _draw_bars(axes, values, within)
        axes.set_title(name, fontsize=FONT, parse_math=False)
        _name_axis(axes.yaxis, labels if at == 0 else [""] * len(labels), 0)
    set_title(figure, title)
    return figure


def _table(
    name: str, array: ArrayLike, rows: Sequence[str] | None, columns: Sequence[str] | None
) -> np.ndarray:
    table = np.asarray(array)
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"{name!r} has shape {table.shape}; pass an array (rows, columns)")
    for names, count, what in ((rows, len(table), "rows"), (columns, table.shape[1], "columns")):
        if names is not None and len(names) != count:
            raise ValueError(f"{len(names)} names arrived for the {count} {what} of {name!r}")
    return table if table.dtype == bool else table.astype(float)


def _largest(table: np.ndarray) -> float:
    if table.dtype == bool:
        return 0.0
    return float(np.abs(table[np.isfinite(table)]).max(initial=0.0))


def _draw_cells(axes: Axes, table: np.ndarray, top: float, numbered: bool) -> None:
    is_mask = table.dtype == bool
    if is_mask:
        table, top = np.where(table, 1.0, -np.inf), 2.0  # a tick stands out on half of the blue
    shown = np.ma.masked_where(np.isneginf(table), table)
    axes.imshow(shown, cmap=SIGNED, vmin=-top, vmax=top)
    axes.set_facecolor(FORBIDDEN)
    axes.spines[:].set_visible(False)
    if not numbered:
        return
    for (row, column), value in np.ndenumerate(table):
        if np.isfinite(value):
            colour = "white" if abs(value) > 0.6 * top else "black"
            place = dict(ha="center", va="center", fontsize=FONT - 1, color=colour)
            axes.text(column, row, TICK if is_mask else short(value), **place)


def _draw_bars(axes: Axes, values: np.ndarray, within: tuple[float, float] | None) -> None:
    allowed = np.isfinite(values)
    finite = np.where(allowed, values, 0.0)
    low, high = within or (min(0.0, finite.min()), max(0.0, finite.max()))
    span = (high - low) or 1.0
    axes.barh(range(len(values)), finite, height=0.7, color=COLOURS[0], alpha=0.8)
    axes.set_xlim(low - 0.3 * span * (low < 0), high + 0.4 * span)  # room for the numbers
    for row, value in enumerate(finite):
        if not allowed[row]:
            axes.axhspan(row - 0.4, row + 0.4, color=FORBIDDEN)
        side, shift = ("right", -3) if value < 0 else ("left", 3)
        text = short(value) if allowed[row] else "forbidden"
        place = dict(textcoords="offset points", va="center", ha=side, fontsize=FONT - 2)
        axes.annotate(text, (value, row), (shift, 0), **place)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines[:].set_visible(False)


def short(value: float) -> str:
    """A number in few signs.

    >>> [short(value) for value in (0.665, 2.0, -0.04, 13.57, 1234.5)]
    ['0.67', '2', '-0.04', '13.6', '1234']
    """
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _name_axis(axis: object, names: Sequence[str] | None, turn: int) -> None:
    """Write names along an axis; numbers where there are none, as far as they have room."""
    axis.set_tick_params(length=0, labelsize=FONT - 1)
    if names is None:
        axis.get_major_locator().set_params(integer=True)
        return
    axis.set_ticks(range(len(names)), names, rotation=turn, parse_math=False)
    choose_fonts(axis.get_ticklabels())
