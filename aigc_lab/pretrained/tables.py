"""Rows of cells as a table to print, or as one for a notebook's Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aigc_lab.core import console

STYLES = ("text", "markdown")
RULES = {"l": "---", "r": "---:", "c": "---"}


def render(
    headings: Sequence[str], rows: Sequence[Sequence[str]], columns: str, style: str = "text"
) -> str:
    """A table; each letter of `columns` is one: l words, r numbers to the right, c code.

    Raises: ValueError for an unknown style.

    >>> print(render(["model", "parameters"], [["tiny", "1,234"], ["large", "124,439,808"]], "lr"))
    model   parameters
    tiny         1,234
    large  124,439,808
    """
    if style not in STYLES:
        raise ValueError(f"style={style!r} is not known; choose 'text' or 'markdown'")
    if style == "markdown":
        write = {"l": _plain, "r": str, "c": _code}
        shown = [
            [write[kind](cell) for kind, cell in zip(columns, row, strict=True)] for row in rows
        ]
        lines = [f"| {' | '.join(line)} |" for line in [[*map(_plain, headings)], *shown]]
        return "\n".join([lines[0], f"|{'|'.join(RULES[kind] for kind in columns)}|", *lines[1:]])
    lines = [headings, *rows]
    widths = [max(console.columns(line[at]) for line in lines) for at in range(len(headings))]
    return "\n".join(_aligned(line, columns, widths) for line in lines)


def bits(value: float, low: float | None = None, high: float | None = None) -> str:
    """Bits per byte with about three digits that count, and the interval with as many.

    >>> bits(0.16934), bits(2.345, 2.3, 2.39)
    ('0.1693', '2.35 (2.30-2.39)')
    """
    digits = 2 if value >= 1 else 4  # Town's floor is far below 1
    interval = "" if low is None else f" ({low:.{digits}f}-{high:.{digits}f})"
    return f"{value:.{digits}f}{interval}"


def _aligned(line: Sequence[str], columns: str, widths: Sequence[int]) -> str:
    cells = [
        console.pad(cell, width, to_the_right=kind == "r")
        for cell, kind, width in zip(line, columns, widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def _plain(text: str) -> str:
    """Text in a Markdown table whose signs are shown instead of obeyed."""
    return re.sub(r"([\\`*_~<>\[\]|&])", r"\\\1", text)


def _code(text: str) -> str:
    """Text as code in a Markdown table, between more backticks than it has in a row itself."""
    if not text:
        return ""  # a pair of backticks with nothing between would be shown as backticks
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in (text[0], text[-1]) else ""
    return f"{ticks}{space}{text}{space}{ticks}".replace("|", "\\|")
