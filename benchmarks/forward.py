"""One forward pass without gradients: ids in, logits of every position out."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import GPT2LMHeadModel

from benchmarks.race import Contender, Table, UnfairRace, race, table
from benchmarks.sizes import BIG, SMALL, Size, our_model, some_ids, their_model, toy

PASSES = {"small": 60, "big": 3}  # of one turn
TOLERANCE = 1e-4
Forward = Callable[[Tensor], Tensor]  # ids (B, T) -> logits (B, T, V)


def measure(rounds: int, small: bool = False) -> list[Table]:
    """A table in float32 and one in bfloat16, for two sizes."""
    return [
        _measure(toy(size) if small else size, dtype, rounds)
        for size in (SMALL, BIG)
        for dtype in (torch.float32, torch.bfloat16)
    ]


def _measure(size: Size, dtype: torch.dtype, rounds: int) -> Table:
    theirs = their_model(size)
    ours, ids = our_model(theirs), some_ids(size)
    passes, format_name = PASSES[size.name], str(dtype).removeprefix("torch.")
    with torch.inference_mode():
        difference = (ours(ids) - theirs(ids).logits).abs().max().item()
    if difference >= TOLERANCE:
        raise UnfairRace(f"the logits of {size.name} models differ by {difference} in float32")
    models: dict[str, Forward] = {"ours": ours.to(dtype), "transformers": _bare(theirs.to(dtype))}
    if dtype == torch.bfloat16:
        eager = their_model(size, "eager").to(dtype)
        models['transformers, "eager" attention'] = _bare(eager)
    racing = [Contender(name, _repeat(model, ids, passes)) for name, model in models.items()]
    title = f"{size.name}: {format_name}"
    facts = {
        "model": size.shape,
        "batch": f"{size.batch} sequences of {size.length} tokens",
        "passes a turn": passes,
        "float32 logits, largest difference": difference,
    }
    seconds = race(racing, rounds, f"forward, {title}")
    return table(title, "tokens", passes * size.tokens, seconds, facts)


def _bare(model: GPT2LMHeadModel) -> Forward:
    """Without the cache that transformers fills unless told not to."""
    return lambda ids: model(ids, use_cache=False).logits


def _repeat(model: Forward, ids: Tensor, passes: int) -> Callable[[], None]:
    @torch.inference_mode()
    def run() -> None:
        for _ in range(passes):
            model(ids)

    return run
