"""Who trains in the races: ours, nanoGPT, and transformers' model in a plain loop."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import GPT2LMHeadModel

from aigc_lab.core.config import TrainConfig
from aigc_lab.text.batches import Batches
from aigc_lab.training.loop import Trainer
from aigc_lab.training.measuring import synchronize
from aigc_lab.training.optim import build_optimizers
from aigc_lab.training.precision import arithmetic
from benchmarks.nanogpt import FileBatches, NanoLoop, Settings, same_model
from benchmarks.race import Contender, UnfairRace
from benchmarks.sizes import Size, our_model, some_ids, their_model

# Steps of one turn.
STEPS = {"small": 10, "narrow": 3, "middle": 1, "big": 1, "town-gpt2": 1, "GPT-2": 4}
OURS = "ours, float32"
OURS_BF16 = "ours, bfloat16"
OURS_COMPILED = "ours, bfloat16, compiled"
EXACT = ", exact GELU"  # ours as nanoGPT has it; GPT-2's own GELU, the tanh, takes longer
OURS_EXACT = f"ours, float32{EXACT}"
OURS_BF16_EXACT = f"ours, bfloat16{EXACT}"
OURS_COMPILED_EXACT = f"ours, bfloat16{EXACT}, compiled"
NANO = "nanoGPT"
NANO_COMPILED = "nanoGPT, compiled"
THEIRS = "transformers, float32"
THEIRS_EAGER = 'transformers, float32, "eager" attention'
THEIRS_BF16 = "transformers, bfloat16 autocast"
THEIRS_BF16_EAGER = 'transformers, bfloat16 autocast, "eager" attention'
SAME_AS_THEIRS = (OURS, THEIRS, THEIRS_EAGER)  # float32, and one architecture
SAME_AS_NANO = (OURS_EXACT, NANO)
BEST_OURS, BEST_OURS_EXACT = (
    (OURS_COMPILED, OURS_BF16, OURS),
    (OURS_COMPILED_EXACT, OURS_BF16_EXACT, OURS_EXACT),
)
BEST_THEIRS = (THEIRS_BF16, THEIRS_BF16_EAGER, THEIRS, THEIRS_EAGER)
BEST_NANO = (NANO, NANO_COMPILED)
NAMES = (*BEST_OURS, *BEST_THEIRS, *BEST_OURS_EXACT, *BEST_NANO)


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
    exact = EXACT in name or name in BEST_NANO
    attention = "eager" if "eager" in name else "sdpa"
    theirs = their_model(size, attention, activation="gelu" if exact else "gelu_new")
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
