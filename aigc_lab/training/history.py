"""What a run leaves behind in memory, and who may listen while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aigc_lab.training.loop import Trainer

Record = dict[str, float]
# What the loop itself writes into records; any other name is an extra evaluation's.
FIELDS = (
    *("step", "tokens", "seconds", "lr"),
    *("train_loss", "grad_norm", "val_loss", "val_floor"),
)


@dataclass
class History:
    """The records of a run, in order: one a training step, one an evaluation.

    >>> history = History([{"step": 0, "val_loss": 3.5}, {"step": 1, "train_loss": 3.25}])
    >>> history.series("train_loss")
    ([1], [3.25])
    """

    records: list[Record] = field(default_factory=list)
    finished: bool = False

    def __repr__(self) -> str:
        newest = [(name, self.last(name)) for name in ("train_loss", "val_loss")]
        losses = "".join(f"{name}={loss:.2f}, " for name, loss in newest if loss is not None)
        return f"History(step={self.last('step')}, {losses}finished={self.finished})"

    def series(self, name: str) -> tuple[list[int], list[float]]:
        """The steps that recorded `name`, and its values there."""
        pairs = [(r["step"], r[name]) for r in self.records if r.get(name) is not None]
        return [step for step, _ in pairs], [value for _, value in pairs]

    def last(self, name: str) -> float | None:
        """The newest value of `name`; None before there is one."""
        values = self.series(name)[1]
        return values[-1] if values else None


class Callback:
    """A listener to a run; override what you care about."""

    def on_start(self, trainer: Trainer) -> None:
        """The run begins or resumes; `trainer.history` holds what is already known."""

    def on_step(self, record: Record) -> None:
        """A step's loss is known."""

    def on_eval(self, record: Record) -> None:
        """An evaluation is done."""

    def on_end(self, history: History) -> None:
        """The run is over: finished, interrupted and saved, or broken off by an error."""
