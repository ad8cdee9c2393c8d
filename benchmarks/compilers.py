"""Whether `torch.compile` works here, and how nothing that it makes is there beforehand."""

from __future__ import annotations

import atexit
import os
import tempfile
import time
from functools import cache

import torch

from aigc_lab.training.compiling import compiler_fault
from benchmarks.pupil import COMPILED


@cache
def compiler(device: str = "cpu") -> tuple[str | None, float]:
    """Why nothing can be compiled here, None where it can, and the seconds of finding out.

    From now on this process compiles into an empty folder, so that everything is made anew.
    """
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    os.environ[COMPILED] = folder.name
    began = time.perf_counter()
    return compiler_fault(device), time.perf_counter() - began


def forget() -> None:
    """Have nothing compiled, so that the next size is compiled for its own shapes.

    Otherwise the compiler makes functions for any length, once it has met two.
    """
    torch.compiler.reset()
