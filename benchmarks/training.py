"""One training step: batch, forward, backward, clipping, AdamW."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn
from transformers import GPT2LMHeadModel

from aigc_lab.core.config import TrainConfig
from aigc_lab.text.batches import Batches
from aigc_lab.training.loop import Trainer
from aigc_lab.training.optim import build_optimizers
from aigc_lab.training.precision import arithmetic
from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.sizes import BIG, SMALL, Size, our_model, some_ids, their_model, toy

STEPS = {"small": 20, "big": 1, "town-gpt2": 1}  # of one turn
LOSSES_COMPARED = 3
LOSS_TOLERANCE = 1e-3  # nats
CPU = torch.device("cpu")
OURS = "ours, float32"
OURS_BF16 = "ours, bfloat16"
THEIRS = "transformers, float32"
THEIRS_EAGER = 'transformers, float32, "eager" attention'
THEIRS_BF16 = "transformers, bfloat16 autocast"
THEIRS_BF16_EAGER = 'transformers, bfloat16 autocast, "eager" attention'
FLOAT32 = (OURS, THEIRS, THEIRS_EAGER)
NAMES = (*FLOAT32, OURS_BF16, THEIRS_BF16, THEIRS_BF16_EAGER)


class PlainLoop:
    """transformers' model in the loop that its users write, with our optimiser and batches."""

    def __init__(self, model: GPT2LMHeadModel, batches: Batches, config: TrainConfig) -> None:
        self.model, self.batches, self.config = model.train(), batches, config
        self.dtype = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
        (self.optimizer,) = build_optimizers(model, config)
        self.losses: list[float] = []

    def train_step(self) -> None:
        """The same work as one step of our Trainer."""
        x, y = self.batches.next(len(self.losses))  # (B, T) each
        with arithmetic(CPU, self.dtype):
            logits = self.model(x, use_cache=False).logits  # (B, T, V)
        loss = F.cross_entropy(logits.flatten(0, 1).float(), y.flatten())  # (B·T, V), (B·T,)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.config.grad_clip)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.losses.append(loss.item())


def make_trainer(name: str, size: Size) -> Trainer | PlainLoop:
    """A trainer by the name of its contender; all start from the same weights."""
    config = TrainConfig(
        steps=1_000_000,
        batch_size=size.batch,
        lr=1e-3,
        warmup_steps=0,
        schedule="constant",
        precision="bfloat16" if "bfloat16" in name else "float32",
        device="cpu",
    )
    ids = some_ids(size, length=64 * size.tokens, rows=1)[0].numpy()
    batches = Batches(ids, size.batch, size.length)
    theirs = their_model(size, "eager" if "eager" in name else "sdpa")
    if name.startswith("ours"):
        return Trainer(our_model(theirs), batches, config)
    return PlainLoop(theirs, batches, config)


def contenders(size: Size, names: Sequence[str] = NAMES) -> list[Contender]:
    """The named ones, each running the steps of one turn."""
    return [Contender(name, _repeat(make_trainer(name, size), STEPS[size.name])) for name in names]


def loss_difference(size: Size) -> float:
    """How far apart the losses of ours and theirs are over the first steps, in float32.

    Raises: UnfairRace when they are not doing the same work.
    """
    losses = []
    for name in FLOAT32:
        trainer = make_trainer(name, size)
        for _ in range(LOSSES_COMPARED):
            trainer.train_step()
        ours = isinstance(trainer, Trainer)
        losses.append(trainer.history.series("train_loss")[1] if ours else trainer.losses)
    difference = max(max(step) - min(step) for step in zip(*losses, strict=True))
    if not difference < LOSS_TOLERANCE:
        raise UnfairRace(f"the losses of {size.name} models differ by {difference} nats")
    return difference


def _measure(size: Size, rounds: int, small: bool) -> list[Table]:
    """One race, seen as float32 against float32 and as each at its best."""
    size = toy(size) if small else size
    facts = {
        "model": size.shape,
        "batch": f"{size.batch} sequences of {size.length} tokens",
        "steps a turn": STEPS[size.name],
        "first losses, largest difference (nats)": loss_difference(size),
    }
    seconds = race(contenders(size), rounds, f"training, {size.name}")
    work = STEPS[size.name] * size.tokens
    best = (OURS_BF16, OURS, THEIRS_BF16, THEIRS_BF16_EAGER, THEIRS, THEIRS_EAGER)
    views = {"float32 against float32, the same optimiser": FLOAT32, "each at its best": best}
    return [
        table(
            f"{size.name}: {title}", "tokens", work, {name: seconds[name] for name in names}, facts
        )
        for title, names in views.items()
    ]


PARTS: dict[str, Part] = {size.name: partial(_measure, size) for size in (SMALL, BIG)}


def _repeat(trainer: Trainer | PlainLoop, steps: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(steps):
            trainer.train_step()

    return run
