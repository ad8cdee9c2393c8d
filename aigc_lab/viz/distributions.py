"""Pictures of what may come next: the likeliest tokens as bars, and where dials cut the tail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.viz.arrays import bar_panels
from aigc_lab.viz.drawing import COLOURS, DASHES, FONT, choose_fonts, new_figure, set_title
from aigc_lab.viz.fonts import Token, token_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALLEST = 1e-6  # probabilities below it are not drawn
PANEL = 3.3  # inches
BESIDE = 0.035  # inches between two lines that would lie on each other


def next_token_bars(
    distributions: Mapping[str, ArrayLike],
    tokens: Sequence[Token],
    most: int = 10,
    title: str = "",
) -> Figure:
    """The likeliest next tokens of the first distribution, and what each of the others gives them.

    A last row holds the rest of the vocabulary together. A token with no probability at all is a
    grey strip.

    Shapes: each distribution (V,), with V tokens, str or bytes.
    Raises: ValueError for no distributions, or one that is no distribution over the tokens.
    Notebook: 07 generation.
    """
    arrays = {name: _checked(name, probs, len(tokens)) for name, probs in distributions.items()}
    if not arrays:
        raise ValueError("no distribution was given; pass for example {'the model': probs}")
    order = np.argsort(-next(iter(arrays.values())), kind="stable")
    top, rest = order[:most], order[most:]
    panels, labels = {}, [token_label(tokens[place]) for place in top]
    for name, probs in arrays.items():
        shown = np.append(probs[top], probs[rest].sum()) if len(rest) else probs[top]
        panels[name] = np.where(shown > 0, shown, -np.inf)
    if len(rest):
        labels.append(f"({len(rest):,} others)")
    highest = max(panel.max() for panel in panels.values())
    return bar_panels(panels, labels, title, (0, highest))


def ranked_probabilities(
    distributions: Mapping[str, ArrayLike],
    kept: Mapping[str, Mapping[str, int]],
    title: str = "",
) -> Figure:
    """Each distribution in a panel of its own, likeliest first, with lines where dials cut it off.

    `kept` has for each dial, and under it for each distribution, how many tokens are kept. Lines at
    the same place are drawn side by side.

    Shapes: each distribution (V,).
    Raises: ValueError for no distributions, one that is none, or a dial that does not fit it.
    Notebook: 07 generation.
    """
    arrays = {name: _checked(name, probs) for name, probs in distributions.items()}
    if not arrays:
        raise ValueError("no distribution was given; pass for example {'the model': probs}")
    for dial, counts in kept.items():
        for name, array in arrays.items():
            if not 1 <= counts.get(name, 0) <= len(array):
                raise ValueError(
                    f"{dial!r} keeps {counts.get(name)} of the {len(array)} tokens of {name!r}; "
                    "give a number from 1 to that"
                )
    figure = new_figure(PANEL * len(arrays) + 1.2, 3.4 + 0.3 * bool(title))
    panels = figure.subplots(1, len(arrays), squeeze=False, sharex=True, sharey=True)[0]
    for axes, (name, probs) in zip(panels, arrays.items(), strict=True):
        _draw_ranks(axes, np.sort(probs)[::-1])
        _draw_cuts(axes, {dial: counts[name] for dial, counts in kept.items()})
        choose_fonts([axes.set_title(name, fontsize=FONT, parse_math=False)])
    panels[0].set_ylabel("probability")
    if kept:
        handles = panels[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside right center", frameon=False, fontsize=FONT - 1)
    set_title(figure, title)
    return figure


def _draw_ranks(axes: Axes, ordered: np.ndarray) -> None:
    ranks = np.arange(1, len(ordered) + 1)
    axes.loglog(ranks, np.maximum(ordered, SMALLEST / 10), color="black", linewidth=1.5)
    axes.set_ylim(SMALLEST, 1.5)
    axes.set_xlabel("rank (likeliest first)")
    axes.spines[["top", "right"]].set_visible(False)


def _draw_cuts(axes: Axes, cuts: Mapping[str, int]) -> None:
    from matplotlib.transforms import ScaledTranslation

    counts = list(cuts.values())
    paper = dict(facecolor="white", edgecolor="none", pad=0.5)
    for at, (dial, count) in enumerate(cuts.items()):
        colour, dashes = COLOURS[at % len(COLOURS)], DASHES[at % len(DASHES)]
        line = axes.axvline(count, color=colour, linestyle=dashes, label=dial)
        before, room = counts[:at].count(count), counts.count(count) - 1
        aside = ScaledTranslation(BESIDE * before, 0, axes.figure.dpi_scale_trans)
        line.set_transform(axes.get_xaxis_transform() + aside)
        place = (count, 1.5 / 6**at)  # numbers one below the other, and right of all its lines
        shift = dict(xytext=(4 + 72 * BESIDE * room, -10), textcoords="offset points")
        axes.annotate(f"{count}", place, color=colour, bbox=paper, **shift)


def _checked(name: str, probs: ArrayLike, count: int | None = None) -> np.ndarray:
    array = np.asarray(probs, dtype=float)
    fits = array.ndim == 1 and array.size > 0 and count in (None, array.size)
    if not fits or not (array.min() >= 0 and abs(array.sum() - 1) < 1e-3):
        expected = "(V,)" if count is None else f"({count},), one number a token"
        raise ValueError(
            f"{name!r} has shape {array.shape} and adds up to {array.sum():.3g}; "
            f"pass probabilities {expected} that add up to 1"
        )
    return array
