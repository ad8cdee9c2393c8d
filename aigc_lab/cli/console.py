"""What commands say, and where: results to stdout, progress and remarks to stderr."""

from __future__ import annotations

import json
import sys
from typing import Any
from unicodedata import east_asian_width

MENDS = (
    (FileNotFoundError, "check the path"),
    (IsADirectoryError, "name a file in it"),
    (NotADirectoryError, "check the path"),
    (FileExistsError, "choose another name"),
    (PermissionError, "choose a place that you may read and write"),
    (OSError, "check the disk and the path"),
    (MemoryError, "choose a smaller model, a smaller batch or a shorter text"),
)


class Console:
    """Speaks to a person; with `json`, stdout is left to the one JSON document of a script."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, text: str = "") -> None:
        """A line of the result, for people only."""
        print(text, file=sys.stderr if self.as_json else sys.stdout, flush=True)

    def result(self, value: Any) -> None:
        """The result as JSON, for scripts only."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=not _writes_unicode(), allow_nan=False))


def note(text: str) -> None:
    """A remark that is no part of the result."""
    print(text, file=sys.stderr, flush=True)


def one_line(error: BaseException) -> str:
    """What an error says, in one line, with a mend where the system gives only a reason.

    >>> one_line(FileNotFoundError(2, "No such file or directory", "notes.txt"))
    'notes.txt: No such file or directory; check the path'
    """
    text = " ".join(str(error).splitlines()) or type(error).__name__
    of_the_system = isinstance(error, OSError) and error.strerror is not None
    if of_the_system:
        named = "" if error.filename is None else f"{error.filename}: "
        text = f"{named}{error.strerror}"
    if ";" not in text and (of_the_system or isinstance(error, MemoryError)):
        mend = next(mend for kind, mend in MENDS if isinstance(error, kind))
        text = f"{text}; {mend}"
    return text


def pad(text: str, width: int) -> str:
    """A text filled up to a width on the screen, where a Chinese character takes two columns."""
    return text + " " * (width - columns(text))


def columns(text: str) -> int:
    """How many columns a text takes on the screen.

    >>> columns("ab"), columns("中文")
    (2, 4)
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _writes_unicode() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return encoding.lower().replace("-", "").startswith("utf")
