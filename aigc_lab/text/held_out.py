"""Texts to learn from and texts to be examined on, told apart by their first lines."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

ONE_IN = 10
LONG_LINE = 60  # characters: shorter lines may well stand in two articles by chance


def split_held_out(documents: Iterable[str], one_in: int = ONE_IN) -> tuple[list[str], list[str]]:
    """The documents to learn from, and those held out: one in ten or fewer.

    The first line decides which are candidates, so that the same article is held out even where
    its text differs a little, as Python's documentation does from version to version. A candidate
    that shares a long line with another document is learned from after all: some articles quote
    others whole, and an examination on what was learned would be none.
    """
    documents = list(documents)
    lines = [long_lines(text) for text in documents]
    times = Counter(line for found in lines for line in found)
    learn: list[str] = []
    held_out: list[str] = []
    for text, found in zip(documents, lines, strict=True):
        alone = all(times[line] == 1 for line in found)
        (held_out if alone and is_candidate(text, one_in) else learn).append(text)
    return learn, held_out


def is_candidate(document: str, one_in: int = ONE_IN) -> bool:
    """Whether a document's first line says that it is for examination.

    >>> is_candidate("Calls\\n*****\\n\\nA call...") == is_candidate("Calls\\n*****\\n\\nOther")
    True
    """
    first_line = document.strip().partition("\n")[0]
    return zlib.crc32(first_line.encode()) % one_in == 0


def long_lines(text: str) -> set[str]:
    """The lines of a text that are too long to stand in two texts by chance."""
    return {line for row in text.split("\n") if len(line := row.strip()) >= LONG_LINE}
