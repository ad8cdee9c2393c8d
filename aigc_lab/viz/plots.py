"""Pictures of arrays: NumPy in, a matplotlib Figure out; no model is needed to draw one.

Colours are told apart by colour-blind readers too, lines also by their dashes, and every figure is
made as large as its labels need, so that none is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.drawing import (
    COLOURS,
    DASHES,
    FONT,
    GREY,
    SMALL_FONT,
    choose_fonts,
    new_figure,
    running_mean,
    set_title,
    text_width,
    write_beside,
)
from aigc_lab.viz.fonts import Token
from aigc_lab.viz.maps import (
    checked_weights,
    colour_bar,
    draw_map,
    name_tokens,
    token_labels,
    write_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve = tuple[Sequence[float], Sequence[float]]  # steps, and the values there

NUMBERS_UP_TO = 8  # tokens: the cells of larger maps have no room for numbers
NAMES_UP_TO = 64  # tokens: larger maps show positions instead of tokens
CELL, GRID_CELL = 0.30, 0.16  # inches a token takes, in one map and in a grid
SMALLEST, NAMELESS = 2.4, 8.0  # inches of a map's longer side: at least, and without names
MANY_POINTS = 100  # a curve of more points is drawn pale, with its running mean on top
QUERIES = "query (row q predicts token q+1)"
KEYS = "key (the token looked at)"


def attention_map(
    weights: ArrayLike,
    tokens: Sequence[Token],
    key_tokens: Sequence[Token] | None = None,
    title: str = "",
    row_name: str = QUERIES,
) -> Figure:
    """One head's attention weights: rows are queries, columns keys, and row q predicts token q+1.

    Cells that the causal mask forbids are grey. Colours grow with the square root of the weight, so
    that small weights can be seen beside large ones. Small maps carry their numbers. Where rows
    predict nothing, or something else, give `row_name`.

    Shapes: weights (T_q, T_k); `tokens` T_q of them, str or bytes; `key_tokens` T_k of them, the
        same as `tokens` unless given.
    Raises: ValueError when shapes and tokens do not fit, or weights are not within 0 and 1.
    Notebook: 10 attention maps.
    """
    weights = checked_weights(weights, "(T_q, T_k)")
    rows = token_labels(tokens, weights.shape[0], "tokens", "rows (queries)")
    keys = tokens if key_tokens is None else key_tokens
    columns = token_labels(keys, weights.shape[1], "key_tokens", "columns (keys)")
    longest = max(weights.shape)
    named = longest <= NAMES_UP_TO
    cell = max(CELL, SMALLEST / longest) if named else NAMELESS / longest
    width = len(columns) * cell + (text_width(rows, FONT) if named else 0.3) + 1.5
    height = len(rows) * cell + (text_width(columns, FONT) if named else 0.3) + 1.2
    figure = new_figure(width, max(height, SMALLEST))
    axes = figure.subplots()
    image = draw_map(axes, weights)
    name_tokens(axes, rows, columns, FONT, named)
    if longest <= NUMBERS_UP_TO:
        write_numbers(axes, weights)
    axes.set_ylabel(row_name, fontsize=FONT - 1)
    axes.set_xlabel(KEYS, fontsize=FONT - 1)
    colour_bar(figure, image, axes)
    set_title(figure, title)
    return figure


def attention_grid(
    weights: ArrayLike, tokens: Sequence[Token], title: str = "", row_name: str = QUERIES
) -> Figure:
    """All heads of a layer side by side, drawn as in `attention_map`.

    Shapes: weights (H, T, T); `tokens` T of them, str or bytes.
    Raises: ValueError when shapes and tokens do not fit, or weights are not within 0 and 1.
    Notebook: 10 attention maps.
    """
    weights = checked_weights(weights, "(H, T, T)")
    heads, length, _ = weights.shape
    labels = token_labels(tokens, length, "tokens", "rows (queries)")
    across = math.ceil(math.sqrt(heads))
    down = math.ceil(heads / across)
    named = length <= NAMES_UP_TO
    side = max(SMALLEST / 2, length * GRID_CELL if named else NAMELESS / across)
    names = text_width(labels, SMALL_FONT) if named else 0.3
    figure = new_figure(across * (side + 0.1) + names + 1.6, down * (side + 0.35) + names + 1.0)
    for head in range(heads):
        axes = figure.add_subplot(down, across, head + 1)
        image = draw_map(axes, weights[head])
        rows = labels if head % across == 0 else ()  # names stand at the outer edges only
        columns = labels if head + across >= heads else ()
        name_tokens(axes, rows, columns, SMALL_FONT, named)
        axes.set_title(f"head {head}", fontsize=FONT)
    figure.supylabel(row_name, fontsize=FONT)
    figure.supxlabel(KEYS, fontsize=FONT)
    colour_bar(figure, image, figure.axes)
    set_title(figure, title)
    return figure


def loss_curve(
    curves: Mapping[str, Curve],
    floor: float | None = None,
    baselines: Mapping[str, float] | None = None,
    title: str = "",
    unit: str = "nats per token",
) -> Figure:
    """Losses over training steps, with the floor that none can pass and the baselines to beat.

    `curves` maps a name to its steps and values, as `History.series` gives them. The number beside
    a name is the curve's last value (of the running mean, where one is drawn).

    Raises: ValueError for no curve, or one whose steps and values differ in number.
    Notebook: 06 training.
    """
    if not curves:
        raise ValueError("no curve was given; pass for example {'training': (steps, losses)}")
    figure = new_figure(7.6, 4.2)
    draw_losses(figure.subplots(), curves, floor, baselines, unit)
    set_title(figure, title)
    return figure


def draw_losses(
    axes: Axes,
    curves: Mapping[str, Curve],
    floor: float | None = None,
    baselines: Mapping[str, float] | None = None,
    unit: str = "nats per token",
) -> None:
    """Draw what `loss_curve` shows into axes of the caller's."""
    ends = [_draw_curve(axes, at, name, *curve) for at, (name, curve) in enumerate(curves.items())]
    for name, value in (baselines or {}).items():
        axes.axhline(value, color=GREY, linewidth=1, linestyle=":")
        ends.append((value, f"{name} {value:.2f}", GREY))
    if floor is not None:
        axes.axhline(floor, color="black", linewidth=1.5)
        ends.append((floor, f"floor {floor:.2f}", "black"))
    _name_curves(axes, f"loss, {unit}", ends)


def draw_scores(axes: Axes, curves: Mapping[str, Curve]) -> None:
    """Draw scores over training steps, such as the share of right answers, into axes."""
    ends = [_draw_curve(axes, at, name, *curve) for at, (name, curve) in enumerate(curves.items())]
    _name_curves(axes, "score", ends)


def bar_comparison(
    values: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]] | None = None,
    floor: float | None = None,
    title: str = "",
    unit: str = "bits per byte (lower is better)",
) -> Figure:
    """One bar a model, with the interval that its value lies in, and the floor as a line.

    Raises: ValueError for no values, one that is not finite, or an interval that misses its value.
    """
    intervals = intervals or {}
    _check_bars(values, intervals)
    names = list(values)
    figure = new_figure(4.6 + text_width(names, FONT), 1.3 + 0.45 * len(names))
    axes = figure.subplots()
    for row, (name, value) in enumerate(values.items()):
        low, high = intervals.get(name, (value, value))
        axes.barh(row, value, height=0.6, color=COLOURS[0], alpha=0.7)
        if low < high:
            axes.errorbar(value, row, xerr=[[value - low], [high - value]], color="k", capsize=4)
        place = dict(xytext=(6, 0), textcoords="offset points", va="center")
        axes.annotate(f"{value:.3f}", (high, row), **place)
    axes.set_yticks(range(len(names)), names, parse_math=False)
    choose_fonts(axes.get_yticklabels())
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    longest = max([*values.values(), *(high for _, high in intervals.values()), floor or 0])
    axes.set_xlim(0, 1.22 * longest)
    axes.set_xlabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
    if floor is not None:
        axes.axvline(floor, color="black", linewidth=1.5)
        place = dict(xycoords=("data", "axes fraction"), textcoords="offset points", ha="center")
        axes.annotate(f"floor {floor:.3f}", (floor, 1), (0, 3), **place)
    set_title(figure, title)
    return figure


def _draw_curve(
    axes: Axes, at: int, name: str, steps: Sequence[float], values: Sequence[float]
) -> tuple[float, str, str]:
    """Draw one curve; returns the height of its end, its name with the value there, its colour."""
    if len(steps) != len(values) or not len(steps):
        raise ValueError(
            f"the curve {name!r} has {len(steps)} steps and {len(values)} values; "
            "give one value a step, and at least one"
        )
    colour, dashes = COLOURS[at % len(COLOURS)], DASHES[at % len(DASHES)]
    line = np.asarray(values, dtype=float)
    if len(line) > MANY_POINTS:
        axes.plot(steps, line, color=colour, linewidth=0.7, alpha=0.3)
        line = running_mean(line)
    marker = "o" if len(line) <= 40 else ""
    axes.plot(steps, line, color=colour, linestyle=dashes, marker=marker, markersize=3.5)
    return float(line[-1]), f"{name} {line[-1]:.2f}", colour


def _name_curves(axes: Axes, what: str, ends: Sequence[tuple[float, str, str]]) -> None:
    """Say what curves over training steps show, and which is which at their ends."""
    axes.set_xlabel("training step")
    axes.set_ylabel(what)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.margins(x=0.01)
    write_beside(axes, ends)


def _check_bars(values: Mapping[str, float], intervals: Mapping[str, tuple[float, float]]) -> None:
    if not values or not all(math.isfinite(value) for value in values.values()):
        raise ValueError(f"bars need finite values, but {dict(values)} arrived; give at least one")
    for name, (low, high) in intervals.items():
        if name not in values or not low <= values[name] <= high:
            raise ValueError(
                f"the interval {low} to {high} of {name!r} does not hold its value "
                f"{values.get(name)}; give low <= value <= high"
            )
