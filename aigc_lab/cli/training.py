"""The work behind `aigc-lab train`: tokenizer, ids, model and trainer, made ready and run."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from aigc_lab.cli.pictures import save, without_display
from aigc_lab.cli.recipe import model_config, train_config
from aigc_lab.cli.yardsticks import Yardsticks, measure
from aigc_lab.core import units
from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.scoring import TextScore, score_text
from aigc_lab.text.batches import Batches
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.training import run_files as runs
from aigc_lab.training.history import History
from aigc_lab.training.loop import BatchesLike, Trainer
from aigc_lab.training.plan import make_plan
from aigc_lab.training.texts import Text, ids_to_learn, size
from aigc_lab.training.vocabulary import learn_tokenizer
from aigc_lab.viz.live import LiveProgress

SELDOM = 10.0  # seconds between two states of the progress bar in a log file


class Progress(LiveProgress):
    """The progress bar, which in a log file writes a line now and then instead of many a second."""

    def on_start(self, trainer: Trainer) -> None:
        super().on_start(trainer)
        if not sys.stderr.isatty():
            self.bar.mininterval = SELDOM

    def close(self) -> None:
        """Leave the bar's line, so that what stopped the run stands on one of its own."""
        if hasattr(self, "bar"):
            self.bar.close()


@dataclass
class Job:
    """A training that is ready to start."""

    recipe: dict[str, Any]
    text: Text
    tokenizer: Tokenizer
    trainer: Trainer
    progress: Progress
    yardsticks: Yardsticks
    learn_tokens: int
    bytes_per_token: float
    folder: Path

    def train(self) -> History:
        """Run to the end or to Ctrl-C, and draw the curve."""
        if self.trainer.step == 0:
            runs.write_run(self.folder, self.recipe, self.tokenizer, self.text)
        try:
            history = self.trainer.run()
        finally:
            self.progress.close()
        self._draw(history)
        return history

    def examine(self) -> TextScore:
        """The best checkpoint on the held-out text, as `compare` will score it."""
        model, tokenizer = runs.load_run(self.folder)
        model.to(self.trainer.device)
        aloud = sys.stderr.isatty()
        ends = self.text.endless  # the floor of Tiny Town counts how documents end
        return score_text(model, tokenizer, self.text.held_out, score_end=ends, progress=aloud)

    def _draw(self, history: History) -> None:
        without_display()
        from aigc_lab.viz.plots import loss_curve

        # Tiny Town's floor is that of the held-out curve. Its training rows are cut after T tokens
        # and hold more of the surprising beginnings than of the rest, so that curve lies higher.
        curves = {"training": "train_loss", "held out": "val_loss"}
        figure = loss_curve(
            {name: curve for name, key in curves.items() if (curve := history.series(key))[0]},
            floor=history.last("val_floor"),
            baselines=self.yardsticks.nats,
            title=str(self.folder),
        )
        save(figure, str(self.folder / runs.CURVE))


def prepare(folder: Path, text: Text, recipe: dict[str, Any], arguments: argparse.Namespace) -> Job:
    """Make everything ready; the folder is only read, or with --force cleared, and that last.

    Raises: ValueError for a text too short, or a folder whose run does not fit.
    """
    kept = (folder / runs.RECIPE).is_file() and (folder / "tokenizer.json").is_file()
    goes_on = kept and not arguments.force
    tokenizer = load_tokenizer(folder) if goes_on else _learned(text, recipe)
    config = model_config(recipe, tokenizer.vocab_size)
    settings = train_config(recipe, arguments.device)
    require_memory(config, settings)
    learn_ids = ids_to_learn(text, tokenizer, progress=sys.stderr.isatty())
    exam_ids, _ = encode_documents(tokenizer, text.held_out)
    sizes = (recipe["batch_size"], recipe["block_size"])
    batches: BatchesLike
    if text.endless:
        batches = TownBatches(tokenizer, *sizes, seed=recipe["seed"])
    else:
        batches = Batches(learn_ids, *sizes, validation=exam_ids, seed=recipe["seed"])
    yardsticks = measure(text, tokenizer, learn_ids, exam_ids)
    torch.manual_seed(recipe["seed"])
    progress = Progress()
    make_trainer = partial(Trainer, GPT(config), batches, settings, callbacks=[progress])
    if arguments.force:
        make_trainer()  # whatever can fail does so while the old run still stands
        runs.clear(folder)
    trainer = make_trainer(folder=folder)
    return Job(
        recipe=recipe,
        text=text,
        tokenizer=tokenizer,
        trainer=trainer,
        progress=progress,
        yardsticks=yardsticks,
        learn_tokens=len(learn_ids),
        bytes_per_token=size(text.held_out) / len(exam_ids),
        folder=folder,
    )


def require_memory(config: GPTConfig, settings: TrainConfig) -> None:
    """Refuse a training that this device has no memory for, before the system ends it.

    Raises: ValueError with what it would need, and what to make smaller.
    """
    plan = make_plan(config, settings, measure=False)
    if not plan.fits:
        raise ValueError(
            f"the run needs {units.size(plan.needed_bytes)} on {plan.device}, and "
            f"{units.size(plan.available_bytes or 0)} is free; choose a smaller --batch-size, "
            "--block-size or --preset"
        )


def _learned(text: Text, recipe: dict[str, Any]) -> Tokenizer:
    return learn_tokenizer(text, recipe["tokenizer"], recipe["vocab_size"])
