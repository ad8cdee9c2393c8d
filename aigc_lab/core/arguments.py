"""The pieces that the commands' arguments are made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from aigc_lab.core.runtime import DEVICES


class UsageProblem(ValueError):
    """The words of a command do not fit together: exit code 2."""


class CommandParser(argparse.ArgumentParser):
    """A parser whose every complaint is one line that says where to read on."""

    def __init__(self, **settings: Any) -> None:
        keep_lines = argparse.RawDescriptionHelpFormatter  # examples stand on lines of their own
        super().__init__(formatter_class=keep_lines, allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.splitlines())}; see {self.prog} --help\n")


def whole(low: int) -> Callable[[str], int]:
    """A type of argument: a whole number, `low` or more."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, {low} or more")
        return value

    return parse


def above_zero(text: str) -> float:
    """A type of argument: a finite number above zero."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`, which every command with a result has."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document to stdout, for scripts"
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """`--device`, which every command that computes has."""
    parser.add_argument(
        "--device", choices=DEVICES, default="auto", help="where to compute (default: the fastest)"
    )


def add_force(parser: argparse.ArgumentParser, help: str) -> None:
    """`--force`, which every command that could overwrite something has."""
    parser.add_argument("--force", action="store_true", help=help)
