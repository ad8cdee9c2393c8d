"""One forward pass without gradients: ids in, logits of every position out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from transformers import GPT2LMHeadModel

from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.sizes import BIG, SMALL, Size, our_model, some_ids, their_model, toy

PASSES = {"small": 60, "big": 3}  # of one turn
TOLERANCE = 1e-4
Forward = Callable[[Tensor], Tensor]  # ids (B, T) -> logits (B, T, V)


def _measure(size: Size, rounds: int, small: bool) -> list[Table]:
    """A table in float32 and one in bfloat16."""
    made = toy(size) if small else size
    return [_in_format(made, dtype, rounds) for dtype in (torch.float32, torch.bfloat16)]


def _in_format(size: Size, dtype: torch.dtype, rounds: int) -> Table:
    theirs, eager, ids = their_model(size), their_model(size, "eager"), some_ids(size)
    ours = our_model(theirs)
    models: dict[str, Forward] = {
        "ours": ours,
        "transformers": _bare(theirs),
        'transformers, "eager" attention': _bare(eager),
    }
    passes, format_name = PASSES[size.name], str(dtype).removeprefix("torch.")
    with torch.inference_mode():
        logits = torch.stack([model(ids) for model in models.values()])  # (models, B, T, V)
    difference = (logits[1:] - logits[0]).abs().max().item()
    if not difference < TOLERANCE:
        raise UnfairRace(f"the logits of {size.name} models differ by {difference} in float32")
    for model in (ours, theirs, eager):
        model.to(dtype)
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


PARTS: dict[str, Part] = {size.name: partial(_measure, size) for size in (SMALL, BIG)}
