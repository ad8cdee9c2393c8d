"""Pictures of growth: measured points on logarithmic axes, where a power law is a straight line."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.training.scaling import PowerLaw
from aigc_lab.viz.drawing import (
    COLOURS,
    DASHES,
    FONT,
    GREY,
    SMALL_FONT,
    choose_fonts,
    make_logarithmic,
    new_figure,
    set_title,
    write_beside,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

Points = tuple[ArrayLike, ArrayLike]  # x and y, (n,) each, all above 0
MARKERS = ("o", "s", "^", "D", "v", "P")
ACROSS, PANEL = 3, (3.5, 2.9)  # panels in a row, and the inches of one
LEGEND_LINE = 0.09  # the height of a line of its legend, in parts of a panel's axis
NARROW = 6  # an axis from end to end by less than this ratio gets ticks at all whole numbers
MANY_SIZES, CLOSE = 8, 1.3  # more sizes than these, or sizes nearer by ratio, are not all named


@dataclass(frozen=True)
class Panel:
    """Curves over one size, with the law fitted to each, and the exponent it was expected to have.

    `laws` and `expected` go by the names of `curves`; a curve may have neither.
    """

    title: str
    x_name: str
    y_name: str
    curves: Mapping[str, Points]
    laws: Mapping[str, PowerLaw] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)


def log_log(
    curves: Mapping[str, Points],
    x_name: str,
    y_name: str,
    laws: Mapping[str, PowerLaw] | None = None,
    title: str = "",
) -> Figure:
    """Curves on logarithmic axes: a power law is a straight line there, its exponent the slope.

    Points are joined; with a law in `laws`, by the curve's name, the law is drawn through them
    instead, and its exponent stands beside the name.

    Shapes: each curve is x and y, (n,) each.
    Raises: ValueError for no curve, or one with other than positive numbers.
    Notebook: 08 GPU training.
    """
    laws = laws or {}
    _check(curves, laws)
    figure = new_figure(7.2, 4.0)
    axes = figure.subplots()
    ends = []
    for at, (name, points) in enumerate(curves.items()):
        law = laws.get(name)
        _draw(axes, at, points, law)
        last = max(zip(*map(np.ravel, points), strict=True))[1]
        said = f"{name}: x^{law.exponent:.2f}" if law else name
        ends.append((float(last), said, COLOURS[at % len(COLOURS)]))
    _finish(axes, x_name, y_name, [points[0] for points in curves.values()])
    write_beside(axes, ends)
    set_title(figure, title)
    return figure


def growth_grid(panels: Sequence[Panel], title: str = "") -> Figure:
    """Several quantities, each against what makes it grow, with fitted and expected slopes.

    Lines are the fitted laws; a dotted grey line of the expected slope leaves each curve at its
    largest x, so that where the two part is where the growth is not as expected.

    Raises: ValueError for no panel, no curve, or other than positive numbers.
    Notebook: 08 GPU training.
    """
    if not panels:
        raise ValueError("there is nothing to draw; pass at least one Panel")
    for panel in panels:
        _check(panel.curves, panel.laws, panel.expected)
    across = min(ACROSS, len(panels))
    down = math.ceil(len(panels) / across)
    figure = new_figure(across * PANEL[0], down * PANEL[1] + 0.4 * bool(title))
    for at, panel in enumerate(panels):
        _draw_panel(figure.add_subplot(down, across, at + 1), panel)
    set_title(figure, title)
    return figure


def _draw_panel(axes: Axes, panel: Panel) -> None:
    for at, (name, points) in enumerate(panel.curves.items()):
        law, expected = panel.laws.get(name), panel.expected.get(name)
        line = _draw(axes, at, points, law)
        line.set_label(_legend(name, law, expected))
        if expected is not None:
            xs, ys = map(np.ravel, points)
            end = np.argmax(xs)
            height = law.at(xs[end]) if law else ys[end]
            slope = height * (xs / xs[end]) ** expected
            axes.plot(xs, slope, color=GREY, linestyle=":", linewidth=1, zorder=1)
    sizes = [points[0] for points in panel.curves.values()]
    _finish(axes, panel.x_name, panel.y_name, sizes, SMALL_FONT + 1)
    choose_fonts([axes.set_title(panel.title, fontsize=FONT - 1, parse_math=False)])
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** (LEGEND_LINE * (len(panel.curves) + 0.5)))
    legend = axes.legend(fontsize=SMALL_FONT, frameon=False, loc="upper left", handlelength=1.5)
    choose_fonts(legend.get_texts())
    for text in legend.get_texts():
        text.set_parse_math(False)


def _legend(name: str, law: PowerLaw | None, expected: float | None) -> str:
    said = name
    if law:
        sure = f" ± {law.spread:.2f}" if math.isfinite(law.spread) else ""
        said += f": {law.exponent:.2f}{sure}"
    return said if expected is None else f"{said} (expected {expected:.2f})"


def _draw(axes: Axes, at: int, points: Points, law: PowerLaw | None) -> Line2D:
    """One curve in its colour; returns the line that stands for it in a legend."""
    xs, ys = map(np.ravel, points)
    order = np.argsort(xs)
    look = dict(color=COLOURS[at % len(COLOURS)], marker=MARKERS[at % len(MARKERS)], markersize=4)
    dashes = DASHES[at % len(DASHES)]
    if law is None:
        return axes.plot(xs[order], ys[order], linestyle=dashes, **look)[0]
    smooth = np.geomspace(xs.min(), xs.max(), 50)  # a law with a floor is no straight line
    axes.plot(smooth, law.at(smooth), color=look["color"], linestyle=dashes, linewidth=1)
    return axes.plot(xs, ys, linestyle="", **look)[0]


def _finish(
    axes: Axes, x_name: str, y_name: str, sizes: Sequence[ArrayLike], size: int = FONT
) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    axes.set_xscale("log")
    make_logarithmic(axes)
    low, high = axes.get_ylim()
    if high < NARROW * low:
        axes.yaxis.set_major_locator(LogLocator(subs=range(1, 10)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    measured = sorted({float(x) for xs in sizes for x in np.ravel(xs)})
    nearest = min((b / a for a, b in itertools.pairwise(measured)), default=math.inf)
    if len(measured) <= MANY_SIZES and nearest >= CLOSE:
        axes.set_xticks(measured, [short_number(x) for x in measured])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    labels = [axes.set_xlabel(x_name, fontsize=size), axes.set_ylabel(y_name, fontsize=size)]
    choose_fonts(labels)
    axes.tick_params(which="both", labelsize=size - 1)
    axes.spines[["top", "right"]].set_visible(False)


def short_number(value: float) -> str:
    """A size in few letters: whole up to 9,999, then thousands, millions and billions.

    >>> [short_number(value) for value in (0.05, 4096, 69_712, 1_853_568, 124e6, 1.5e9)]
    ['0.05', '4096', '70k', '1.9M', '124M', '1.5G']
    """
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= max(unit, 1e4):
            scaled = value / unit
            return f"{scaled:.0f}{letter}" if scaled >= 10 else f"{scaled:.1f}{letter}"
    return f"{value:g}"


def _check(curves: Mapping[str, Points], *by_name: Mapping[str, object]) -> None:
    if not curves:
        raise ValueError("no curve was given; pass for example {'steps': ([1, 2], [0.1, 0.2])}")
    for name, points in curves.items():
        xs, ys = (np.ravel(np.asarray(part, dtype=float)) for part in points)
        both = np.concatenate((xs, ys))
        if len(xs) != len(ys) or not len(xs) or not (np.isfinite(both) & (both > 0)).all():
            raise ValueError(
                f"the curve {name!r} has {len(xs)} x and {len(ys)} y; logarithmic axes take as "
                "many of each, at least one, all finite and above 0"
            )
    for given in by_name:
        if strange := sorted(set(given) - set(curves)):
            raise ValueError(f"{strange} are no curves; there are {sorted(curves)}")
