"""What this device has to give: training steps a second, tried out."""

from __future__ import annotations

from dataclasses import replace

import torch

from aigc_lab.core.allocator import freed_memory_kept
from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.training.arguments import own_randomness
from aigc_lab.training.loop import Trainer
from aigc_lab.training.measuring import median_seconds, seconds_of

SHORT = 1.0  # seconds that one measured step should not exceed by much


def measure_speed(config: GPTConfig, train: TrainConfig) -> float:
    """Training tokens a second of one process, measured by the training loop's own step.

    The part of the batch that is in memory at a time is tried with as many rows as can be done in
    about a second. Steps are not compiled, and each part counts an optimiser's step of its own, so
    that long runs turn out somewhat faster.
    """
    most, rows = train.batch_size // train.accumulate, 1
    device = torch.device(train.device)
    with own_randomness(device), freed_memory_kept():
        model = GPT(config)
        while True:
            step = _trainer(model, train, rows).train_step
            first = min(seconds_of(step, device, repeats=2 if rows == 1 else 1, warmup=0))
            if rows == most or 4 * first > SHORT:
                break
            rows = min(most, 4 * rows)
        seconds = first if first > SHORT else median_seconds(step, device, repeats=3, warmup=1)
    return rows * config.block_size / seconds


class _Noise:
    """Batches of random tokens."""

    def __init__(self, rows: int, config: GPTConfig) -> None:
        self.shape, self.vocab_size = (rows, config.block_size + 1), config.vocab_size

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(step)
        ids = torch.randint(self.vocab_size, self.shape, generator=generator)  # (B, T + 1)
        return ids[:, :-1], ids[:, 1:]

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        return []


def _trainer(model: GPT, train: TrainConfig, rows: int) -> Trainer:
    dials = dict(steps=10**6, warmup_steps=0, batch_size=rows, accumulate=1)
    train = replace(train, **dials, compile="never", average=0.0)
    return Trainer(model, _Noise(rows, model.config), train)
