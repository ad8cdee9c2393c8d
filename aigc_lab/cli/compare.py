"""`aigc-lab compare`: models side by side on the same held-out text and the same prompt."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.cli.models import MODELS
from aigc_lab.cli.yardsticks import town_floor
from aigc_lab.core.arguments import add_device, add_json, whole
from aigc_lab.core.console import Console, note
from aigc_lab.training import run_files as runs
from aigc_lab.training import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from aigc_lab.cli.models import Found
    from aigc_lab.pretrained.compare import ComparisonRow

SUMMARY = "set models side by side"
DESCRIPTION = """\
Set models side by side: bits per byte of the same text with a 95% interval (lower is better, and
comparable across tokenizers), size, speed, and a continuation of the same prompt."""
EXAMPLES = f"""\
examples:
  aigc-lab compare runs/python_docs-nano bundled
  aigc-lab compare bundled gpt2 --text python_docs --prompt "The function"
  aigc-lab compare runs/mine bundled --text notes.txt -o bars.png
  aigc-lab compare bundled --text town --json

Without --text, the text held out from the first run among the models is used, else python_docs.
Of a named text only the held-out part is scored, and of your own file the same part where one of
the models was trained on exactly that file. What one run held out another may have learned: how
much of the text stands in what a run learned from is said below the table. Of exported and
published models that is not known: keep texts for comparing apart from those you train on.

{texts.NAMES}
{MODELS}"""
PROMPT = "The"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `compare`."""
    parser.add_argument("models", metavar="MODEL", nargs="+", help="what to compare (see below)")
    parser.add_argument("--text", metavar="TEXT", help="what to score: a name or a path")
    parser.add_argument(
        "--bytes", type=whole(0), default=65536, help="score the first so many (65536); 0: all"
    )
    parser.add_argument("--prompt", default=PROMPT, help=f"what each continues ({PROMPT!r})")
    parser.add_argument("-o", "--out", metavar="FILE", help="also draw the comparison (.png, .svg)")
    add_device(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score every model, one after another, and print the table."""
    from aigc_lab.cli.models import find_models
    from aigc_lab.cli.pictures import require_writable, save
    from aigc_lab.pretrained.compare import compare, learned_in_part, table

    console = Console(arguments.json)
    if arguments.out:
        require_writable(arguments.out)
    found = find_models(arguments.models)
    name, documents = choose_text(arguments.text, found)
    exam = texts.first_bytes(documents, arguments.bytes)
    in_town = texts.is_town(exam)
    floor = town_floor(len(exam)) if in_town else None
    console.say(f"{name}: {texts.size(exam):,} bytes of {texts.size(documents):,}")
    shares = [runs.share_learned(place.run, exam) if place.run else None for place in found]
    watched = sys.stderr.isatty()
    for place in found[1:]:
        place.open("cpu")  # and let go: a damaged one is told before the first has been scored
    rows: list[ComparisonRow] = []
    for place in found:  # one in memory at a time
        opened = place.open(arguments.device)
        if watched:
            note(f"scoring {place.name}")
        pair = {opened.name: (opened.model, opened.tokenizer)}
        rows += compare(pair, exam, arguments.prompt, score_end=in_town, progress=watched)
    console.say(table(rows))
    if floor:
        console.say(f"floor: {floor:.3f} bits per byte; in the long run no model can do better")
    for place, share in zip(found, shares, strict=True):
        if share:
            console.say(learned_in_part(place.name, share, "this text"))
    if arguments.out:
        save(_bars(rows, name, floor), arguments.out)
        console.say(f"drawn in {arguments.out}")
    scores = [
        {**row.to_dict(), "learned_share": share} for row, share in zip(rows, shares, strict=True)
    ]
    size = texts.size(exam)
    console.result({"text": name, "bytes": size, "floor_bits_per_byte": floor, "models": scores})
    return 0


def choose_text(word: str | None, found: Sequence[Found]) -> tuple[str, list[str]]:
    """What to examine on, with a name that says which part: what a run here held out, if any.

    Raises: FileNotFoundError, ValueError or ConnectionError saying what is wrong with the text.
    """
    if word is None:
        for place in found:
            if place.run and (documents := runs.read_held_out(place.run)):
                return f"the text held out from {place.name}", documents
        word = "python_docs"
    if texts.is_name(word) or not Path(word).exists():
        text = texts.load_text(word, progress=True)
        return f"the held-out part of {text.name}", text.held_out
    from aigc_lab.text.documents import file_or_folder

    corpus = file_or_folder(word)
    recipes = [recipe for place in found if (recipe := place.recipe())]
    if any(recipe.get("text_sha256") == corpus.sha256 for recipe in recipes):
        return f"the held-out part of {word}", texts.split(corpus.documents)[1]
    return word, list(corpus.documents)


def _bars(rows: Sequence[ComparisonRow], name: str, floor: float | None) -> Figure:
    from aigc_lab.cli.pictures import without_display

    without_display()
    from aigc_lab.viz.plots import bar_comparison

    values = {row.name: row.bits_per_byte for row in rows}
    intervals = {row.name: (row.low, row.high) for row in rows if row.low is not None}
    return bar_comparison(values, intervals, floor, title=name)
