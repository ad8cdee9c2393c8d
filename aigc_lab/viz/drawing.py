"""What all our pictures share: colours, sizes that fit their labels, and labels side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import numpy as np

from aigc_lab.viz.fonts import families_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Okabe and Ito 2008, in an order whose neighbours differ most.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)))
GREY = "#595959"
FONT, SMALL_FONT = 10, 7  # points
SMOOTH = 12  # neighbours on each side that a running mean takes in
LINE = 0.062  # the height of a line of text, in parts of an axis


def new_figure(width: float, height: float) -> Figure:
    """A figure that a notebook shows once, as the value of a cell, and that nothing keeps.

    Units: inches. Made through pyplot, since that is what tells IPython how to show figures; closed
    at once, so that pyplot neither shows it a second time nor holds on to it.
    """
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(width, height), layout="constrained")
    plt.close(figure)
    return figure


def set_title(figure: Figure, title: str) -> None:
    """Put a title above everything; an empty one takes no room."""
    if title:
        choose_fonts([figure.suptitle(title, fontsize=FONT + 1, parse_math=False)])


def choose_fonts(texts: Sequence[Text]) -> None:
    """Give each text the fonts that have its characters."""
    for text in texts:
        text.set_fontfamily(families_for(text.get_text()))


def text_width(labels: Sequence[str], size: int) -> float:
    """About how many inches the longest label takes; a Chinese character is two letters wide."""
    return 0.65 * size / 72 * max(map(_letters, labels), default=0)


def _letters(label: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in label)


def write_beside(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write names (height, name, colour) to the right of the axes, none over another."""
    scale = axes.yaxis.get_transform()  # a logarithm or nothing: heights are compared as drawn
    low, high = scale.transform(axes.get_ylim())
    at = -math.inf
    for value, name, colour in sorted(ends):
        at = max(float(scale.transform(value)), at + LINE * (high - low))
        place = dict(xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
        height = float(scale.inverted().transform(at))
        label = axes.annotate(
            name, (1.015, height), color=colour, fontsize=FONT - 1, parse_math=False, **place
        )
        choose_fonts([label])


def make_logarithmic(axes: Axes, which: str = "y") -> None:
    """Let equal lengths be equal ratios, with plain numbers at 1, 2 and 5 times each power."""
    from matplotlib.ticker import FormatStrFormatter, LogLocator, NullLocator

    axes.set(**{f"{which}scale": "log"})
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FormatStrFormatter("%g"))
    axis.set_minor_locator(NullLocator())


def running_mean(values: np.ndarray) -> np.ndarray:
    """The mean of each value and its neighbours, SMOOTH on each side where there are as many.

    At the beginning, where a loss falls fast, as many are taken on either side as there are before.

    >>> running_mean(np.array([8.0, 4.0, 0.0, 2.0])).tolist()
    [8.0, 4.0, 3.5, 3.5]
    """
    place = np.arange(len(values))
    left = np.minimum(place, SMOOTH)
    right = np.minimum(left, len(values) - 1 - place)
    sums = np.cumsum(np.insert(values, 0, 0.0))  # sums[n] is the sum of the first n values
    return (sums[place + right + 1] - sums[place - left]) / (left + right + 1)
