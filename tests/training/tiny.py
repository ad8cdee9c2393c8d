"""A model and batches small enough to train in a test, with prime-sized axes."""

from __future__ import annotations

import torch

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT

VOCABULARY, CONTEXT = 13, 7


class TinyBatches:
    """Counting modulo 13 in strides of 1 to 3: learnable in a few dozen steps."""

    def __init__(self, batch_size: int = 4, seed: int = 0, modulus: int = VOCABULARY) -> None:
        self.batch_size, self.seed, self.modulus = batch_size, seed, modulus

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(self.seed * 100_003 + step)
        start = torch.randint(self.modulus, (self.batch_size, 1), generator=generator)
        stride = torch.randint(1, 4, (self.batch_size, 1), generator=generator)
        ids = (start + stride * torch.arange(CONTEXT + 1)) % self.modulus  # (B, T + 1)
        return ids[:, :-1], ids[:, 1:]

    def evaluation(self, n: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        return [self.next(90_000 + number) for number in range(n)]


def tiny_model(seed: int = 0, **changes: object) -> GPT:
    shape = dict(vocab_size=VOCABULARY, block_size=CONTEXT, n_layer=2, n_head=2, n_embd=10)
    torch.manual_seed(seed)
    return GPT(GPTConfig.gpt2(**{**shape, **changes}))


def tiny_config(**changes: object) -> TrainConfig:
    small = dict(steps=12, batch_size=4, warmup_steps=3, eval_every=4, eval_batches=2)
    rest = dict(checkpoint_every=5, device="cpu", precision="float32")
    return TrainConfig(**{**small, **rest, **changes})
