"""How a text is cut: its tokens as a row of boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from aigc_lab.viz.drawing import (
    COLOURS,
    FONT,
    GREY,
    choose_fonts,
    new_figure,
    set_title,
    text_width,
)
from aigc_lab.viz.fonts import token_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.6  # inches of boxes before a row goes on below
HEIGHT, GAP, BETWEEN = 0.27, 0.05, 0.13  # inches: of a box, around it, and between two texts
PADDING = 0.12  # inches inside a box, left and right of its label
PALE = 0.22  # how strongly the two colours of neighbours cover the paper
NEW = COLOURS[1]

Token = str | bytes


def token_boxes(
    texts: Mapping[str, Sequence[Token]], highlight: Token | None = None, title: str = ""
) -> Figure:
    """Texts cut into tokens: one box a token, under each other, with their number at the end.

    Neighbours differ in shade. A space is ␣; a token that holds part of a character is grey, and
    shown as its bytes in hexadecimal. Tokens equal to `highlight` are orange.

    Raises: ValueError when there are no texts.
    Notebook: 01 tokens.
    """
    if not texts:
        raise ValueError("no texts were given; pass for example {'English': [b'the', b' hen']}")
    names = text_width(list(texts), FONT) + 0.2
    room = text_width(["000 tokens"], FONT)
    rows = {name: list(_lines(tokens)) for name, tokens in texts.items()}
    widest = max(
        (line[-1][1] + line[-1][2] for lines in rows.values() for line in lines), default=0
    )
    height = sum(max(1, len(lines)) * (HEIGHT + GAP) + BETWEEN for lines in rows.values())
    figure = new_figure(names + widest + room, height + 0.35 * bool(title))
    axes = figure.subplots()
    axes.set(xlim=(-names, widest + room), ylim=(height, 0))
    axes.set_axis_off()
    top = BETWEEN / 2
    for name, tokens in texts.items():
        middle = top + HEIGHT / 2
        label = axes.text(-0.1, middle, name, ha="right", va="center", fontsize=FONT)
        label.set_parse_math(False)
        choose_fonts([label])
        end = _draw_lines(axes, rows[name], top, highlight)
        count = f"{len(tokens)} token{'' if len(tokens) == 1 else 's'}"
        middle = top + (max(1, len(rows[name])) - 1) * (HEIGHT + GAP) + HEIGHT / 2
        axes.text(end + 0.1, middle, count, va="center", fontsize=FONT - 1, color=GREY)
        top += max(1, len(rows[name])) * (HEIGHT + GAP) + BETWEEN
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


def _draw_lines(
    axes: Axes,
    lines: Sequence[Sequence[_Box]],
    top: float,
    highlight: Token | None,
) -> float:
    """Draw one text's boxes; returns where its last line ends."""
    from matplotlib.patches import Rectangle

    end = 0.0
    for line in lines:
        for token, left, width, number in line:
            colour = _colour(token, number, highlight)
            box = Rectangle((left, top), width, HEIGHT, facecolor=colour, alpha=PALE, linewidth=0)
            axes.add_patch(box)
            text = token_label(token)
            place = dict(ha="center", va="center", fontsize=FONT, parse_math=False)
            label = axes.text(left + width / 2, top + HEIGHT / 2, text, **place)
            choose_fonts([label])
            end = left + width
        top += HEIGHT + GAP
    return end


def _colour(token: Token, number: int, highlight: Token | None) -> str:
    if highlight is not None and token == highlight:
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
