"""A run's weights as they were at chosen steps: what one sees on the way to the end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from aigc_lab.training.checkpoint import (
    load_trained_model,
    model_tensors,
    restore_model,
    save_checkpoint,
)
from aigc_lab.training.history import Callback, History

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.training.loop import Trainer

NAME = re.compile(r"step-(\d{8,})\.safetensors")  # 00000020 is the file of step 20


class Snapshots(Callback):
    """A `Trainer` callback that keeps the weights in training at some steps; 0 is the random start.

    They stay in memory, or as one checkpoint file each in `folder`, written all or nothing. A run
    that resumes adds to what is there; what stands there of later steps than the one it begins at
    is forgotten, since those steps are done again.

    Raises: ValueError for steps that are no whole numbers from 0 on, or none at all.
    Notebook: 10 attention maps.

    >>> Snapshots([20, 0, 10])
    Snapshots(kept=[], wanted=[0, 10, 20])
    """

    def __init__(self, steps: Iterable[int], folder: str | Path | None = None) -> None:
        self.wanted = sorted(set(steps))
        if not self.wanted or any(type(step) is not int or step < 0 for step in self.wanted):
            raise ValueError(
                f"steps={self.wanted} name no steps to keep; give whole numbers, 0 or more"
            )
        self.folder = None if folder is None else Path(folder)
        self._memory: dict[int, dict[str, torch.Tensor]] = {}
        self._trainer: Trainer | None = None
        self._hook: Any = None

    @classmethod
    def open(cls, folder: str | Path) -> Snapshots:
        """The snapshots that a run left in a folder.

        Raises: ValueError when there are none.
        """
        found = _steps_in(Path(folder))
        if not found:
            raise ValueError(
                f"there are no snapshots in {folder}; give Snapshots(steps, folder) to a Trainer "
                "as one of its callbacks, and run it"
            )
        return cls(found, folder)

    @property
    def steps(self) -> list[int]:
        """The steps whose weights are kept so far, in order."""
        if self.folder is None:
            return sorted(self._memory)
        return _steps_in(self.folder)

    def model(self, step: int) -> GPT:
        """A model of its own with the weights after `step` steps, ready to use, on the CPU.

        Raises: ValueError for a step that was not kept, or whose file is damaged.
        """
        if step not in self.steps:
            raise ValueError(f"no weights are kept of step {step}; there are steps {self.steps}")
        with torch.random.fork_rng([]):  # building a model draws numbers; the caller's stay as is
            if self.folder is not None:
                return load_trained_model(self._path(step))
            from aigc_lab.model.gpt import GPT

            model = GPT(self._trainer.model.config)
            restore_model(model, self._memory[step])
            return model.eval()

    def on_start(self, trainer: Trainer) -> None:
        """Keep the weights before any step, if wanted, and watch for those that come."""
        self._trainer = trainer
        for step in self.steps:
            if step > trainer.step:
                self._forget(step)
        if trainer.step == 0 or trainer.step not in self.steps:
            self._keep(trainer.step)
        self._unhook()
        # Not on_step: where losses wait on a GPU, it hears of a step when the next ones are done.
        self._hook = trainer.optimizers[-1].register_step_post_hook(self._stepped)

    def on_end(self, history: History) -> None:
        """Watch no longer."""
        self._unhook()

    def __repr__(self) -> str:
        return f"Snapshots(kept={self.steps}, wanted={self.wanted})"

    def _stepped(self, *_: object) -> None:
        self._keep(self._trainer.step + 1)  # the trainer counts when all of the step is done

    def _keep(self, step: int) -> None:
        if step not in self.wanted:
            return
        model = self._trainer.model
        if self.folder is not None:
            save_checkpoint(self._path(step), model, state={"step": step})
        else:
            tensors = model_tensors(model).items()
            self._memory[step] = {name: tensor.detach().cpu().clone() for name, tensor in tensors}

    def _forget(self, step: int) -> None:
        if self.folder is not None:
            self._path(step).unlink()
        else:
            del self._memory[step]

    def _unhook(self) -> None:
        if self._hook:
            self._hook.remove()
        self._hook = None

    def _path(self, step: int) -> Path:
        return self.folder / f"step-{step:08d}.safetensors"


def _steps_in(folder: Path) -> list[int]:
    """The steps whose files stand in a folder, in order; files of other names are not ours."""
    names = (NAME.fullmatch(path.name) for path in folder.glob("step-*"))
    return sorted(int(name[1]) for name in names if name)
