"""`aigc-lab train`: from a text to a tokenizer and a GPT, in a folder that can be resumed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.cli.recipe import LR, LR_OF_WIDE, USUAL, make_recipe
from aigc_lab.core.arguments import (
    UsageProblem,
    above_zero,
    add_device,
    add_force,
    add_json,
    whole,
)
from aigc_lab.core.config import GPT_PRESETS, OPTIMIZERS, PRECISIONS, TrainConfig
from aigc_lab.core.console import Console
from aigc_lab.training import run_files as runs
from aigc_lab.training import texts
from aigc_lab.training.options import add_recipe_options, make_request
from aigc_lab.training.recipes import RECIPES, listing

if TYPE_CHECKING:
    from aigc_lab.cli.training import Job
    from aigc_lab.training.history import History
    from aigc_lab.training.texts import Text

OF_OWN_TRAININGS = ("block_size", "tokenizer", "vocab_size", "optimizer")
OF_RECIPES = (
    *("plan", "tokens", "dataset", "column", "vocabulary"),
    *("accumulate", "recompute", "compile"),
)
SUMMARY = "train a GPT on a text"
DESCRIPTION = """\
Train a tokenizer and a GPT on a text, and keep both in a folder. A tenth of the text is held out
to examine the model on. Ctrl-C saves and stops; the same command goes on from there."""
PRESETS = "".join(
    f"  {name:<12} {preset.n_layer} layers of {preset.n_head} heads, {preset.n_embd} wide, "
    f"{preset.block_size} tokens of context\n"
    for name, preset in GPT_PRESETS.items()
)
EXAMPLES = f"""\
examples:
  aigc-lab train python_docs                            about two minutes on two cores
  aigc-lab train shakespeare --tokenizer char           letters instead of word pieces
  aigc-lab train town --preset town --steps 4000        a long run on a world with a known floor
  aigc-lab train notes.txt --steps 300 --out runs/mine  your own text
  aigc-lab train --recipe tinystories                   a run that is known to go well
  aigc-lab train --recipe gpt2-124m --plan              what it would take on this device

{texts.NAMES}
presets (--preset):
{PRESETS}
recipes (--recipe), whose tokenizer and model are their own:
{listing()}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `train`."""
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="what to learn from: a name or a path"
    )
    parser.add_argument("--recipe", choices=RECIPES, metavar="NAME", help="train by a named recipe")
    parser.add_argument("--out", metavar="FOLDER", help="the run's folder (runs/TEXT-PRESET)")
    add_force(parser, "throw away the run that stands in the folder")
    add_json(parser)

    model = parser.add_argument_group("model")
    model.add_argument(
        "--preset", choices=GPT_PRESETS, metavar="NAME", help=f"its size ({USUAL['preset']})"
    )
    model.add_argument(
        "--block-size", type=whole(2), metavar="N", help="tokens of context (the preset's)"
    )
    model.add_argument("--tokenizer", choices=("bpe", "char"), help="word pieces or letters (bpe)")
    model.add_argument(
        "--vocab-size", type=whole(257), metavar="N", help="how many word pieces (the preset's)"
    )

    training = parser.add_argument_group("training")
    training.add_argument(
        "--steps", type=whole(1), metavar="N", help=f"how many ({USUAL['steps']})"
    )
    training.add_argument(
        "--batch-size", type=whole(1), metavar="N", help=f"sequences a step ({USUAL['batch_size']})"
    )
    training.add_argument("--optimizer", choices=OPTIMIZERS, help="(muon)")
    training.add_argument(
        "--lr",
        type=above_zero,
        metavar="X",
        help=f"AdamW's rate ({LR:g}; wide models {LR_OF_WIDE:g})",
    )
    training.add_argument(
        "--muon-lr",
        type=above_zero,
        metavar="X",
        help=f"Muon's rate, for the matrices inside the blocks ({TrainConfig.muon_lr:g})",
    )
    training.add_argument("--precision", choices=PRECISIONS, help="number format (auto)")
    training.add_argument("--seed", type=whole(0), metavar="N", help="of every random choice (0)")
    add_device(training)
    add_recipe_options(parser.add_argument_group("with --recipe only"))


def run(arguments: argparse.Namespace) -> int:
    """Train, or take up a training where it stopped."""
    console = Console(arguments.json)
    require_agreement(arguments)
    if arguments.recipe:
        from aigc_lab.training.recipe_run import carry_out

        return carry_out(make_request(arguments.recipe, arguments), console)
    text = texts.load_text(arguments.text, progress=True)
    recipe = make_recipe(arguments, text)
    folder = Path(arguments.out or f"runs/{text.name}-{recipe['preset']}")
    runs.require_free(folder, recipe, arguments.force)

    from aigc_lab.cli.training import prepare
    from aigc_lab.training.recipe_run import require_writable

    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    require_writable(place, folder)

    job = prepare(folder, text, recipe, arguments)
    for line in plan(job, text, folder):
        console.say(line)
    history = job.train()
    return report(console, job, history, folder)


def require_agreement(arguments: argparse.Namespace) -> None:
    """Refuse options of a recipe without one, and of a training of one's own with a recipe.

    Raises: UsageProblem naming the option.
    """
    if not (arguments.recipe or arguments.text):
        raise UsageProblem("there is nothing to learn from; give a TEXT or a --recipe")
    names = OF_OWN_TRAININGS if arguments.recipe else OF_RECIPES
    for name in names:
        if getattr(arguments, name) not in (None, False):
            option = "--" + name.replace("_", "-")
            belongs = "part of the recipe" if arguments.recipe else "for --recipe only"
            raise UsageProblem(f"{option} is {belongs}; leave it out")


def plan(job: Job, text: Text, folder: Path) -> list[str]:
    """What is about to happen, for the user to stop it in time."""
    model, config = job.trainer.model, job.trainer.config
    shape = model.config
    rows, length = config.batch_size, shape.block_size
    total = config.steps * rows * length
    through = "" if text.endless else f", {total / job.learn_tokens:.1f} times through the text"
    held_out = f"{texts.size(text.held_out):,} bytes held out"
    learn = "without end" if text.endless else f"{texts.size(text.learn):,} bytes to learn from"
    tokens = "" if text.endless else f": {job.learn_tokens:,} tokens to learn from"
    at = job.trainer.step
    lines = [
        f"text       {text.name}: {learn}, {held_out} ({text.licence})",
        f"tokenizer  {job.recipe['tokenizer']}, {job.tokenizer.vocab_size:,} tokens of "
        f"{job.bytes_per_token:.2f} bytes on average{tokens}",
        f"model      {job.recipe['preset']}: {model.num_parameters():,} parameters, "
        f"{shape.n_layer} layers of {shape.n_head} heads, {shape.n_embd} wide",
        f"training   {config.steps:,} steps of {rows} x {length}: {total:,} tokens{through}",
        "to beat    " + _yardsticks(job.yardsticks.bits),
    ]
    if job.yardsticks.floor_bits:
        floor = job.yardsticks.floor_bits
        lines.append(f"floor      {floor:.3f}: in the long run no model can do better")
    state = f"going on after step {at}" if at else "new"
    if at == config.steps:
        state = "finished already"
    return [*lines, f"folder     {folder} ({state})", ""]


def report(console: Console, job: Job, history: History, folder: Path) -> int:
    """Say how it went, and what to do next."""
    if not history.finished:
        console.say(
            f"Stopped after step {job.trainer.step} of {job.trainer.config.steps} and saved in "
            f"{folder}; the same command goes on from there."
        )
        console.result({"folder": str(folder), "finished": False, "step": job.trainer.step})
        return 130
    score = job.examine()
    interval = "" if score.low is None else f" (95% interval {score.low:.2f} to {score.high:.2f})"
    console.say(f"Held-out text: {score.bits_per_byte:.2f} bits per byte{interval}.")
    console.say(_verdict(score.bits_per_byte, job.yardsticks.bits))
    console.say(f"Saved in {folder}. Next:")
    console.say(f'  aigc-lab sample {folder} "The"')
    console.say(f"  aigc-lab compare {folder} bundled")
    console.say(f'  aigc-lab attend {folder} "Some words of your own"')
    console.result(
        {
            "folder": str(folder),
            "finished": True,
            "step": job.trainer.step,
            "parameters": job.trainer.model.num_parameters(),
            "val_loss_nats_per_token": history.last("val_loss"),
            "val_floor_nats_per_token": history.last("val_floor"),
            "seconds": round(job.trainer.watch.seconds, 3),
            "tokens": job.trainer.tokens,
            "held_out": score.to_dict(),
            "yardsticks_bits_per_byte": job.yardsticks.bits,
            "floor_bits_per_byte": job.yardsticks.floor_bits,
        }
    )
    return 0


def _yardsticks(bits: dict[str, float]) -> str:
    named = ", ".join(f"{name} {value:.2f}" for name, value in bits.items())
    return f"{named} (bits per byte of the held-out text)"


def _verdict(bits: float, yardsticks: dict[str, float]) -> str:
    beaten = [name for name, value in yardsticks.items() if bits < value]
    left = [name for name in yardsticks if name not in beaten]
    if not left:
        return f"Better than {_enumerated(beaten)}."
    first = f"Better than {_enumerated(beaten)}, not yet" if beaten else "Not yet better"
    return f"{first} than {_enumerated(left)}: train longer, with more --steps and a new --out."


def _enumerated(names: list[str]) -> str:
    *all_but_last, last = names
    return f"{', '.join(all_but_last)} and {last}" if all_but_last else last
