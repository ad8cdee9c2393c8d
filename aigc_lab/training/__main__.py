"""`python -m aigc_lab.training NAME`: a recipe by its name, on one process or under torchrun."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from aigc_lab.core.arguments import CommandParser
from aigc_lab.core.console import OK, Console, answer
from aigc_lab.training.options import add_recipe_options, add_run_options, make_request
from aigc_lab.training.recipes import listing

PROGRAM = "python -m aigc_lab.training"
DESCRIPTION = """\
Train a GPT by a named recipe. The plan comes first: parameters, tokens, memory and time on this
device. Ctrl-C saves and stops; the same command goes on from there, and so it does after a kill."""
EXAMPLES = f"""\
examples:
  {PROGRAM} python-docs
  {PROGRAM} shakespeare-char --steps 500 --out runs/short
  {PROGRAM} gpt2-124m --plan --accumulate 64
  {PROGRAM} gpt2-124m --dataset HuggingFaceFW/fineweb-edu:sample-10BT
  torchrun --nproc-per-node 2 -m aigc_lab.training python-docs

recipes:
{listing()}"""


def main(words: Sequence[str] | None = None) -> int:
    """Carry out a recipe and return the exit code; `words` are those of the terminal if None."""
    return answer(PROGRAM, lambda: _run(words))


def build_parser() -> CommandParser:
    """The parser of the command's words."""
    parser = CommandParser(prog=PROGRAM, description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("recipe", metavar="NAME", help="the recipe (see below)")
    parser.add_argument("--text", metavar="TEXT", help="another text: a name, a file or a folder")
    add_recipe_options(parser)
    add_run_options(parser)
    return parser


def _run(words: Sequence[str] | None) -> int:
    try:
        arguments: argparse.Namespace = build_parser().parse_args(words)
    except SystemExit as stop:  # argparse has said all: help is 0, a usage error 2
        return int(stop.code or OK)
    from aigc_lab.training.recipe_run import carry_out

    return carry_out(make_request(arguments.recipe, arguments), Console(arguments.json))


if __name__ == "__main__":
    raise SystemExit(main())
