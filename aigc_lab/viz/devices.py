"""Pictures of machines at work: who is busy when, what fills the memory, what sets the limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.viz.drawing import (
    COLOURS,
    FONT,
    GREY,
    choose_fonts,
    new_figure,
    set_title,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Span = tuple[float, float, str]  # begin, end, and what was done; "" is waiting

LANE = 0.42  # inches of a lane or a bar, with its gap


def timelines(
    panels: Mapping[str, Mapping[str, Sequence[Span]]], unit: str = "seconds", title: str = ""
) -> Figure:
    """Who does what and when: a panel for each situation, a lane for each worker, on one clock.

    A span without a name is waiting, and drawn as a thin grey line.

    Units: spans (begin, end, name) in `unit`.
    Raises: ValueError for no panels, an empty one, or a span that ends before it begins.
    Notebook: 08 GPU training.
    """
    _check_spans(panels)
    names = [name for lanes in panels.values() for name in lanes]
    heights = [len(lanes) * LANE + 0.35 for lanes in panels.values()]
    figure = new_figure(6.6 + text_width(names, FONT), sum(heights) + 0.5 + 0.3 * bool(title))
    kinds = sorted({name for _, _, name in _spans(panels)} - {""})
    colours = {kind: COLOURS[at % len(COLOURS)] for at, kind in enumerate(kinds)}
    rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=heights)
    for axes, (name, lanes) in zip(rows[:, 0], panels.items(), strict=True):
        _draw_lanes(axes, lanes, colours)
        axes.set_title(name, fontsize=FONT, loc="left", parse_math=False)
    rows[-1, 0].set_xlabel(unit)
    rows[-1, 0].set_xlim(0, max(end for _, end, _ in _spans(panels)) * 1.01)
    set_title(figure, title)
    return figure


def memory_bars(
    bars: Mapping[str, Mapping[str, float]], unit: str = "MB", limit: float | None = None,
    title: str = "",
) -> Figure:  # fmt: skip
    """One bar for each name, made of its parts end to end, with their sum beside it.

    `limit` is a line: the memory that there is.

    Raises: ValueError for no bars, bars of different parts, or a part that is negative.
    Notebook: 08 GPU training.
    """
    parts = _checked_parts(bars)
    figure = new_figure(5.4 + text_width(list(bars), FONT), 1.4 + LANE * len(bars))
    axes = figure.subplots()
    begins = np.zeros(len(bars))
    for at, part in enumerate(parts):
        sizes = np.array([bar[part] for bar in bars.values()], dtype=float)
        colour = COLOURS[at % len(COLOURS)]
        axes.barh(range(len(bars)), sizes, left=begins, height=0.62, color=colour, label=part)
        begins = begins + sizes
    for row, total in enumerate(begins):
        place = dict(xytext=(5, 0), textcoords="offset points", va="center", fontsize=FONT - 1)
        axes.annotate(_size(total), (total, row), **place)
    axes.set_yticks(range(len(bars)), list(bars), parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.16 * max(begins.max(), limit or 0) or 1.0)
    if limit is not None:
        axes.axvline(limit, color="black", linewidth=1.5, linestyle="--")
    axes.set_xlabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=len(parts), frameon=False, fontsize=FONT - 1)
    choose_fonts(axes.get_yticklabels())
    set_title(figure, title)
    return figure


def roofline(
    peak: float, bandwidth: float, points: Mapping[str, tuple[float, float]], title: str = ""
) -> Figure:
    """The most that a device can do with work of each intensity, and what some work reached.

    Where little is computed with each byte, the memory sets the limit (the slope); where much is,
    the arithmetic does (the flat part). Both axes are logarithms.

    Units: peak in FLOP/s, bandwidth in bytes/s, points (FLOP per byte, FLOP/s).
    Raises: ValueError for a peak, a bandwidth or a point that is not above 0.
    Source: Williams, Waterman and Patterson 2009.
    Notebook: 08 GPU training.
    """
    wrong = {name: point for name, point in points.items() if min(point) <= 0}
    if peak <= 0 or bandwidth <= 0 or wrong:
        raise ValueError(
            f"a roofline needs numbers above 0; peak={peak}, bandwidth={bandwidth}, {wrong} arrived"
        )
    balance = peak / bandwidth
    intensities = [balance, *(x for x, _ in points.values())]
    low, high = min(intensities) / 8, max(intensities) * 8
    figure = new_figure(7.2, 3.8)
    axes = figure.subplots()
    axes.plot([low, balance, high], [low * bandwidth, peak, peak], color="black", linewidth=1.5)
    axes.axvline(balance, color=GREY, linewidth=1, linestyle=":")
    for at, (name, (x, y)) in enumerate(points.items()):
        axes.plot([x], [y], "o", color=COLOURS[at % len(COLOURS)], markersize=7, zorder=3)
        left = x > math.sqrt(low * high)
        place = dict(xytext=(-8 if left else 8, -11), textcoords="offset points", fontsize=FONT - 1)
        side = dict(ha="right" if left else "left", va="center", parse_math=False)
        choose_fonts([axes.annotate(name, (x, y), **place, **side)])
    axes.set(xscale="log", yscale="log", xlim=(low, high))
    axes.set_ylim(min([low * bandwidth, *(y for _, y in points.values())]) / 3, peak * 3)
    axes.annotate("here memory is the limit", (low, peak), (6, 8), **_place())
    axes.annotate("here arithmetic is", (high, peak), (-6, 8), ha="right", **_place())
    axes.set_xlabel("intensity, FLOP for each byte that is moved")
    axes.set_ylabel("FLOP per second")
    axes.spines[["top", "right"]].set_visible(False)
    set_title(figure, title)
    return figure


def _place() -> dict[str, object]:
    return dict(textcoords="offset points", fontsize=FONT - 1, color=GREY)


def _spans(panels: Mapping[str, Mapping[str, Sequence[Span]]]) -> list[Span]:
    return [span for lanes in panels.values() for spans in lanes.values() for span in spans]


def _check_spans(panels: Mapping[str, Mapping[str, Sequence[Span]]]) -> None:
    if not panels or not all(panels.values()) or not _spans(panels):
        raise ValueError(
            "a timeline needs panels with lanes of spans; pass for example "
            "{'two steps': {'CPU': [(0.0, 1.0, 'work')]}}"
        )
    for begin, end, name in _spans(panels):
        if not begin <= end:
            raise ValueError(f"the span {name!r} begins at {begin} and ends before, at {end}")


def _draw_lanes(
    axes: Axes, lanes: Mapping[str, Sequence[Span]], colours: Mapping[str, str]
) -> None:
    named: set[str] = set()  # each kind of work is named once, where it first happens
    for row, spans in enumerate(lanes.values()):
        for begin, end, name in spans:
            if not name:
                axes.plot([begin, end], [row, row], color=GREY, linewidth=1.2)
                continue
            axes.barh(row, end - begin, left=begin, height=0.7, color=colours[name], edgecolor="w")
            if name not in named:
                place = dict(ha="left", va="center", fontsize=FONT - 2)
                axes.text(begin, row - 0.52, name, parse_math=False, **place)
            named.add(name)
    axes.set_yticks(range(len(lanes)), list(lanes), parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(lanes) - 0.5, -0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _checked_parts(bars: Mapping[str, Mapping[str, float]]) -> list[str]:
    parts = list(next(iter(bars.values()), {}))
    if not parts or any(list(bar) != parts for bar in bars.values()):
        raise ValueError(f"each bar needs the same parts in the same order; {dict(bars)} arrived")
    if any(value < 0 for bar in bars.values() for value in bar.values()):
        raise ValueError(f"no part of a memory is below 0; {dict(bars)} arrived")
    return parts


def _size(value: float) -> str:
    """A size in three digits.

    >>> [_size(value) for value in (1234.5, 45.67, 0.123)]
    ['1,234', '45.7', '0.123']
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
