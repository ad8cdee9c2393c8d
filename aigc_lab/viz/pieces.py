"""How a text is cut: its tokens as a row of boxes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from aigc_lab.viz.drawing import (
    COLOURS,
    FONT,
    GREY,
    choose_fonts,
    new_figure,
    set_title,
    text_width,
)
from aigc_lab.viz.fonts import Token, token_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.6  # inches of boxes before a row goes on below
HEIGHT, GAP, BETWEEN = 0.27, 0.05, 0.13  # inches: of a box, around it, and between two texts
PADDING = 0.12  # inches inside a box, left and right of its label
PALE = 0.22  # how strongly the two colours of neighbours cover the paper
NEW = COLOURS[1]


def token_boxes(
    texts: Mapping[str, Sequence[Token]],
    highlight: Collection[Token] = (),
    title: str = "",
    unit: str = "token",
) -> Figure:
    """Texts cut into tokens: one box each, text under text, with the number of boxes at the end.

    Neighbours differ in shade. A space is ␣; a token that holds part of a character is grey, and
    shown as its bytes in hexadecimal. The tokens in `highlight` are orange.

    Raises: ValueError when there are no texts.
    Notebook: 01 tokens.
    """
    if not texts:
        raise ValueError("no texts were given; pass for example {'English': [b'the', b' hen']}")
    names = text_width(list(texts), FONT) + 0.2
    room = text_width(["000 tokens"], FONT)
    rows = {name: list(_lines(tokens)) or [[]] for name, tokens in texts.items()}
    ends = [line[-1].left + line[-1].width for lines in rows.values() for line in lines if line]
    widest = max(ends, default=0.0)
    height = sum(len(lines) * (HEIGHT + GAP) + BETWEEN for lines in rows.values())
    figure = new_figure(names + widest + room, height + 0.35 * bool(title))
    axes = figure.subplots()
    axes.set(xlim=(-names, widest + room), ylim=(height, 0))
    axes.set_axis_off()
    top = BETWEEN / 2
    for name, lines in rows.items():
        _write(axes, -0.1, top, name, ha="right")
        for line in lines:
            _draw_line(axes, line, top, highlight)
            top += HEIGHT + GAP
        end = line[-1].left + line[-1].width if line else 0.0
        count = f"{len(texts[name])} {unit}{'' if len(texts[name]) == 1 else 's'}"
        _write(axes, end + 0.1, top - HEIGHT - GAP, count, color=GREY, fontsize=FONT - 1)
        top += BETWEEN
    set_title(figure, title)
    return figure


class _Box(NamedTuple):
    token: Token
    left: float
    width: float
    number: int


def _lines(tokens: Sequence[Token]) -> Iterator[list[_Box]]:
    """Boxes for the tokens, as many on each line as have room."""
    line: list[_Box] = []
    left = 0.0
    for number, token in enumerate(tokens):
        width = text_width([token_label(token)], FONT) + PADDING
        if line and left + width > WIDTH:
            yield line
            line, left = [], 0.0
        line.append(_Box(token, left, width, number))
        left += width + GAP
    if line:
        yield line


def _draw_line(axes: Axes, line: Sequence[_Box], top: float, highlight: Collection[Token]) -> None:
    from matplotlib.patches import Rectangle

    for token, left, width, number in line:
        colour = _colour(token, number, highlight)
        box = Rectangle((left, top), width, HEIGHT, facecolor=colour, alpha=PALE, linewidth=0)
        axes.add_patch(box)
        _write(axes, left + width / 2, top, token_label(token), ha="center")


def _write(axes: Axes, at: float, top: float, text: str, **style: Any) -> None:
    """Write a text at half the height of the boxes that begin at `top`."""
    style = {"fontsize": FONT, "parse_math": False, **style}
    choose_fonts([axes.text(at, top + HEIGHT / 2, text, va="center", **style)])


def _colour(token: Token, number: int, highlight: Collection[Token]) -> str:
    if token in highlight:
        return NEW
    return GREY if _is_partial(token) else (COLOURS[0], COLOURS[2])[number % 2]


def _is_partial(token: Token) -> bool:
    if isinstance(token, str):
        return False
    try:
        token.decode()
    except UnicodeDecodeError:
        return True
    return False
