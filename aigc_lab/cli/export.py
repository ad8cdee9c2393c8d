"""`aigc-lab export`: write a model so that transformers, and all that builds on it, opens it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.cli.models import MODELS
from aigc_lab.core.arguments import add_force, add_json
from aigc_lab.core.console import Console
from aigc_lab.training.run_files import is_run

if TYPE_CHECKING:
    from aigc_lab.cli.models import Opened

SUMMARY = "write a model for transformers"
DESCRIPTION = """\
Write a model and its tokenizer into a folder that transformers opens: config.json,
model.safetensors, tokenizer.json. An assistant takes its chat template and its end mark along."""
EXAMPLES = f"""\
examples:
  aigc-lab export runs/python_docs-nano models/mine
  aigc-lab export runs/python_docs-nano models/mine --dtype bfloat16 --force
  aigc-lab export town-chat models/chat

then, in Python:
  from transformers import AutoModelForCausalLM, AutoTokenizer
  model = AutoModelForCausalLM.from_pretrained("models/mine")
  tokenizer = AutoTokenizer.from_pretrained("models/mine")

{MODELS}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`."""
    parser.add_argument("model", metavar="MODEL", help="what to export (see below)")
    parser.add_argument("folder", metavar="FOLDER", help="where to")
    parser.add_argument(
        "--dtype",
        type=number_format,
        default="float32",
        metavar="FORMAT",
        help="of the numbers: float32 or, at half the size, float16 or bfloat16 (float32)",
    )
    add_force(parser, "write into a folder that is not empty; its other files stay")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Open the model and write it."""
    from aigc_lab.cli.models import find_model

    console = Console(arguments.json)
    folder = Path(arguments.folder)
    found = find_model(arguments.model)
    require_free(folder, arguments.force, found.run)
    opened = found.open("cpu")
    write(folder, opened, arguments.dtype)
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    console.say(f"{opened.name} is in {folder} ({size / 1e6:.1f} MB). To open it elsewhere:")
    console.say(f"  AutoModelForCausalLM.from_pretrained({str(folder)!r})")
    console.say(f"  AutoTokenizer.from_pretrained({str(folder)!r})")
    console.result(
        {
            "folder": str(folder),
            "bytes": size,
            "dtype": arguments.dtype,
            "parameters": opened.model.num_parameters(),
        }
    )
    return 0


def write(folder: Path, opened: Opened, dtype: str) -> None:
    """Write the folder; what can chat keeps its template."""
    from aigc_lab.chat.template import can_chat, save_chat
    from aigc_lab.pretrained.folder import save_pretrained

    save = save_chat if can_chat(opened.tokenizer) else save_pretrained
    save(folder, opened.model, opened.tokenizer, dtype)


def number_format(text: str) -> str:
    """A type of argument: a number format that a model can be written in."""
    from aigc_lab.pretrained.folder import DTYPES

    if text not in DTYPES:
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(DTYPES)}")
    return text


def require_free(folder: Path, force: bool, run: Path | None) -> None:
    """Refuse a folder whose files the export would replace; that of a run even with `force`.

    Raises: ValueError saying what stands there, and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(
            f"{folder} is a file, where a folder is to be written; choose another name"
        )
    if run is not None and folder.exists() and folder.resolve() == run.resolve():
        raise ValueError(f"{folder} is the run itself; choose another folder, to keep it whole")
    if is_run(folder):
        raise ValueError(
            f"{folder} holds a training run, whose tokenizer the export would replace; choose "
            "another folder"
        )
    if not force and folder.exists() and any(folder.iterdir()):
        raise ValueError(
            f"{folder} is not empty; choose another folder, or pass --force to write into it"
        )
