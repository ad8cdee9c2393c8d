"""The words behind a tool's name, for jobs that must not start by mistake."""

from __future__ import annotations

import sys


def words(about: str, *counts: int) -> list[str]:
    """What the tool was told, where that is one of so many words and none begins with "-".

    Otherwise `about`, the tool's own description, is printed and the tool ends.
    """
    given = sys.argv[1:]
    if {"-h", "--help"} & set(given):
        print(about, end="")
        sys.exit()
    if len(given) not in counts or any(word.startswith("-") for word in given):
        sys.exit(about)
    return given
