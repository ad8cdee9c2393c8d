"""Pictures of losses against the band in which healthy runs of several seeds lie."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.training.faults import FAULTS, Curves
from aigc_lab.training.gallery import GAP, Band, healthy_band, judge, points
from aigc_lab.viz.drawing import (
    COLOURS,
    DASHES,
    FONT,
    GREY,
    SMALL_FONT,
    new_figure,
    set_title,
    write_beside,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAND_COLOUR = "#B5C9D9"
STYLES = {  # a run's losses: what each is called, its colour and its dashes
    "train_loss": ("training", COLOURS[2], DASHES[2]),
    "val_loss": ("validation, as measured", COLOURS[1], DASHES[0]),
    "honest_loss": ("validation, honestly", COLOURS[0], DASHES[1]),
}
GAP_NAME = "validation minus training"
TOP = 6.5  # nats: what lies higher is cut off, and said to be
ACROSS = 2  # panels in a row of the gallery
UNIT = "nats per token"


def band_curve(
    band: Band,
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    title: str = "",
    unit: str = UNIT,
) -> Figure:
    """Curves of steps and losses over a healthy band; beside each name stands the verdict on it.

    Raises: ValueError for no curve, or one measured at steps that are not the band's.
    Notebook: 06 training.
    """
    if not curves:
        raise ValueError("no curve was given; pass for example {'mine': (steps, losses)}")
    figure = new_figure(7.6, 3.8)
    axes = figure.subplots()
    draw_band(axes, band)
    ends = [(float(band.middle[-1]), "healthy seeds", GREY)]
    for at, (name, (steps, values)) in enumerate(curves.items()):
        colour, dashes = COLOURS[at % len(COLOURS)], DASHES[at % len(DASHES)]
        axes.plot(steps, values, color=colour, linestyle=dashes)
        ends.append((float(values[-1]), f"{name}: {judge(steps, values, band)}", colour))
    _finish(axes)
    axes.set_ylabel(f"loss, {unit}")
    write_beside(axes, ends)
    set_title(figure, title)
    return figure


def run_against_healthy(
    curves: Curves, gallery: Mapping[str, Sequence[Curves]], title: str = ""
) -> Figure:
    """One run beside the healthy band: left its training loss, right its validation loss.

    On the right stand both, the loss that the script measures and the honest one, where they
    differ. Over each panel stands the verdict on what the script shows.

    Notebook: 06 training.
    """
    figure = new_figure(9.6, 3.4)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, losses in zip(panels, (("train_loss",), ("val_loss", "honest_loss")), strict=True):
        draw_band(axes, healthy_band(gallery, losses[0]))
        _draw_run(axes, curves, losses)
        axes.set_title(verdict_line(curves, gallery, losses[0]), fontsize=FONT)
        _finish(axes)
        _cut(axes, [curves], losses)
    panels[0].set_ylabel(f"loss, {UNIT}")
    _legend(figure)
    set_title(figure, title)
    return figure


def gallery_grid(
    gallery: Mapping[str, Sequence[Curves]],
    faults: Mapping[str, str] = FAULTS,
    title: str = "",
) -> Figure:
    """Small multiples: each fault's curves, all recorded seeds, over the healthy band.

    `faults` chooses the panels and what stands over each, which need not be the answer: over the
    panels of a quiz stand letters. The band is that of the healthy validation loss.

    Raises: ValueError for no fault, or one that the gallery does not hold.
    Notebook: 06 training.
    """
    unknown = sorted(set(faults) - set(gallery))
    if unknown or not faults:
        raise ValueError(f"faults {unknown} are not in the gallery; choose some of {list(gallery)}")
    down = math.ceil(len(faults) / ACROSS)
    figure = new_figure(4.6 * ACROSS, 2.2 * down + 0.8)
    panels = figure.subplots(down, ACROSS, sharex=True, sharey=True, squeeze=False).flatten()
    band = healthy_band(gallery, "val_loss")
    for axes, (fault, name) in zip(panels, faults.items(), strict=False):
        draw_band(axes, band)
        for run in gallery[fault]:
            _draw_run(axes, run, tuple(STYLES), alpha=0.5)
        axes.set_title(textwrap.fill(name, 52), fontsize=FONT - 1, parse_math=False)
        _finish(axes)
        axes.label_outer()
        _cut(axes, gallery[fault], tuple(STYLES))
        axes.set_ylim(0, TOP)
    for axes in panels[len(faults) :]:
        axes.set_visible(False)
    figure.supylabel(f"loss, {UNIT}", fontsize=FONT)
    _legend(figure)
    set_title(figure, title)
    return figure


def verdict_line(curves: Curves, gallery: Mapping[str, Sequence[Curves]], loss: str) -> str:
    """What the band says of one of a run's losses, or of the gap between them, in words.

    Raises: ValueError for a loss that is none of train_loss, val_loss, honest_loss, gap.
    """
    verdict = judge(*points(curves, loss), healthy_band(gallery, loss))
    name = GAP_NAME if loss == GAP else STYLES[loss][0]
    return f"{name}: {verdict}"


def draw_band(axes: Axes, band: Band) -> None:
    """Draw a band and its middle into axes of the caller's."""
    axes.fill_between(
        band.steps, band.low, band.high, color=BAND_COLOUR, linewidth=0, label="healthy seeds"
    )
    axes.plot(band.steps, band.middle, color=GREY, linewidth=1)


def _draw_run(axes: Axes, curves: Curves, losses: Sequence[str], alpha: float = 1.0) -> None:
    """Draw losses of a run; the honest one only where it is not what the script measured."""
    for loss in losses:
        if loss == "honest_loss" and curves.honest_loss == curves.val_loss:
            continue
        name, colour, dashes = STYLES[loss]
        style = dict(color=colour, linestyle=dashes, linewidth=1.3, alpha=alpha)
        axes.plot(*points(curves, loss), label=name, **style)


def _cut(axes: Axes, runs: Sequence[Curves], losses: Sequence[str]) -> None:
    """End the axes at TOP where one of these losses goes higher, and say how high it goes."""
    highest = max(float(np.max(points(run, loss)[1])) for run in runs for loss in losses)
    if highest > TOP:
        axes.set_ylim(top=TOP)
        paper = dict(facecolor="white", edgecolor="none", pad=1)
        place = dict(xycoords="axes fraction", ha="right", va="top", color=GREY, bbox=paper)
        axes.annotate(f"up to {highest:.0f}", (0.985, 0.97), fontsize=SMALL_FONT + 1, **place)


def _finish(axes: Axes) -> None:
    axes.set_xlabel("training step")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)


def _legend(figure: Figure) -> None:
    """One legend under all panels, each name in it once."""
    handles = {}
    for axes in figure.axes:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
    figure.legend(
        handles.values(), handles, loc="outside lower center", ncols=len(handles), frameon=False,
        fontsize=FONT - 1,
    )  # fmt: skip
