"""The panel as a picture, for a page that runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aigc_lab.viz.drawing import COLOURS, FONT, choose_fonts, new_figure, set_title
from aigc_lab.viz.next_tokens.columns import Column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALE, FULL = "#C9D3DA", COLOURS[0]
ROW, WIDTH = 0.24, 3.6  # inches
LONGEST = 36  # characters of a prompt, from its end, that the title shows


def still_bars(columns: Sequence[Column], prompt: str, temperature: float, top_p: float) -> Figure:
    """Each column's bars in a panel: pale as the model gives them, full after the dials."""
    most = max(len(column.bars) for column in columns)
    figure = new_figure(WIDTH * max(len(columns), 1.5), ROW * most + 1.2)
    panels = figure.subplots(1, len(columns), squeeze=False)[0]
    for axes, column in zip(panels, columns, strict=True):
        _draw(axes, column)
    dials = f"temperature {temperature:g}, top-p {top_p:g}"
    end = prompt if len(prompt) <= LONGEST else "…" + prompt[-LONGEST:]
    set_title(figure, f"What comes after “{end}”?   {dials}")
    return figure


def _draw(axes: Axes, column: Column) -> None:
    places = range(len(column.bars))
    axes.barh(places, [bar.plain for bar in column.bars], height=0.8, color=PALE)
    axes.barh(places, [bar.now for bar in column.bars], height=0.45, color=FULL)
    axes.set_yticks(places, [bar.label for bar in column.bars], fontsize=FONT, parse_math=False)
    choose_fonts(axes.get_yticklabels())
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlim(left=0)
    axes.set_xlabel("probability")
    title = axes.set_title(column.name, fontsize=FONT, loc="left", parse_math=False)
    note = axes.text(
        *(0, 1), column.note, fontsize=FONT - 2, va="top", wrap=True, transform=axes.transAxes
    )
    choose_fonts([title, note])
