"""How well a model of tiny Shakespeare's letters becomes, and in which time."""

from __future__ import annotations

import math
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch._dynamo  # which optimisers load when they are first made; loading counts for nobody
from torch import Tensor

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import Batches, sequential_batches
from aigc_lab.training.history import Callback, History, Record
from aigc_lab.training.loop import Trainer
from aigc_lab.training.measuring import synchronize
from benchmarks.peers import shakespeare, town_text

LEARNED_PART = 0.9  # of the text; the rest is held out, as nanoGPT does it
ROWS_SCORED = 64  # at a time
FIRST_STEPS = 3  # which may be slower, and compile
POINTS = 40  # of a training curve that is kept
DIGITS = 4
Curve = list[tuple[int, float, float]]  # step, seconds, loss
Forward = Callable[[Tensor], Tensor]  # ids (B, T) -> logits (B, T, V)


@dataclass(frozen=True)
class Letters:
    """A text as ids of its letters: those to learn from, and those to be examined on.

    `exam` begins with the last letter of `learn`, from which its first target is predicted, so
    that every held-out letter is a target.
    """

    learn: np.ndarray
    exam: np.ndarray
    vocab: int

    @classmethod
    def of(cls, text: str) -> Letters:
        """Every different letter of the text is a token."""
        alphabet = {letter: id for id, letter in enumerate(sorted(set(text)))}
        ids = np.array([alphabet[letter] for letter in text], dtype=np.uint16)
        cut = int(LEARNED_PART * len(ids))
        return cls(ids[:cut], ids[cut - 1 :], len(alphabet))


def letters(small: bool) -> Letters:
    """Tiny Shakespeare's; those of a little of Tiny Town to try the code.

    Raises: NotHere when tiny Shakespeare is not at hand.
    """
    return Letters.of(town_text(30) if small else shakespeare())


@torch.no_grad()
def whole_loss(model: Forward, exam: np.ndarray, length: int) -> float:
    """The mean loss over every letter of the exam but the first, each of them a target once.

    The windows are of the model's own length, end to end, so that a letter is predicted from 1 to
    `length` letters before it; the last window is moved back to end with the text.

    Units: nats per letter.
    """
    total = 0.0
    for x, y in sequential_batches(exam, ROWS_SCORED, length):
        total += cross_entropy(model(x), y, reduction="sum").item()
    return total / (len(exam) - 1)


class Exam(Batches):
    """Training batches, and as their evaluation the whole exam, which the clock does not count."""

    def __init__(self, text: Letters, train: TrainConfig, length: int) -> None:
        super().__init__(text.learn, train.batch_size, length, seed=train.seed)
        self.exam, self.before = text.exam, lambda: None

    def evaluation(self, n: int) -> list[tuple[Tensor, Tensor]]:
        """The whole exam, whatever `n` is."""
        self.before()
        return list(sequential_batches(self.exam, ROWS_SCORED, self.block_size))


class Referee(Callback):
    """Stops the clock during evaluations, and the run when its time is over or its goal reached."""

    def __init__(self, exam: Exam, deadline: float = math.inf, goal: float = -math.inf) -> None:
        self.exam, self.deadline, self.goal = exam, deadline, goal
        self.seconds, self.ended = [0.0], False

    def on_start(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.exam.before = self._pause

    def on_step(self, record: Record) -> None:
        self.seconds.append(record["seconds"])
        step = self.seconds[-1] - self.seconds[-2]
        if self.seconds[-1] + 2 * step > self.deadline:  # one more, if slow, would be too many
            self._end()

    def on_eval(self, record: Record) -> None:
        if record["val_loss"] <= self.goal:
            self._end()
        self.trainer.watch.start()

    def _end(self) -> None:
        if not self.ended:
            self.ended = True
            stop()

    def _pause(self) -> None:
        synchronize(self.trainer.device)
        self.trainer.watch.pause()


def stop() -> None:
    """End the run after this step, as Ctrl-C does."""
    signal.raise_signal(signal.SIGINT)


def learn(
    model: GPTConfig,
    train: TrainConfig,
    text: Letters,
    deadline: float = math.inf,
    goal: float = -math.inf,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Train with our `Trainer`, and say how it went.

    The seconds begin with the making of the model and hold everything but evaluations, so
    compiling too. With a folder, a run that was cut off goes on.
    """
    began = time.perf_counter()
    torch.manual_seed(train.seed)
    gpt, exam = GPT(model), Exam(text, train, model.block_size)
    referee = Referee(exam, deadline, goal)
    trainer = Trainer(gpt, exam, train, folder, [referee])
    trainer.watch.pause(at=trainer.watch.seconds + time.perf_counter() - began)
    history = trainer.run()
    if not (history.finished or referee.ended):
        raise KeyboardInterrupt  # somebody pressed Ctrl-C, and what is done is kept in the folder
    synchronize(trainer.device)
    loss = whole_loss(lambda x: gpt(x.to(trainer.device)).cpu(), text.exam, model.block_size)
    return {
        "seed": train.seed,
        "parameters": gpt.num_parameters(),
        "tokens": trainer.tokens,
        "steps": trainer.step,
        "seconds": round(trainer.watch.seconds, 3),
        "loss": round(loss, DIGITS),
        "remarks": trainer.remarks(),
        **curves(history),
    }


def speed(model: GPTConfig, train: TrainConfig, text: Letters, lasting: float) -> dict[str, float]:
    """How long `learn` takes to begin, beyond its steps' own time, and for a step.

    Units: seconds; steps are measured for as long as `lasting`.
    """
    began = time.perf_counter()
    torch.manual_seed(train.seed)
    batches = Batches(text.learn, train.batch_size, model.block_size, seed=train.seed)
    trainer = Trainer(GPT(model), batches, train, callbacks=[pace := Pace(lasting)])
    made = time.perf_counter() - began
    trainer.run()
    step = (pace.seconds[-1] - pace.seconds[0]) / (len(pace.seconds) - 1)
    return {"start": made + pace.seconds[0] - FIRST_STEPS * step, "step": step}


class Pace(Callback):
    """Notes the seconds of every step after the first ones, and ends the run after some time."""

    def __init__(self, lasting: float) -> None:
        self.lasting, self.seconds = lasting, []

    def on_step(self, record: Record) -> None:
        if record["step"] >= FIRST_STEPS:
            self.seconds.append(record["seconds"])
        if len(self.seconds) > 1 and self.seconds[-1] - self.seconds[0] > self.lasting:
            stop()


def curves(history: History) -> dict[str, Curve]:
    """What is kept of a run: the training loss in a few dozen means, and every evaluation."""
    learned = [record for record in history.records if "train_loss" in record]
    examined = [record for record in history.records if "val_loss" in record]
    return {
        "training": thinned([(r["step"], r["seconds"], r["train_loss"]) for r in learned]),
        "validation": [(r["step"], r["seconds"], round(r["val_loss"], DIGITS)) for r in examined],
    }


def thinned(curve: Sequence[tuple[int, float, float]], points: int = POINTS) -> Curve:
    """The curve in at most so many points: the last step and second of each stretch, its mean loss.

    >>> thinned([(1, 0.1, 4.0), (2, 0.2, 2.0), (3, 0.3, 1.0)], points=2)
    [(2, 0.2, 3.0), (3, 0.3, 1.0)]
    """
    size = max(1, math.ceil(len(curve) / points))
    stretches = [curve[at : at + size] for at in range(0, len(curve), size)]
    return [
        (part[-1][0], part[-1][1], round(statistics.fmean(loss for *_, loss in part), DIGITS))
        for part in stretches
    ]
