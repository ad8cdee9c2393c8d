"""The words that a recipe's run is asked for with, on either command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from aigc_lab.core.arguments import above_zero, add_device, add_force, add_json, whole
from aigc_lab.core.config import COMPILE_MODES, GPT_PRESETS, PRECISIONS

if TYPE_CHECKING:
    from aigc_lab.training.recipe_run import Request

SOURCES = ("text", "tokens", "dataset", "column", "vocabulary")
DIALS = (
    *("preset", "steps", "batch_size", "accumulate", "recompute", "lr", "muon_lr"),
    *("precision", "compile", "device", "seed"),
)


def add_recipe_options(parser: argparse._ActionsContainer) -> None:
    """What only recipes have: other sources of tokens, a smaller memory, the plan alone."""
    parser.add_argument("--plan", action="store_true", help="print the plan, and stop there")
    parser.add_argument("--tokens", metavar="FILE.npy", help="learn from a file of token ids")
    parser.add_argument(
        "--dataset",
        metavar="NAME",
        help="learn from a data set, as much as the run reads, through the library datasets (pip "
        "install datasets): a name on the hub, or NAME:CONFIGURATION, or a file or folder of "
        ".jsonl, .parquet, .csv or text files",
    )
    parser.add_argument("--column", metavar="NAME", help="where the data set's texts are (text)")
    parser.add_argument(
        "--vocabulary",
        metavar="FOLDER",
        help="the tokenizer to use, or that made the token file (else the one beside that file)",
    )
    parser.add_argument(
        "--accumulate", type=whole(1), metavar="N", help="cut each batch into N parts: less memory"
    )
    parser.add_argument(
        "--recompute",
        action="store_true",
        default=None,
        help="compute activations twice rather than keep them: less memory",
    )
    parser.add_argument(
        "--compile", choices=COMPILE_MODES, help="through torch.compile (the recipe's)"
    )


def add_run_options(parser: argparse._ActionsContainer) -> None:
    """What every training has, the recipe's own unless given."""
    parser.add_argument("--out", metavar="FOLDER", help="the run's folder (runs/NAME)")
    parser.add_argument("--preset", choices=GPT_PRESETS, metavar="NAME", help="another size")
    parser.add_argument("--steps", type=whole(1), metavar="N", help="how many")
    parser.add_argument("--batch-size", type=whole(1), metavar="N", help="sequences a step")
    parser.add_argument("--lr", type=above_zero, metavar="X", help="AdamW's rate")
    parser.add_argument("--muon-lr", type=above_zero, metavar="X", help="Muon's rate")
    parser.add_argument("--precision", choices=PRECISIONS, help="number format")
    parser.add_argument("--seed", type=whole(0), metavar="N", help="of every random choice")
    add_device(parser)
    add_force(parser, "throw away the run that stands in the folder")
    add_json(parser)


def make_request(recipe: str, arguments: argparse.Namespace) -> Request:
    """What the words ask for.

    Raises: ValueError for words that do not go together.
    """
    from aigc_lab.training.material import Source
    from aigc_lab.training.recipe_run import Request

    sources = {name: getattr(arguments, name) for name in SOURCES}
    return Request(
        recipe=recipe,
        source=Source(**{name: value for name, value in sources.items() if value is not None}),
        changes={name: getattr(arguments, name) for name in DIALS},
        out=arguments.out,
        force=arguments.force,
        plan_only=arguments.plan,
    )
