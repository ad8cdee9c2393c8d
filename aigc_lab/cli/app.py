"""From the words of a command to an exit code: choose the command, run it, name what went wrong.

Nothing heavy is imported before a command runs, so that help is there at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from aigc_lab import __version__
from aigc_lab.cli import attend, compare, doctor, export, lab, sample, serve, train
from aigc_lab.core.arguments import CommandParser
from aigc_lab.core.console import OK, answer

COMMANDS = (train, sample, compare, attend, export, serve, doctor, lab)

DESCRIPTION = "Build, train and look inside a GPT, one small step at a time."
EXAMPLES = """\
the first steps:
  aigc-lab doctor                                  is this machine ready?
  aigc-lab train python_docs                       train a small GPT: about two minutes
  aigc-lab sample runs/python_docs-nano "The"      let it write
  aigc-lab compare runs/python_docs-nano bundled   set it beside a pretrained model
  aigc-lab attend "The cat sat" -o map.html        look inside
  aigc-lab serve town-chat                         put it behind the API, to chat with
  aigc-lab lab                                     open the course's notebooks

`aigc-lab COMMAND --help` tells more of each. Exit codes: 0 done, 1 something is wrong with the
input (one line says what, and how to mend it), 2 wrong usage, 130 interrupted.
With AIGC_LAB_DEBUG=1 an error also shows where in the code it arose.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `words` are those of the terminal if None."""
    return answer("aigc-lab", lambda: _run(words))


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
