"""Tokens in a line under a picture: as running text where that fits, else upright and closer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.viz.drawing import COLOURS, FONT, choose_fonts, text_width
from aigc_lab.viz.fonts import Token
from aigc_lab.viz.maps import token_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NARROWEST, WIDEST = 3.5, 10.5  # inches of running text
SPACE = 0.09  # inches between two tokens of running text
CLOSE = 0.2  # inches that an upright token takes
NAMES_UP_TO = 64  # tokens: of more, every 16th position is told
EVERY = 16
TOLD = 0.05  # shares of at least so much are written beside their token


@dataclass(frozen=True)
class TokenLine:
    """Tokens with their places along a line, in inches from its left end.

    `upright` says whether the labels are turned by 90 degrees, `named` whether they are shown.
    """

    labels: list[str]
    places: np.ndarray
    width: float
    upright: bool
    named: bool

    @property
    def depth(self) -> float:
        """How many inches the labels take below the line."""
        if not self.named:
            return 0.3
        lines = 1 + max(label.count("\n") for label in self.labels)
        return text_width(self.labels, FONT) if self.upright else 0.2 * lines

    def write(self, axes: Axes, chosen: int | None = None) -> None:
        """Write the tokens under the axes, the chosen one in orange."""
        axes.set_xlim(0, self.width)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=FONT)
        if not self.named:
            told = range(0, len(self.places), EVERY)
            axes.set_xticks(self.places[::EVERY], [str(position) for position in told])
            return
        turn = 90 if self.upright else 0
        axes.set_xticks(self.places, self.labels, rotation=turn, fontsize=FONT, parse_math=False)
        choose_fonts(axes.get_xticklabels())
        if chosen is not None:
            axes.get_xticklabels()[chosen].set_color(COLOURS[1])


def token_line(tokens: Sequence[Token], count: int, shares: np.ndarray | None = None) -> TokenLine:
    """Lay out `count` tokens, each with its share in percent where that is told.

    Raises: ValueError when there are more or fewer tokens.
    """
    labels = token_labels(tokens, count, "tokens", "positions")
    named = count <= NAMES_UP_TO
    widths = np.array([text_width([label], FONT) for label in _with_shares(labels, shares, "\n")])
    upright = not named or float((widths + SPACE).sum()) > WIDEST
    if upright:
        widths = np.full(count, CLOSE - SPACE if named else WIDEST / count - SPACE)
    room = max(SPACE, (NARROWEST - widths.sum()) / count)  # beside each token
    ends = np.cumsum(widths + room)
    shown = _with_shares(labels, shares, "  " if upright else "\n")
    return TokenLine(shown, ends - (widths + room) / 2, float(ends[-1]), upright, named)


def _with_shares(labels: list[str], shares: np.ndarray | None, between: str) -> list[str]:
    if shares is None:
        return labels
    told = [f"{between}{share:.0%}" if share >= TOLD else "" for share in shares]
    return [label + share for label, share in zip(labels, told, strict=True)]
