"""Pictures of growth: measured points on logarithmic axes, where a power law is a straight line."""

from __future__ import annotations

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
    _finish(axes, x_name, y_name)
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
    _finish(axes, panel.x_name, panel.y_name, SMALL_FONT + 1)
    choose_fonts([axes.set_title(panel.title, fontsize=FONT - 1, parse_math=False)])
    legend = axes.legend(fontsize=SMALL_FONT, frameon=False, loc="best", handlelength=1.5)
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


def _finish(axes: Axes, x_name: str, y_name: str, size: int = FONT) -> None:
    axes.set(xscale="log", yscale="log")
    labels = [axes.set_xlabel(x_name, fontsize=size), axes.set_ylabel(y_name, fontsize=size)]
    choose_fonts(labels)
    axes.tick_params(which="both", labelsize=size - 1)
    axes.spines[["top", "right"]].set_visible(False)


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
