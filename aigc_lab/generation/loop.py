"""The loop under all generation: ids in, one more id per row at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor

from aigc_lab.generation.cache import KVCache
from aigc_lab.generation.packing import row_products
from aigc_lab.generation.sampling import SamplingConfig, new_generator, sample
from aigc_lab.model.gpt import GPT


@torch.inference_mode()
def next_tokens(
    model: GPT,
    ids: Tensor,
    config: SamplingConfig,
    *,
    use_cache: bool = True,
    vocab_limit: int | None = None,
) -> Iterator[Tensor]:
    """The next id of every row, `max_new_tokens` times.

    One sequence on a CPU is written with packed weights where that pays (`packing`): those of the
    beginning, packed anew for every generation.

    Shapes: ids (B, T) -> each step (B,). Ids from `vocab_limit` on are never drawn.
    """
    batch, start = ids.shape
    end = start + config.max_new_tokens
    block = model.config.block_size
    cache = KVCache.of(model, batch, min(end, block)) if use_cache else None
    one_row = row_products(model, min(end, block) - start if cache else 0)
    generator = new_generator(config.seed, ids.device)
    sequence = ids.new_empty(batch, end)
    sequence[:, :start] = ids
    for now in range(start, end):
        if now > block:  # the window has slid: every position moved, so nothing cached still holds
            logits = last_logits(model, sequence[:, now - block : now])
        else:
            new = sequence[:, cache.length if cache else 0 : now]
            with one_row if new.numel() == 1 else nullcontext():
                logits = last_logits(model, new, cache)
        if now == start:
            require_numbers(logits)
        drawn = sample(logits[:, :vocab_limit], config, generator, seen=sequence[:, :now])
        sequence[:, now] = drawn
        yield drawn


def last_logits(model: GPT, ids: Tensor, cache: KVCache | None = None) -> Tensor:
    """The logits after the last id only, with dropout off; shapes: (B, T) -> (B, V)."""
    with evaluating(model):
        last = model.hidden(ids, cache)[:, -1]  # (B, T, C) -> (B, C)
        return model.lm_head(last)


def as_batch(ids: Tensor | Sequence[int], model: GPT) -> Tensor:
    """Ids on the model's device, (B, T) int64; T ids in a list make one row."""
    batch = torch.as_tensor(ids, device=model.lm_head.weight.device)
    if batch.dim() == 1:
        batch = batch[None, :]  # (T,) -> (1, T)
    if batch.dim() != 2 or batch.numel() == 0:
        raise ValueError(
            f"ids of shape {tuple(batch.shape)} are no prompt; "
            "give at least one id: T of them as a list, or a tensor (B, T)"
        )
    return batch


@contextmanager
def evaluating(model: GPT) -> Iterator[None]:
    """Dropout off inside, and every module's mode as it was afterwards."""
    training = [module for module in model.modules() if module.training] if model.training else []
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


def require_numbers(logits: Tensor) -> None:
    """Refuse logits from which no token can be chosen; shapes: any."""
    if not bool(torch.isfinite(logits).all()):
        raise ValueError(
            "the model's logits are not all finite numbers, so no token can be drawn; "
            "its training diverged or its weights are damaged: load an earlier checkpoint"
        )
