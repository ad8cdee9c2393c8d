"""nanoGPT as its users run it: its own model and optimiser, in its training loop, restated."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import GPT2LMHeadModel

from benchmarks.peers import nanogpt

TURNED = ("c_attn.weight", "c_proj.weight", "c_fc.weight")  # transformers keeps them (in, out)
Pair = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Settings:
    """What nanoGPT's README and its file for characters name; the rest are its defaults."""

    steps: int = 2000
    lr: float = 1e-3
    min_lr: float = 1e-4
    warmup: int = 100
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.1
    clip: float = 1.0

    def lr_at(self, step: int) -> float:
        """A climb by equal steps, then half a cosine down to `min_lr`.

        >>> settings = Settings(steps=20, warmup=9)
        >>> [round(settings.lr_at(step), 4) for step in (0, 8, 9, 20)]
        [0.0001, 0.0009, 0.001, 0.0001]
        """
        if step < self.warmup:
            return self.lr * (step + 1) / (self.warmup + 1)
        done = min(1.0, (step - self.warmup) / (self.steps - self.warmup))
        return self.min_lr + (self.lr - self.min_lr) * (1 + math.cos(math.pi * done)) / 2


class FileBatches:
    """Random windows of a file of uint16 ids, which is opened anew for every batch."""

    def __init__(self, file: Path, batch: int, length: int, device: str = "cpu") -> None:
        self.file, self.batch, self.length, self.device = file, batch, length, device

    def __call__(self) -> Pair:
        ids = np.memmap(self.file, dtype=np.uint16, mode="r")
        places = torch.randint(len(ids) - self.length, (self.batch,)).tolist()
        rows = [ids[at : at + self.length + 1].astype(np.int64) for at in places]
        x = torch.stack([torch.from_numpy(row[:-1]) for row in rows])  # (B, T)
        y = torch.stack([torch.from_numpy(row[1:]) for row in rows])  # (B, T)
        if self.device != "cuda":
            return x.to(self.device), y.to(self.device)
        x, y = x.pin_memory(), y.pin_memory()
        return x.to("cuda", non_blocking=True), y.to("cuda", non_blocking=True)


class NanoLoop:
    """Its loop without evaluation and printing, which would cost time and change no weight.

    On a CPU it computes in float32; on a GPU by autocast in bfloat16, as it chooses for itself.
    The losses stay on the device, as tensors, so that nobody waits for them.
    """

    def __init__(
        self,
        model: nn.Module,
        draw: Callable[[], Pair],
        settings: Settings | None = None,
        compiled: bool = False,
        device: str = "cpu",
    ) -> None:
        self.settings, self.draw = settings or Settings(), draw
        self.model = model.to(device).train()
        with contextlib.redirect_stdout(io.StringIO()):  # it tells what it does
            self.optimizer = self.model.configure_optimizers(
                self.settings.weight_decay, self.settings.lr, self.settings.betas, device
            )
        self.call = torch.compile(self.model) if compiled else self.model
        self.mixed = nullcontext() if device != "cuda" else torch.autocast(device, torch.bfloat16)
        self.losses: list[Tensor] = []
        self.batch = draw()

    def train_step(self) -> None:
        """One step; the next batch is fetched while a GPU would still be busy."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.lr_at(len(self.losses))
        with self.mixed:
            _, loss = self.call(*self.batch)  # (B, T, V) and the mean over (B, T)
        self.batch = self.draw()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.losses.append(loss.detach())


def fresh_model(length: int, vocab: int, layers: int, heads: int, width: int) -> nn.Module:
    """nanoGPT's model with weights of its own making, without biases, as its training begins.

    Raises: NotHere when there is no copy of nanoGPT.
    """
    return _model(length, vocab, layers, heads, width, bias=False)


def same_model(theirs: GPT2LMHeadModel) -> nn.Module:
    """nanoGPT's model with a copy of transformers' weights, so with biases.

    Its GELU is the exact one, theirs GPT-2's approximation of it.
    Raises: NotHere when there is no copy of nanoGPT.
    """
    config = theirs.config
    model = _model(
        config.n_positions, config.vocab_size, config.n_layer, config.n_head, config.n_embd, True
    )
    tensors = theirs.state_dict()
    model.load_state_dict(
        {name: t.t() if name.endswith(TURNED) else t for name, t in tensors.items()}
    )
    return model


def _model(length: int, vocab: int, layers: int, heads: int, width: int, bias: bool) -> nn.Module:
    peer, _ = nanogpt()
    shape = dict(n_layer=layers, n_head=heads, n_embd=width, dropout=0.0, bias=bias)
    with contextlib.redirect_stdout(io.StringIO()):  # it tells its size
        return peer.GPT(peer.GPTConfig(block_size=length, vocab_size=vocab, **shape))
