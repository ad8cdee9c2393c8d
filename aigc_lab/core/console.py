"""What commands say, and where: results to stdout, the rest to stderr, errors in one line."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any
from unicodedata import east_asian_width

from aigc_lab.core.arguments import UsageProblem

OK, BAD_INPUT, BAD_USAGE, INTERRUPTED, NO_READER = 0, 1, 2, 130, 141

MENDS = (
    (FileNotFoundError, "check the path"),
    (IsADirectoryError, "name a file in it"),
    (NotADirectoryError, "check the path"),
    (FileExistsError, "choose another name"),
    (PermissionError, "choose a place that you may read and write"),
    (OSError, "check the disk and the path"),
    (MemoryError, "choose a smaller model, a smaller batch or a shorter text"),
)


class ToldInOneLine(RuntimeError):
    """What a user can mend, though nothing was wrong with the input: a command says it shortly."""


def answer(program: str, run: Callable[[], int]) -> int:
    """The exit code of a command, with one line on stderr for what is wrong with its input."""
    for stream in (sys.stdout, sys.stderr):  # a terminal without Chinese gets ?, not a crash
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = run()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone, as in `… | head`
        _close_output()
        return NO_READER
    except Exception as error:
        if os.environ.get("AIGC_LAB_DEBUG") or not is_input_problem(error):
            raise
        print(f"{program}: {one_line(error)}", file=sys.stderr)
        return BAD_USAGE if isinstance(error, UsageProblem) else BAD_INPUT


def is_input_problem(error: Exception) -> bool:
    """Whether an error says something that a user can mend; any other is a fault of ours."""
    if isinstance(error, ValueError | OSError | MemoryError | ToldInOneLine):
        return True
    if isinstance(error, RuntimeError) and "allocate memory" in str(error):
        return True  # torch's way to say so on a CPU
    kinds = {kind.__name__ for kind in type(error).__mro__}  # by name: torch may not be imported
    return "OutOfMemoryError" in kinds


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


def pad(text: str, width: int, to_the_right: bool = False) -> str:
    """A text filled up to a width on the screen, where a Chinese character takes two columns.

    >>> pad("中文", 6) + "|", pad("42", 6, to_the_right=True)
    ('中文  |', '    42')
    """
    room = " " * (width - columns(text))
    return room + text if to_the_right else text + room


def columns(text: str) -> int:
    """How many columns a text takes on the screen.

    >>> columns("ab"), columns("中文")
    (2, 4)
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _close_output() -> None:
    """Let the interpreter's last flush go nowhere, for there is nobody to read it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _writes_unicode() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return encoding.lower().replace("-", "").startswith("utf")
