"""Notebook 08: which rows of a batch a process works on."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpu_7_shard_flawed import flawed
from aigc_lab.exercises.bank.gpu_7_shard_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def shard(batch: ndarray, rank: int, size: int) -> ndarray:
    """Rows in their order: the first B / size to process 0, the next to process 1, and so on."""
    import torch

    from aigc_lab.core.config import TrainConfig
    from aigc_lab.training.parallel import Team

    team = Team(rank, size)
    team.require_share(TrainConfig(batch_size=len(batch)))
    return team.rows(torch.as_tensor(batch)).numpy()


def _probes() -> list[Probe]:
    def case(label: str, rows: int, length: int, rank: int, size: int) -> Probe:
        batch = np.random.default_rng(rows).integers(100, size=(rows, length))
        return probe(label, batch, rank, size, tolerance=0.0)

    return [
        case("6 rows, process 0 of 2", 6, 4, 0, 2),
        case("6 rows, process 1 of 2", 6, 4, 1, 2),
        case("15 rows, process 3 of 5", 15, 10, 3, 5),
        case("21 rows, process 2 of 3", 21, 6, 2, 3),
        case("a single process", 5, 3, 0, 1),
        case("as many processes as rows", 7, 14, 4, 7),
        case("7 rows for 3 processes", 7, 5, 1, 3),
        case("11 rows, the last of 2 processes", 11, 3, 1, 2),
        case("more processes than rows", 3, 5, 1, 5),
    ]


def _makes_the_batch(function: Function) -> str | None:
    batch = np.arange(36).reshape(12, 3)
    shares = [np.asarray(function(batch, rank, 4)) for rank in range(4)]
    if [each.shape for each in shares] != [(3, 3)] * 4:
        shapes = ", ".join(str(each.shape) for each in shares)
        return f"of 12 rows of 3 tokens, each of 4 processes should get (3, 3); yours get {shapes}"
    if np.array_equal(np.concatenate(shares), batch):
        return None
    return "the shares of 4 processes, one after the other, should make the batch of 12 rows again"


SHARD = Exercise(
    name="shard",
    notebook="08_gpu_training",
    title="A share for every process",
    points=1,
    reference=shard,
    probes=_probes,
    flawed=flawed,
    hints=(
        "How many rows does each process get, and how many were given out before its own begin?",
        "Each gets rows = B / size of them; process `rank` begins at row rank · rows. Before that: "
        "when B divided by size leaves a remainder, raise a ValueError.",
        "if len(batch) % size: raise ValueError(…)\n"
        "rows = len(batch) // size\n"
        "…return batch[rank * rows : …]; where does the next process begin?",
    ),
    mistakes=MISTAKES,
    laws=(Law("shares make the batch", _makes_the_batch),),
)

EXERCISES = (SHARD,)
