"""Several processes that train one model together, each on its rows of every batch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from aigc_lab.core.config import TrainConfig
from aigc_lab.core.console import ToldInOneLine
from aigc_lab.core.runtime import pick_device

PATIENCE = timedelta(minutes=10)  # to wait for a process that does not answer
GONE = ("closed by peer", "reset by peer", "broken pipe", "timed out waiting")  # as Gloo says it


class TeamBroken(ToldInOneLine):
    """A process of the team has gone, or does not answer."""


@dataclass(frozen=True)
class Team:
    """The processes of a run, seen from one of them: process `rank` of `size`, on its device.

    A team of one is a process by itself, and nothing is sent anywhere.

    Notebook: 08 GPU training.

    >>> Team().is_first, Team().rows(torch.arange(6)).tolist()
    (True, [0, 1, 2, 3, 4, 5])
    >>> Team(rank=1, size=3).rows(torch.arange(6)).tolist()
    [2, 3]
    """

    rank: int = 0
    size: int = 1
    device: torch.device | None = None  # None: the one that the training's config asks for

    @property
    def is_first(self) -> bool:
        """Whether this process writes and shows."""
        return self.rank == 0

    def require_share(self, config: TrainConfig) -> None:
        """Refuse a batch that does not split into equal parts for all processes.

        Raises: ValueError saying what would do.
        """
        parts = self.size * config.accumulate
        if config.batch_size % parts:
            each = f" in accumulate={config.accumulate} parts" if config.accumulate > 1 else ""
            raise ValueError(
                f"batch_size={config.batch_size} rows do not split over {self.size} processes"
                f"{each}; choose a batch_size that {parts} divides, or fewer processes"
            )

    def device_for(self, name: str) -> torch.device:
        """Where a training that asks for device `name` computes in this process.

        Raises: ValueError when it asks for another kind of device than the team is on.
        """
        asked = pick_device(name)
        if self.device is None or (self.size == 1 and name != "auto"):
            return asked
        if name != "auto" and asked.type != self.device.type:
            raise ValueError(
                f"device={name!r} is not where the team is, on {self.device}; "
                f"join with team({name!r}), or leave the config's device at 'auto'"
            )
        return self.device

    def rows(self, batch: Tensor) -> Tensor:
        """This process's rows (B/size, …) of a batch (B, …)."""
        return batch.chunk(self.size)[self.rank]

    def seed(self, seed: int, step: int) -> int:
        """Of a step's random choices, such as dropout: another one in every process.

        >>> Team().seed(3, 5), Team(rank=1, size=2).seed(3, 5) == Team().seed(3, 5)
        (3000014, False)
        """
        return seed * 1_000_003 + step + (self.rank << 40)

    def joined(self, model: nn.Module) -> nn.Module:
        """The model whose gradients, after a backward pass, are the mean over all processes.

        All processes begin with the weights of the first.
        """
        if self.size == 1:
            return model
        ids = [self.device.index] if self.device and self.device.type == "cuda" else None
        return DistributedDataParallel(model, device_ids=ids)

    def silent(self, joined: nn.Module, still: bool) -> AbstractContextManager:
        """Within, if `still`, gradients add up in this process and are not sent yet."""
        return joined.no_sync() if still and self.size > 1 else nullcontext()

    def share(self, number: Tensor) -> Tensor:
        """The part of a number for each process; losses divided by it have the mean to be told."""
        return number if self.size == 1 else number / self.size

    def total(self, numbers: Tensor) -> Tensor:
        """The sum over all processes, on each of them."""
        if self.size > 1:
            dist.all_reduce(numbers)
        return numbers

    def mean(self, numbers: Tensor) -> Tensor:
        """The mean over all processes, on each of them."""
        return numbers if self.size == 1 else self.total(numbers) / self.size

    def wait(self) -> None:
        """Go on when all processes have come this far."""
        self.any(False)

    def any(self, flag: bool) -> bool:
        """Whether it is so in any process: the same answer for all; no GPU has to wait for it."""
        return flag if self.size == 1 else bool(self.total(torch.tensor(int(flag))))


@contextmanager
def team(device: str = "auto") -> Iterator[Team]:
    """Join the processes that `torchrun` started; alone when it did not start this one.

    On CUDA each process has a GPU of its own, by its number on the machine, and they talk through
    NCCL; anywhere else through Gloo, on the CPU.

    Raises: TeamBroken when another process dies or stops answering; ValueError when there are more
        processes than GPUs, or they are to share device "mps", which is a single one.
    Notebook: 08 GPU training.

    >>> with team("cpu") as alone:
    ...     alone.rank, alone.size
    (0, 1)
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Team(device=pick_device(device))
        return
    own = _own_device(device, int(os.environ.get("LOCAL_RANK", "0")))
    backend = "gloo"
    if own.type == "cuda":
        torch.cuda.set_device(own)
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=PATIENCE)
    try:
        yield Team(dist.get_rank(), size, own)
    except RuntimeError as error:
        if not _says_gone(error):
            raise
        raise TeamBroken(
            "another process of this run has died or does not answer, so this one stops too; give "
            f"the same command again, and the run goes on from its last checkpoint ({error})"
        ) from error
    finally:
        dist.destroy_process_group()


def _own_device(name: str, place: int) -> torch.device:
    """The device of the process that is number `place` on its machine."""
    if name == "mps":
        raise ValueError(
            "device='mps' is one GPU, which the processes of a team cannot share; start one "
            "process by itself, or let them compute on device='cpu'"
        )
    found = pick_device(name)
    if found.type != "cuda":
        return torch.device("cpu")  # Gloo has no other
    if place >= torch.cuda.device_count():
        raise ValueError(
            f"process {place} of this machine finds {torch.cuda.device_count()} GPUs, and each "
            "process needs its own; start fewer with --nproc-per-node"
        )
    return torch.device("cuda", place)


def _says_gone(error: RuntimeError) -> bool:
    told = str(error).lower()
    return isinstance(error, dist.DistError) or any(words in told for words in GONE)
