"""Contestants as the rungs of ladders: one ladder a text, all on the same scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aigc_lab.viz.drawing import (
    COLOURS,
    FONT,
    SMALL_FONT,
    choose_fonts,
    make_logarithmic,
    new_figure,
    set_title,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from aigc_lab.pretrained.sheet import Bar

PANEL, ROW = 2.5, 0.42  # inches
MARGIN = 1.25  # a ratio: the room beside the smallest value
NUMBER = 0.55  # inches that a written value takes


def ladder(
    panels: Mapping[str, Mapping[str, Bar]],
    floors: Mapping[str, float | None] | None = None,
    title: str = "",
    unit: str = "bits per byte (lower is better)",
) -> Figure:
    """One panel a text, one rung a contestant: the value, its interval, and the floor as a line.

    All panels share one logarithmic scale, on which equal steps are equal ratios, and one order of
    contestants, which is that of their first appearance. A contestant who is not on a text leaves
    its rung empty. The grey strip from the floor to a value is what is left to learn; without a
    floor there is only a dotted guide, whose length means nothing.

    Raises: ValueError for no panels, a number that is not above 0 and finite, an interval that
        misses its value or lacks a bound, or a floor of a text that is not there.
    Notebook: 09 pretrained GPT-2.
    """
    floors = {name: floor for name, floor in (floors or {}).items() if floor is not None}
    _require_values(panels, floors)
    names = list(dict.fromkeys(name for panel in panels.values() for name in panel))
    across = text_width(names, FONT) + PANEL * len(panels) + 0.3
    figure = new_figure(across, 1.35 + ROW * len(names))
    axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
    lowest, highest = _bounds(panels, floors)
    room = (highest / lowest) ** (NUMBER / PANEL)  # for the number right of the largest value
    for one, (text, panel) in zip(axes, panels.items(), strict=True):
        one.set_xlim(lowest / MARGIN, highest * MARGIN * room)
        make_logarithmic(one, "x")
        _draw_rungs(one, names, panel, floors.get(text))
        choose_fonts([one.set_title(text, fontsize=FONT, parse_math=False)])
        one.grid(axis="x", color="#E4E4E4", linewidth=0.6)
        one.set_axisbelow(True)
        one.spines[["top", "right", "left"]].set_visible(False)
        one.tick_params(axis="y", length=0)
    axes[0].set_yticks(range(len(names)), names, parse_math=False)
    choose_fonts(axes[0].get_yticklabels())
    axes[0].set_ylim(len(names) - 0.4, -0.75)  # the first on top
    figure.supxlabel(unit, fontsize=FONT)
    set_title(figure, title)
    return figure


def _draw_rungs(
    axes: Axes, names: list[str], panel: Mapping[str, Bar], floor: float | None
) -> None:
    for row, name in enumerate(names):
        if name not in panel:
            continue
        value, low, high = panel[name]
        if floor is None:
            axes.plot([axes.get_xlim()[0], value], [row, row], color="#C8C8C8", linestyle=":")
        else:
            axes.plot([floor, value], [row, row], color="#C8C8C8", lw=4, solid_capstyle="butt")
        if low is not None and high is not None:  # its ends stand out above and below the dot
            spread = [[value - low], [high - value]]
            axes.errorbar(value, row, xerr=spread, color="black", capsize=6, linewidth=1, zorder=3)
        axes.plot(value, row, "o", markersize=6, color=COLOURS[row % len(COLOURS)], zorder=4)
        place = dict(xytext=(7, 0), textcoords="offset points", va="center", fontsize=FONT - 1)
        beside = max(high or value, floor or 0.0)  # right of the strip, too
        axes.annotate(_number(value), (beside, row), **place)
    if floor is not None:
        axes.axvline(floor, color="black", linewidth=1.5)
        place = dict(xycoords=("data", "axes fraction"), textcoords="offset points", va="top")
        axes.annotate(
            f"floor {_number(floor)}", (floor, 1), (4, 1), fontsize=SMALL_FONT + 1, **place
        )


def _number(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _bounds(
    panels: Mapping[str, Mapping[str, Bar]], floors: Mapping[str, float]
) -> tuple[float, float]:
    numbers = [number for panel in panels.values() for bar in panel.values() for number in bar]
    known = [number for number in [*numbers, *floors.values()] if number is not None]
    return min(known), max(known)


def _require_values(panels: Mapping[str, Mapping[str, Bar]], floors: Mapping[str, float]) -> None:
    if not panels or not all(panels.values()):
        raise ValueError(
            f"{len(panels)} panels arrived, some without a contestant; give at least one text with "
            "one contestant, for example {'a text': {'a model': (2.5, 2.4, 2.6)}}"
        )
    for text, panel in panels.items():
        for name, (value, low, high) in panel.items():
            none = low is None and high is None
            whole = None not in (low, high) and 0 < low <= value <= high < math.inf
            if not (0 < value < math.inf and (none or whole)):
                raise ValueError(
                    f"{name} on {text} has the value {value} and the interval {low} to {high}; "
                    "give 0 < low <= value <= high, or None for both bounds"
                )
    known = {name for name, floor in floors.items() if name in panels and 0 < floor < math.inf}
    if unknown := [name for name in floors if name not in known]:
        raise ValueError(
            f"the floors of {unknown} are of no panel, or not finite and above 0; the panels are "
            f"{list(panels)}"
        )
