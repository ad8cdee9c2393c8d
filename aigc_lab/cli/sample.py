"""`aigc-lab sample`: let a model continue a text, piece by piece as it is written."""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import TYPE_CHECKING, Any

from aigc_lab.cli.models import MODELS
from aigc_lab.core.arguments import UsageProblem, add_device, add_json, whole
from aigc_lab.core.console import Console

if TYPE_CHECKING:
    from aigc_lab.cli.models import Opened
    from aigc_lab.generation.sampling import SamplingConfig

SUMMARY = "let a model continue a text"
DESCRIPTION = "Let a model continue a text, shown piece by piece as it is written."
EXAMPLES = f"""\
examples:
  aigc-lab sample bundled "Story: Mia was in the garden."
  aigc-lab sample runs/python_docs-nano "The function" -n 3 --temperature 0.7
  aigc-lab sample gpt2 "Once upon a time" --top-p 0.95 --seed 1
  aigc-lab sample bundled "Question: Where is Mia?\\nAnswer:" --temperature 0 --stop "\\n"
  echo "A list is" | aigc-lab sample runs/python_docs-nano - --json

The dials act in this order: repetition penalty, temperature, top-k, top-p, min-p. In the prompt
and in --stop, \\n means the end of a line. Sample number i uses the seed plus i.

{MODELS}"""
DIALS = (
    ("--temperature", 0.8, "0: always the likeliest token; 1: as the model says (0.8)"),
    ("--top-k", None, "draw from the K likeliest tokens only"),
    ("--top-p", None, "draw from the likeliest tokens that together have probability X"),
    ("--min-p", None, "leave out tokens less likely than X times the likeliest"),
    ("--repetition-penalty", 1.0, "above 1: repeat less"),
)
SEEDS = 2**31


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `sample`."""
    parser.add_argument("model", metavar="MODEL", help="what writes (see below)")
    parser.add_argument(
        "prompt", metavar="PROMPT", nargs="?", default="", help="the beginning; - reads stdin"
    )
    parser.add_argument("-n", type=whole(1), default=1, metavar="N", help="continuations (1)")
    parser.add_argument(
        "--tokens", type=whole(1), default=100, metavar="N", help="the most to write (100)"
    )
    parser.add_argument(
        "--stop", action="append", default=[], metavar="TEXT", help="end before it; can be repeated"
    )
    parser.add_argument(
        "--seed", type=whole(0), metavar="N", help="gives the same text again (default: any)"
    )
    add_device(parser)
    add_json(parser)

    dials = parser.add_argument_group("dials")
    for name, default, help in DIALS:
        kind = int if name == "--top-k" else float
        metavar = "K" if name == "--top-k" else "X"
        dials.add_argument(name, type=kind, default=default, metavar=metavar, help=help)


def run(arguments: argparse.Namespace) -> int:
    """Write the continuations one after another."""
    dials = _dials(arguments)
    prompt = read_prompt(arguments.prompt)

    from aigc_lab.cli.models import find_model

    opened = find_model(arguments.model).open(arguments.device)
    console = Console(arguments.json)
    seed = random.randrange(SEEDS) if arguments.seed is None else arguments.seed
    samples = []
    for number in range(arguments.n):
        if not arguments.json and arguments.n > 1:
            print(f"--- {number + 1} of {arguments.n}, seed {seed + number} ---")
        samples.append(write(opened, prompt, dials.change(seed=seed + number), not arguments.json))
    console.result({"model": opened.name, "prompt": prompt, "samples": samples})
    return 0


def read_prompt(word: str) -> str:
    """The prompt as meant: `\\n` is a line end, and `-` stands for what comes through stdin."""
    if word == "-":
        return sys.stdin.read().rstrip("\n")
    return word.replace("\\n", "\n")


def write(opened: Opened, prompt: str, dials: SamplingConfig, aloud: bool) -> dict[str, Any]:
    """Write one continuation, to the terminal if `aloud`, and return it with what there is to know.

    Raises: ValueError for a prompt that the tokenizer cannot encode.
    """
    from aigc_lab.generation.generate import stream

    pieces = stream(opened.model, opened.tokenizer, prompt, dials)
    start = time.perf_counter()
    if aloud:
        print(prompt, end="", flush=True)
    for piece in pieces:
        if aloud:
            print(piece, end="", flush=True)
    if aloud:
        print()
    seconds = time.perf_counter() - start
    return {
        "text": pieces.text,
        "finish_reason": pieces.finish_reason or "length",
        "tokens": len(pieces.ids),
        "seed": dials.seed,
        "tokens_per_second": round(len(pieces.ids) / seconds, 1) if seconds else None,
    }


def _dials(arguments: argparse.Namespace) -> SamplingConfig:
    from aigc_lab.generation.sampling import SamplingConfig

    try:
        return SamplingConfig(
            temperature=arguments.temperature,
            top_k=arguments.top_k,
            top_p=arguments.top_p,
            min_p=arguments.min_p,
            repetition_penalty=arguments.repetition_penalty,
            max_new_tokens=arguments.tokens,
            stop=tuple(text.replace("\\n", "\n") for text in arguments.stop),
        )
    except ValueError as error:
        raise UsageProblem(str(error)) from error
