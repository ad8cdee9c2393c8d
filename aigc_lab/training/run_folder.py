"""A run's folder: run.json, metrics.jsonl, last.safetensors and best.safetensors."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from torch import nn
from torch.optim import Optimizer

from aigc_lab.core.config import GPTConfig, TrainConfig, defaults, to_dict
from aigc_lab.core.files import read_json, write_json
from aigc_lab.core.runtime import provenance, utc_now
from aigc_lab.training.checkpoint import (
    load_checkpoint,
    restore_model,
    restore_optimizers,
    save_checkpoint,
)
from aigc_lab.training.history import Record
from aigc_lab.training.metrics import MetricsLog

# May differ on resuming: they do not change the curve, or by its rounding alone; but for dropout,
# of which each of `accumulate` parts draws its own.
FREE = ("device", "checkpoint_every", "compile", "recompute", "accumulate")
WITHOUT = {"train": defaults(TrainConfig), "model": defaults(GPTConfig)}  # of fields not yet there


def describe_batches(batches: Any) -> dict[str, Any]:
    """Enough to notice on resuming that the data has changed: its size and its first batch."""
    x, y = batches.next(0)
    digest = hashlib.sha256(x.cpu().numpy().tobytes() + y.cpu().numpy().tobytes()).hexdigest()
    return {"first_batch": digest[:16], "total_tokens": getattr(batches, "total_tokens", None)}


class RunFolder:
    """Where one run keeps its state, its curve and the record of how it was made."""

    def __init__(
        self,
        folder: str | Path,
        model: nn.Module,
        optimizers: list[Optimizer],
        config: TrainConfig,
        batches: Any,
        notes: dict[str, str] | None = None,
    ) -> None:
        self.path = Path(folder)
        self.model, self.optimizers = model, optimizers
        self.notes = {"notes": dict(notes)} if notes else {}
        self.last = self.path / "last.safetensors"
        self.best = self.path / "best.safetensors"
        self.story = self.path / "run.json"
        self.metrics = MetricsLog(self.path / "metrics.jsonl")
        self._saved: dict[str, Any] | None = None  # the state that `last` holds
        self.configs = {"train": to_dict(config), "data": describe_batches(batches)}
        if hasattr(model, "config"):
            self.configs["model"] = to_dict(model.config)

    def restore(self) -> dict[str, Any] | None:
        """Load the newest checkpoint, if there is one; the folder is only read.

        Raises: ValueError when the folder holds a run of other settings or data.
        """
        if not self.last.exists():
            return None
        found = load_checkpoint(self.last)
        self._require_state(found.state)
        self._require_same(found.state["configs"])
        restore_model(self.model, found.model)
        restore_optimizers(self.model, self.optimizers, found.optimizer)
        self._saved = found.state
        return found.state

    def begin(self, step: int, remarks: dict[str, str] | None = None) -> list[Record]:
        """Open the folder for the steps after `step`; returns the records up to there."""
        self.path.mkdir(parents=True, exist_ok=True)
        if step and self.story.exists():
            run = self._read_story()
            again = {**provenance(), **self.notes, **(remarks or {}), "from_step": step}
            run.setdefault("resumed", []).append(again)
        else:
            seed = self.configs["train"]["seed"]
            told = {**provenance(), **self.notes, **(remarks or {})}
            run = {**told, "seed": seed, "configs": self.configs}
        if self._saved and run.get("steps_done") != self._saved["step"]:
            run |= _progress(self._saved)  # a kill came between the checkpoint and its story
        records = self.metrics.keep_until(step if step else -1)  # step 0 is evaluated again
        write_json(self.story, run)
        return records

    def save(self, state: dict[str, Any], remarks: dict[str, str] | None = None) -> None:
        """Checkpoint everything that the next step depends on."""
        self.metrics.sync()  # a checkpoint never knows more than the curve beside it
        ended = utc_now() if state["step"] == self.configs["train"]["steps"] else None
        state = {**state, "finished": ended, "configs": self.configs}
        save_checkpoint(self.last, self.model, self.optimizers, state)
        self._saved = state
        run = self._read_story() if self.story.exists() else {"configs": self.configs}
        write_json(self.story, {**run, **(remarks or {}), **_progress(state)})

    def save_best(self, record: Record) -> None:
        """Keep the weights of the best evaluation so far."""
        save_checkpoint(self.best, self.model, [], {**record, "configs": self.configs})

    def _read_story(self) -> dict[str, Any]:
        run = read_json(self.story)
        if not isinstance(run, dict) or not isinstance(run.get("resumed", []), list):
            raise ValueError(
                f"{self.story} does not hold the record of a run; remove it to go on without it"
            )
        return run

    def _require_state(self, state: dict[str, Any]) -> None:
        configs, best = state.get("configs"), state.get("best")
        whole = all(isinstance(state.get(name), int) for name in ("step", "tokens"))
        parts = isinstance(configs, dict) and all(isinstance(p, dict) for p in configs.values())
        numbers = isinstance(state.get("seconds"), int | float)
        if not (whole and parts and numbers and (best is None or isinstance(best, int | float))):
            raise ValueError(
                f"{self.last} holds no state of a run to go on from (step, tokens, best, seconds "
                "and configs); train anew in another folder"
            )

    def _require_same(self, stored: dict[str, dict[str, Any]]) -> None:
        for part, mine in self.configs.items():
            theirs = {**WITHOUT.get(part, {}), **stored.get(part, {})}
            names = sorted((set(mine) | set(theirs)) - set(FREE))
            odd = [n for n in names if mine.get(n) != theirs.get(n)]
            if odd:
                changes = ", ".join(f"{n}={theirs.get(n)!r} (now {mine.get(n)!r})" for n in odd)
                raise ValueError(
                    f"{self.path} holds a run with other {part} settings: {changes}; "
                    "resume with the same settings, or choose another folder"
                )


def _progress(state: dict[str, Any]) -> dict[str, Any]:
    """What run.json tells of a checkpoint's state; older ones did not say when they finished."""
    seconds, ended = round(state["seconds"], 3), state.get("finished")
    return {"steps_done": state["step"], "seconds": seconds, "finished": ended}
