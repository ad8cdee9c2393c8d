"""A recipe carried out: the plan first, then the material, then the run, in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import torch

from aigc_lab.core.config import to_dict
from aigc_lab.core.console import INTERRUPTED, OK, Console
from aigc_lab.core.units import duration
from aigc_lab.model.gpt import GPT
from aigc_lab.training import run_files
from aigc_lab.training.history import Callback, History, Record
from aigc_lab.training.loop import Trainer
from aigc_lab.training.material import (
    ExamInParts,
    Material,
    Source,
    download,
    gather,
    require_text,
    to_fetch,
)
from aigc_lab.training.parallel import Team, team
from aigc_lab.training.plan import Plan, make_plan, require_fit
from aigc_lab.training.recipes import Recipe, changed, find_recipe
from aigc_lab.training.run_folder import FREE
from aigc_lab.training.selftest import findings_for, trusted
from aigc_lab.training.sharing import first_here, meeting_place


@dataclass(frozen=True)
class Request:
    """A recipe's name, and what is to be different: `changes` are the dials of `changed`."""

    recipe: str
    source: Source = field(default_factory=Source)
    changes: dict[str, Any] = field(default_factory=dict)
    out: str | None = None
    force: bool = False
    plan_only: bool = False

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return Path(self.out or f"runs/{self.recipe}")


def carry_out(request: Request, console: Console) -> int:
    """Print the plan, get the material ready, train, and say how it went; returns an exit code.

    Under `torchrun` every process does its share of each batch, and the first one speaks. What the
    device's self-test finds faulty is done another way, and said.

    Raises: ValueError for an unknown recipe, a run that does not fit, or a folder that holds
        another; OSError when the folder cannot be written; TrainingDiverged; TeamBroken.
    """
    recipe = changed(find_recipe(request.recipe), text=request.source.text, **request.changes)
    known = described(recipe, request.source)
    if not request.plan_only:
        require_text(recipe, request.source)
        require_place(request, known)
    with team(recipe.train.device) as crew:
        if not crew.is_first:
            console = Silent()
        console.say(f"recipe     {recipe.name}: {recipe.why}")
        model, train, words = trusted(recipe.model, recipe.train, findings_for(str(crew.device)))
        plan = make_plan(model, train, crew.device, crew.size)
        told = [f"device     {word}" for word in words]
        for line in [*plan.lines(), *to_fetch(recipe, request.source), *told]:
            console.say(line)
        require_fit(plan)
        if request.plan_only:
            console.result({"recipe": recipe.name, **plan.to_dict()})
            return OK
        recipe = replace(recipe, model=model, train=train)
        trainer = prepare(request, recipe, known, console, crew)
        return report(console, request, plan, trainer, trainer.run())


def prepare(
    request: Request, recipe: Recipe, known: dict[str, Any], console: Console, crew: Team
) -> Trainer:
    """Everything up to the first step; what can fail does so before the folder is touched.

    `known` is what the run was asked for, as `described` says it.
    """
    folder, force = request.folder, request.force
    goes_on = not force and run_files.read_recipe(folder) is not None
    with meeting_place(crew) as share:
        if share and first_here():
            download(recipe, request.source)
        crew.wait()
        material = gather(recipe, request.source, folder, goes_on, share)
    config = replace(recipe.model, vocab_size=material.vocab_size)
    plan = make_plan(config, recipe.train, crew.device, crew.size, measure=False)
    require_fit(plan)  # with the vocabulary that it turned out to be
    full = {**known, **material.facts, "vocab_size": config.vocab_size}
    run_files.require_free(folder, full, force)
    torch.manual_seed(recipe.train.seed)
    batches = ExamInParts(material.batches, plan.rows)
    listeners = [Report(console)]
    make_trainer = partial(
        Trainer, GPT(config), batches, recipe.train, callbacks=listeners, team=crew
    )
    if force:
        make_trainer()
        if crew.is_first:
            run_files.clear(folder)
        crew.wait()
    trainer = make_trainer(folder=folder)
    tell_material(console, material, trainer, folder)
    if crew.is_first:
        if trainer.step == 0:
            material.write(folder, full)
        for part in folder.glob(".*.part"):  # what a kill in the middle of a write left behind
            part.unlink()
    return trainer


def described(recipe: Recipe, source: Source) -> dict[str, Any]:
    """What a run was asked for, as far as it is known before its material."""
    model, train = to_dict(recipe.model), to_dict(recipe.train)
    known = {name: value for name, value in {**model, **train}.items() if name not in FREE}
    del known["vocab_size"]  # the tokenizer will say
    return {"recipe": recipe.name, "tokenizer": source.vocabulary or recipe.tokenizer, **known}


def require_place(request: Request, known: dict[str, Any]) -> None:
    """Refuse a folder that cannot be written or holds something else, before any work is done.

    Raises: ValueError or OSError naming the folder.
    """
    folder = request.folder
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if place != folder or place.is_dir():
        require_writable(place, folder)
    found = None if request.force else run_files.read_recipe(folder)
    run_files.require_free(folder, {**(found or {}), **known}, request.force)


def require_writable(place: Path, folder: Path) -> None:
    """Refuse a folder to be made in a place that cannot be written to; nothing is left there.

    Raises: OSError naming both.
    """
    try:
        with TemporaryFile(dir=place):
            pass
    except OSError as error:
        message = f"{folder} cannot be written ({place}: {error.strerror}); choose another --out"
        raise OSError(error.errno, message) from error


def tell_material(console: Console, material: Material, trainer: Trainer, folder: Path) -> None:
    """What is learned from, and whether the run is new."""
    done, steps = trainer.step, trainer.config.steps
    state = "finished already" if done == steps else f"going on after step {done}"
    for line in material.lines():
        console.say(line)
    console.say(f"folder     {folder} ({state if done else 'new'})")
    console.say()


class Silent(Console):
    """The console of a process that leaves it to the first one to speak."""

    def __init__(self) -> None:
        super().__init__(as_json=False)

    def say(self, text: str = "") -> None:
        """Nothing."""

    def result(self, value: Any) -> None:
        """Nothing."""


class Report(Callback):
    """A line for each examination: the losses, the speed, the time left."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def on_start(self, trainer: Trainer) -> None:
        self.steps, self.train_loss = trainer.config.steps, None
        for name, remark in trainer.remarks().items():
            self.console.say(f"{name:<10} {remark}")
        self.first: Record | None = None

    def on_step(self, record: Record) -> None:
        self.train_loss = record["train_loss"]
        self.first = self.first or record

    def on_eval(self, record: Record) -> None:
        parts = [f"step {record['step']:>{len(str(self.steps))}} of {self.steps}"]
        if self.train_loss is not None:
            parts.append(f"training loss {self.train_loss:.3f}")
        if "val_loss" in record:
            parts.append(f"held out {record['val_loss']:.3f}")
        if "val_floor" in record:
            parts.append(f"floor {record['val_floor']:.3f}")
        self.console.say("  ".join([*parts, *self._speed(record)]))

    def _speed(self, record: Record) -> list[str]:
        first = self.first or record
        steps, seconds = (record[name] - first[name] for name in ("step", "seconds"))
        if steps <= 0 or seconds <= 0:
            return []
        rate = (record["tokens"] - first["tokens"]) / seconds
        left = (self.steps - record["step"]) * seconds / steps
        return [f"{rate:,.0f} tokens/s", *([f"{duration(left)} left"] if left else [])]


def report(
    console: Console, request: Request, plan: Plan, trainer: Trainer, history: History
) -> int:
    """Say how the run went, and what to do next."""
    folder = request.folder
    if history.finished:
        console.say(f"Saved in {folder}. Next:")
        console.say(f'  aigc-lab sample {folder} "The"')
        console.say(f"  aigc-lab compare {folder} bundled")
    else:
        console.say(
            f"Stopped after step {trainer.step} of {trainer.config.steps} and saved in {folder}; "
            "the same command goes on from there."
        )
    console.result(
        {
            "recipe": request.recipe,
            "folder": str(folder),
            "finished": history.finished,
            "step": trainer.step,
            "tokens": trainer.tokens,
            "seconds": round(trainer.watch.seconds, 3),
            "parameters": trainer.model.num_parameters(),
            "val_loss_nats_per_token": history.last("val_loss"),
            "best_val_loss_nats_per_token": min(history.series("val_loss")[1], default=None),
            "val_floor_nats_per_token": history.last("val_floor"),
            "plan": plan.to_dict(),
        }
    )
    return OK if history.finished else INTERRUPTED
