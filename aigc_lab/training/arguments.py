"""What the training loop takes from outside: its data, its arguments, its random numbers."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import torch
from torch import Tensor

from aigc_lab.core.config import TrainConfig
from aigc_lab.training.history import FIELDS


class BatchesLike(Protocol):
    """What the loop asks of its data: step n's batch, always the same one, and a fixed exam.

    An exam may carry a `floor`, the least loss that any model can expect on it.
    """

    def next(self, step: int) -> tuple[Tensor, Tensor]: ...

    def evaluation(self, n: int) -> list[tuple[Tensor, Tensor]]: ...


def require_fitting(
    batches: BatchesLike, config: TrainConfig, extra: Iterable[str], notes: dict[str, str]
) -> None:
    """Refuse batches of another size, names that records use themselves, and notes not of text."""
    rows = len(batches.next(0)[0])
    if rows != config.batch_size:
        raise ValueError(
            f"the batches hold {rows} sequences each, but batch_size={config.batch_size}; "
            "build both with the same batch_size"
        )
    if taken := sorted(set(extra) & set(FIELDS)):
        raise ValueError(f"extra_evaluations may not be named {taken}; the records use these names")
    if not _are_texts(notes):
        raise ValueError(
            f"notes={notes!r} cannot be recorded; give a dict of texts, such as "
            "{'data': '9 rows of Tiny Town to 1 of Python documentation'}"
        )


def moved(ids: Tensor, device: torch.device) -> Tensor:
    """Ids on their way to the device; a GPU goes on with earlier work while they travel."""
    if device.type != "cuda" or ids.device == device:
        return ids.to(device)
    return ids.pin_memory().to(device, non_blocking=True)


def own_randomness(device: torch.device) -> AbstractContextManager:
    """Within, random numbers are ours; afterwards the caller's are as they were."""
    return torch.random.fork_rng([device] if device.type == "cuda" else [])


def _are_texts(notes: Any) -> bool:
    if not isinstance(notes, dict):
        return False
    return all(isinstance(text, str) for pair in notes.items() for text in pair)
