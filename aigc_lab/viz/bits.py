"""Pictures of numbers as the machine keeps them: sign, exponent and fraction, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aigc_lab.viz.drawing import COLOURS, FONT, GREY, new_figure, set_title, text_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BIT = 0.17  # inches of a bit
PARTS = ("sign", "exponent", "fraction")


def bit_rows(rows: Mapping[str, tuple[Sequence[str], str]], title: str = "") -> Figure:
    """A row of bits for each name, coloured by what they are for, with the value that they mean.

    `rows` maps a name to its three strings of 0 and 1 (sign, exponent, fraction) and to the value
    as text. All rows begin at the left, so that equal parts of two formats stand under each other.

    Raises: ValueError for no rows, parts that are not three, or signs other than 0 and 1.
    Notebook: 08 GPU training.
    """
    for name, (parts, _) in rows.items():
        if len(parts) != len(PARTS) or set("".join(parts)) - set("01"):
            raise ValueError(
                f"{name!r} has the parts {parts}; give sign, exponent and fraction as 0 and 1"
            )
    if not rows:
        raise ValueError("no row was given; pass for example {'1.0': (('0', '01', '1'), '1')}")
    longest = max(sum(map(len, parts)) for parts, _ in rows.values())
    values = text_width([value for _, value in rows.values()], FONT)
    width = longest * BIT + text_width(list(rows), FONT) + values + 0.6
    figure = new_figure(width, 0.34 * len(rows) + 0.6 + 0.3 * bool(title))
    axes = figure.subplots()
    for row, (parts, value) in enumerate(rows.values()):
        at = 0
        for colour, part in zip(COLOURS[1:], parts, strict=False):
            for bit in part:
                shade = 0.85 if bit == "1" else 0.18
                axes.barh(row, 1, left=at, height=0.8, color=colour, alpha=shade, edgecolor="w")
                ink = "white" if bit == "1" else "black"
                place = dict(ha="center", va="center", fontsize=FONT - 2, color=ink)
                axes.text(at + 0.5, row, bit, **place)
                at += 1
        axes.text(at + 0.5, row, value, va="center", fontsize=FONT, parse_math=False)
    end = longest + values / BIT + 1
    axes.set(xlim=(0, end), ylim=(len(rows) - 0.5, -0.5), xticks=[])
    axes.set_yticks(range(len(rows)), list(rows), parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    _name_parts(figure)
    set_title(figure, title)
    return figure


def _name_parts(figure: Figure) -> None:
    from matplotlib.patches import Patch

    patches = [Patch(color=COLOURS[at + 1], label=part) for at, part in enumerate(PARTS)]
    place = dict(loc="outside lower center", ncols=len(PARTS), frameon=False)
    figure.legend(handles=patches, fontsize=FONT - 1, labelcolor=GREY, **place)
