"""Measuring honestly: warm up, wait for the device, take the median, and know the ceiling."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

CEILING_REPEATS = 7  # a ceiling is the best of them: whatever else happened, it was reached
MATRIX_SIDE = {"cpu": 1024, "mps": 4096, "cuda": 8192}  # enough work to hide what a call costs
BYTES_READ = {"cpu": 2**28, "mps": 2**28, "cuda": 2**30}  # far more than any cache holds


def synchronize(device: torch.device | str) -> None:
    """Wait until the device has done all that it was told to do.

    A GPU takes orders and works through them while Python runs on, so that a clock read without
    waiting times the ordering. A CPU is done when the call returns, and nothing happens here.

    Notebook: 08 GPU training.
    """
    device = torch.device(device)
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def seconds_of(
    work: Callable[[], Any],
    device: torch.device | str = "cpu",
    repeats: int = 5,
    warmup: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """The seconds of each of `repeats` calls of `work`, timed one by one after `warmup` untimed.

    First calls are slower: they allocate memory, choose kernels and fill caches. The device is
    waited for before the clock is read, at the beginning and at the end of every call.

    Raises: ValueError when there is nothing to time.
    Notebook: 08 GPU training.

    >>> times = iter([0.0, 3.0, 10.0, 11.0])
    >>> seconds_of(lambda: None, repeats=2, clock=lambda: next(times))
    [3.0, 1.0]
    """
    if repeats < 1 or warmup < 0:
        raise ValueError(f"repeats={repeats} must be 1 or more, and warmup={warmup} 0 or more")
    for _ in range(warmup):
        work()
    seconds = []
    for _ in range(repeats):
        synchronize(device)
        began = clock()
        work()
        synchronize(device)
        seconds.append(clock() - began)
    return seconds


def median_seconds(
    work: Callable[[], Any],
    device: torch.device | str = "cpu",
    repeats: int = 5,
    warmup: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The median of `seconds_of`: one interruption of the machine moves a mean, but not it.

    Raises: ValueError when there is nothing to time.
    Notebook: 08 GPU training.

    >>> times = iter([0.0, 3.0, 10.0, 11.0, 20.0, 22.0])
    >>> median_seconds(lambda: None, repeats=3, clock=lambda: next(times))
    2.0
    """
    return statistics.median(seconds_of(work, device, repeats, warmup, clock))


def matmul_peak(
    device: torch.device | str, dtype: torch.dtype = torch.float32, size: int | None = None
) -> float:
    """The most that this device multiplies: the best of some products of two square matrices.

    It is the ceiling that `mfu` divides by: measured here and now, not taken from a data sheet,
    which names what the hardware could do if it never had to fetch anything.

    Units: floating-point operations per second; a product of two (S, S) matrices has 2·S³.
    Notebook: 08 GPU training.

    >>> matmul_peak("cpu", size=32) > 0
    True
    """
    device = torch.device(device)
    side = MATRIX_SIDE.get(device.type, MATRIX_SIDE["cpu"]) if size is None else size
    generator = torch.Generator().manual_seed(0)  # zeros would be multiplied with less power
    left, right = torch.randn(2, side, side, generator=generator).to(device, dtype)  # (S, S) each
    out = torch.empty_like(left)
    with torch.no_grad():
        seconds = seconds_of(lambda: torch.mm(left, right, out=out), device, CEILING_REPEATS)
    return 2 * side**3 / min(seconds)


def memory_bandwidth(device: torch.device | str, size: int | None = None) -> float:
    """How fast this device reads its memory: the best of some sums of a long array.

    Adding is the least that can be done with a number that was read. Writing one token reads every
    weight once, so that this rate over the bytes of the weights bounds the tokens per second.

    Units: bytes per second; `size` is the array's bytes, more than any cache holds unless given.
    Notebook: 08 GPU training.

    >>> memory_bandwidth("cpu", size=2**16) > 0
    True
    """
    device = torch.device(device)
    size = BYTES_READ.get(device.type, BYTES_READ["cpu"]) if size is None else size
    numbers = torch.ones(max(1, size // 4), device=device)
    return numbers.nbytes / min(seconds_of(numbers.sum, device, CEILING_REPEATS))


def mfu(tokens_per_second: float, flops_per_token: float, peak: float) -> float:
    """Model FLOPs utilisation: the part of the peak that goes into what the model needs.

    Operations that a run does beyond the model's own, such as recomputing activations, do not
    count: they are a cost, not a use.

    Units: `peak` in floating-point operations per second, as from `matmul_peak`.
    Raises: ValueError when a rate is negative or the peak is not above 0.
    Source: Chowdhery et al. 2022 (PaLM), appendix B.
    Notebook: 08 GPU training.

    >>> mfu(tokens_per_second=1000.0, flops_per_token=6e6, peak=24e9)
    0.25
    """
    if not (peak > 0 and tokens_per_second >= 0 and flops_per_token >= 0):
        raise ValueError(
            f"tokens_per_second={tokens_per_second}, flops_per_token={flops_per_token} and "
            f"peak={peak} do not make a fraction; the peak must be above 0, the others 0 or more"
        )
    return tokens_per_second * flops_per_token / peak
