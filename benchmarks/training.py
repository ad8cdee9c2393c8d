"""One training step: batch, forward, backward, clipping, AdamW."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import GPT2LMHeadModel

from aigc_lab.core.config import TrainConfig
from aigc_lab.text.batches import Batches
from aigc_lab.training.loop import Trainer
from aigc_lab.training.measuring import matmul_peak, mfu, synchronize
from aigc_lab.training.optim import build_optimizers
from aigc_lab.training.precision import arithmetic
from benchmarks.compilers import compiler, forget
from benchmarks.nanogpt import FileBatches, NanoLoop, Settings, same_model
from benchmarks.peers import NotHere, nanogpt
from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.readme import duration, number
from benchmarks.sizes import BIG, MIDDLE, NARROW, SMALL, Size, our_model, some_ids, their_model, toy

# Steps of one turn.
STEPS = {"small": 10, "narrow": 3, "middle": 1, "big": 1, "town-gpt2": 1, "GPT-2": 4}
LOSSES_COMPARED = 3
LOSS_TOLERANCE = 1e-3  # nats
OURS = "ours, float32"
OURS_BF16 = "ours, bfloat16"
OURS_COMPILED = "ours, bfloat16, compiled"
NANO = "nanoGPT"
NANO_COMPILED = "nanoGPT, compiled"
THEIRS = "transformers, float32"
THEIRS_EAGER = 'transformers, float32, "eager" attention'
THEIRS_BF16 = "transformers, bfloat16 autocast"
THEIRS_BF16_EAGER = 'transformers, bfloat16 autocast, "eager" attention'
FLOAT32 = (OURS, NANO, THEIRS, THEIRS_EAGER)
FASTER = (OURS_BF16, OURS_COMPILED, NANO_COMPILED, THEIRS_BF16, THEIRS_BF16_EAGER)
NAMES = (*FLOAT32, *FASTER)
PEERS = ("ours", "transformers")
GOAL_FLOAT32, GOAL_BEST = 1.15, 2.0  # times transformers
GOAL_NANOGPT = {"small": 1.8, "narrow": 1.8, "middle": 1.8, "big": 1.9}  # times it, not compiled
Seconds, Facts, Goals = Mapping[str, Sequence[float]], Mapping[str, Any], Mapping[str, float]


class PlainLoop:
    """transformers' model in the loop that its users write, with our optimiser and batches."""

    def __init__(self, model: GPT2LMHeadModel, batches: Batches, config: TrainConfig) -> None:
        self.device = torch.device(config.device)
        self.model, self.batches, self.config = model.to(self.device).train(), batches, config
        self.call = torch.compile(self.model) if config.compile == "always" else self.model
        self.dtype = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
        (self.optimizer,) = build_optimizers(model, config)
        self.losses: list[Tensor] = []

    def train_step(self) -> None:
        """The same work as one step of our Trainer."""
        x, y = (ids.to(self.device) for ids in self.batches.next(len(self.losses)))  # (B, T) each
        with arithmetic(self.device, self.dtype):
            logits = self.call(x, use_cache=False).logits  # (B, T, V)
        loss = F.cross_entropy(logits.flatten(0, 1).float(), y.flatten())  # (B·T, V), (B·T,)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.config.grad_clip)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.losses.append(loss.detach())


Loop = Trainer | PlainLoop | NanoLoop


def make_trainer(name: str, size: Size, file: Path | None = None, device: str = "cpu") -> Loop:
    """A trainer by the name of its contender; all start from the same weights.

    nanoGPT draws its own batches from a file of ids where there is one, and else takes ours.
    """
    config = TrainConfig(
        steps=1_000_000,
        batch_size=size.batch,
        lr=1e-3,
        warmup_steps=0,
        schedule="constant",
        precision="bfloat16" if "bfloat16" in name else "float32",
        device=device,
        compile="always" if "compiled" in name else "never",
    )
    batches = Batches(the_ids(size), size.batch, size.length)
    theirs = their_model(size, "eager" if "eager" in name else "sdpa")
    if name.startswith("ours"):
        return Trainer(our_model(theirs), batches, config)
    if name.startswith("nanoGPT"):
        ours = partial(next, map(batches.next, count()))
        draw = FileBatches(file, size.batch, size.length, device) if file else ours
        settings = Settings(lr=config.lr, warmup=0, betas=(config.beta1, config.beta2))
        return NanoLoop(same_model(theirs), draw, settings, "compiled" in name, device)
    return PlainLoop(theirs, batches, config)


def the_ids(size: Size) -> np.ndarray:
    """The ids that all learn from (N,), 64 batches long."""
    return some_ids(size, length=64 * size.tokens, rows=1)[0].numpy()


def contender(name: str, size: Size, file: Path | None = None, device: str = "cpu") -> Contender:
    """The named one, running the steps of one turn."""
    trainer, steps = make_trainer(name, size, file, device), STEPS[size.name]

    def run() -> None:
        for _ in range(steps):
            trainer.train_step()
        synchronize(device)
        _require_compiled(name, trainer)

    return Contender(name, run)


def _require_compiled(name: str, trainer: Loop) -> None:
    """Ours goes on without the compiler where it fails, and must not pass for compiled then."""
    if "compiled" in name and isinstance(trainer, Trainer):
        word = trainer.remarks()["compile"]
        if not word.startswith("compiled"):
            raise UnfairRace(f"{name}: {word}")


def loss_difference(size: Size, names: Sequence[str]) -> float:
    """How far apart the losses are over the first steps, of those who compute in float32.

    Raises: UnfairRace when they are not doing the same work.
    """
    losses = []
    for name in names:
        trainer = make_trainer(name, size)
        for _ in range(LOSSES_COMPARED):
            trainer.train_step()
        ours = isinstance(trainer, Trainer)
        read = trainer.history.series("train_loss")[1] if ours else map(float, trainer.losses)
        losses.append(list(read))
    difference = max(max(step) - min(step) for step in zip(*losses, strict=True))
    if not difference < LOSS_TOLERANCE:
        raise UnfairRace(f"the losses of {size.name} models differ by {difference} nats")
    return difference


def _measure(size: Size, rounds: int, small: bool) -> list[Table]:
    """One race, seen as float32 against float32 and as each at its best."""
    size = toy(size) if small else size
    names, told = present()
    facts = {
        "model": size.shape,
        "batch": f"{size.batch} sequences of {size.length} tokens",
        "steps a turn": STEPS[size.name],
        "first losses, largest difference (nats)": loss_difference(
            size, [name for name in FLOAT32 if name in names]
        ),
        **told,
    }
    forget()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train.bin"
        the_ids(size).astype(np.uint16).tofile(file)
        racing = [contender(name, size, file) for name in names]
        compiling = first_turns([racer for racer in racing if "compiled" in racer.name])
        seconds = race(racing, rounds, f"training, {size.name}")
    return [_as_float32(size, seconds, facts), _as_best(size, seconds, {**facts, **compiling})]


def present(names: Sequence[str] = NAMES, device: str = "cpu") -> tuple[list[str], dict[str, str]]:
    """Those who can race here, and what a reader should know about nanoGPT and the compiler."""
    names, told = list(names), {}
    try:
        told["nanoGPT"] = f"commit {nanogpt()[1]}"
    except NotHere as missing:
        names = [name for name in names if not name.startswith("nanoGPT")]
        told["nanoGPT"] = f"skipped: {missing}"
    fault, seconds = compiler(device)
    if fault:
        names = [name for name in names if "compiled" not in name]
        told["compiled"] = f"skipped: {fault}"
    else:
        told["seeing whether the compiler works"] = duration(seconds)
    return names, told


def first_turns(racing: Sequence[Contender]) -> dict[str, str]:
    """Let them compile, which is not a part of the race, and say how long that took."""
    told = {}
    for racer in racing:
        began = time.perf_counter()
        racer.run()
        told[f"first turn, with compiling, {racer.name}"] = duration(time.perf_counter() - began)
    return told


def _as_float32(size: Size, seconds: Seconds, facts: Facts) -> Table:
    goals = {THEIRS: GOAL_FLOAT32, THEIRS_EAGER: GOAL_FLOAT32}
    return _view(size, "float32 against float32", FLOAT32, seconds, facts, goals)


def _as_best(size: Size, seconds: Seconds, facts: Facts) -> Table:
    """Our quickest first; goals against nanoGPT, and against transformers' quickest."""
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    quickest = {peer: min(_of(peer, seconds), key=median.__getitem__) for peer in PEERS}
    first = quickest["ours"]
    goals = {NANO: GOAL_NANOGPT[size.name], quickest["transformers"]: GOAL_BEST}
    names = [first, *(name for name in (*FASTER, *FLOAT32) if name != first)]
    use = use_of_peak(size, STEPS[size.name] * size.tokens / median[first], "bfloat16" in first)
    return _view(size, "each at its best", names, seconds, {**facts, **use}, goals)


def _of(peer: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(peer)]


def _view(
    size: Size, title: str, names: Sequence[str], seconds: Seconds, facts: Facts, goals: Goals
) -> Table:
    work = STEPS[size.name] * size.tokens
    chosen = {name: seconds[name] for name in names if name in seconds}
    goals = {name: goal for name, goal in goals.items() if name in chosen}
    return table(f"{size.name}: {title}", "tokens", work, chosen, facts, goals)


def use_of_peak(
    size: Size, tokens_per_second: float, half: bool, device: str = "cpu"
) -> dict[str, str]:
    """How much of what this device can multiply a speed needs for the model itself."""
    dtype = torch.bfloat16 if half else torch.float32
    flops = our_model(their_model(size)).flops_per_token(size.length)
    peak = matmul_peak(device, dtype)
    name = str(dtype).removeprefix("torch.")
    return {
        "model FLOPs per token": f"{number(flops / 1e6)} million",
        f"measured peak of {name} matrix products": f"{number(peak / 1e9)} GFLOP/s",
        "share of it that the first row uses": f"{mfu(tokens_per_second, flops, peak):.0%}",
    }


PARTS: dict[str, Part] = {
    size.name: partial(_measure, size) for size in (SMALL, NARROW, MIDDLE, BIG)
}
