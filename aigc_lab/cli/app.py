"""From the words of a command to an exit code: choose the command, run it, name what went wrong.

Nothing heavy is imported before a command runs, so that help is there at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from aigc_lab import __version__
from aigc_lab.cli import attend, compare, doctor, export, lab, sample, train
from aigc_lab.cli.arguments import CommandParser, UsageProblem
from aigc_lab.cli.console import one_line

COMMANDS = (train, sample, compare, attend, export, doctor, lab)
OK, BAD_INPUT, BAD_USAGE, INTERRUPTED, NO_READER = 0, 1, 2, 130, 141

DESCRIPTION = "Build, train and look inside a GPT, one small step at a time."
EXAMPLES = """\
the first steps:
  aigc-lab doctor                                  is this machine ready?
  aigc-lab train python_docs                       train a small GPT: about two minutes
  aigc-lab sample runs/python_docs-nano "The"      let it write
  aigc-lab compare runs/python_docs-nano bundled   set it beside a pretrained model
  aigc-lab attend bundled "The cat sat" -o map.png look inside
  aigc-lab lab                                     open the course's notebooks

`aigc-lab COMMAND --help` tells more of each. Exit codes: 0 done, 1 something is wrong with the
input (one line says what, and how to mend it), 2 wrong usage, 130 interrupted.
With AIGC_LAB_DEBUG=1 an error also shows where in the code it arose.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `words` are those of the terminal if None."""
    for stream in (sys.stdout, sys.stderr):  # a terminal without Chinese gets ?, not a crash
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("aigc-lab: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone, as in `… | head`
        _close_output()
        return NO_READER
    except Exception as error:
        if os.environ.get("AIGC_LAB_DEBUG") or not is_input_problem(error):
            raise
        print(f"aigc-lab: {one_line(error)}", file=sys.stderr)
        return BAD_USAGE if isinstance(error, UsageProblem) else BAD_INPUT


def _run(words: Sequence[str] | None) -> int:
    parser = build_parser()
    try:
        arguments = parser.parse_args(words)
    except SystemExit as stop:  # argparse has said all: help is 0, a usage error 2
        return int(stop.code or OK)
    if arguments.command is None:
        parser.print_help()
        return OK
    return arguments.run(arguments)


def build_parser() -> CommandParser:
    """The parser of all commands."""
    parser = CommandParser(prog="aigc-lab", description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("--version", action="version", version=f"aigc-lab {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        one = commands.add_parser(
            name, help=command.SUMMARY, description=command.DESCRIPTION, epilog=command.EXAMPLES
        )
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return parser


def is_input_problem(error: Exception) -> bool:
    """Whether an error says something about the input; any other is a fault of ours."""
    if isinstance(error, ValueError | OSError | MemoryError):
        return True
    if isinstance(error, RuntimeError) and "allocate memory" in str(error):
        return True  # torch's way to say so on a CPU
    kinds = {kind.__name__ for kind in type(error).__mro__}  # by name: torch may not be imported
    return bool(kinds & {"TrainingDiverged", "OutOfMemoryError"})


def _close_output() -> None:
    """Let the interpreter's last flush go nowhere, for there is nobody to read it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
