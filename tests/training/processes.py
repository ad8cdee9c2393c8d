"""Processes that a test starts, none of which outlives it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


@contextmanager
def started(command: list[str], folder: Path, **variables: object) -> Iterator[subprocess.Popen]:
    """A process in a folder; in the end it is killed with all that it started, if it still runs."""
    more = {name: str(value) for name, value in variables.items()}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, **ENVIRONMENT, **more}
    process = subprocess.Popen(command, cwd=folder, env=environment, **pipes)
    try:
        yield process
    finally:
        if process.poll() is None:
            kill(process)


def kill(process: subprocess.Popen) -> None:
    """Kill a process and its descendants, which torchrun starts in sessions of their own."""
    family = psutil.Process(process.pid)
    for each in (*family.children(recursive=True), family):
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    process.communicate()


def carried_out(command: list[str], folder: Path) -> subprocess.CompletedProcess:
    """What a process gave when it was done, which it must be within five minutes."""
    with started(command, folder) as process:
        out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@contextmanager
def started_team(command: list[str], folder: Path, size: int) -> Iterator[list[subprocess.Popen]]:
    """Processes as torchrun would start them, with nobody to look after them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = dict(WORLD_SIZE=size, MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
    with ExitStack() as until:
        yield [
            until.enter_context(started(command, folder, RANK=rank, LOCAL_RANK=rank, **where))
            for rank in range(size)
        ]


def torchrun(processes: int, *words: str) -> list[str]:
    """The command that starts so many processes of a module or a script."""
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return [*start, f"--nproc-per-node={processes}", *words]
