"""Texts to learn from and texts to be examined on, told apart by their first lines."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

ONE_IN = 10


def is_held_out(document: str, one_in: int = ONE_IN) -> bool:
    """Whether a document is kept for examination.

    Its first line decides, so that the same article is held out even where its text differs a
    little, as Python's documentation does from version to version.

    >>> is_held_out("Calls\\n*****\\n\\nA call...") == is_held_out("Calls\\n*****\\n\\nOther")
    True
    """
    first_line = document.strip().partition("\n")[0]
    return zlib.crc32(first_line.encode()) % one_in == 0


def split_held_out(documents: Iterable[str]) -> tuple[list[str], list[str]]:
    """The documents to learn from, and those held out."""
    documents = list(documents)
    return (
        [text for text in documents if not is_held_out(text)],
        [text for text in documents if is_held_out(text)],
    )
