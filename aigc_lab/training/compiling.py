"""`torch.compile` where it works and pays, plain PyTorch everywhere else, and a word about it."""

from __future__ import annotations

import math
import threading
from functools import cache

import torch
from torch import Tensor, nn

PATIENCE = 180.0  # seconds for a compiler to show that it works
# Floating-point operations of a whole run from which "auto" compiles: about what a device does in
# ten minutes, of which compiled steps save one or more and the compiler takes less. (Measured on a
# CPU; for CUDA an estimate.)
PAYS_FROM = {"cpu": 1e14, "cuda": 1e16}


class Compiled:
    """A model as steps call it, and how that came out in words (`word`).

    `mode` is "never", "always", or "auto": only where a run of so many tokens repays the compiler's
    time. Where no compiler works the model is called as it is; and where one fails later on, at the
    model itself, that call and all others are made without it.

    Source: Kaplan et al. 2020, section 2.1 (6 operations for each parameter and token).
    Notebook: 08 GPU training.

    >>> Compiled(nn.Linear(2, 2), "never").word
    'not compiled'
    """

    def __init__(self, model: nn.Module, mode: str, tokens: int = 0) -> None:
        self.model = self._call = model
        self._tried = False
        if fault := _reason_not_to(model, mode, tokens):
            self.word = fault
            return
        self._call, self.word = torch.compile(model), "compiled by torch.compile"

    def __call__(self, ids: Tensor) -> Tensor:
        try:
            return self._call(ids)
        except Exception as error:
            if self._tried or self._call is self.model:
                raise  # the model's own error
            result = self.model(ids)  # raises the model's own error, if that is what it was
            self._call, self.word = self.model, f"not compiled: {_first_line(error)}"
            return result
        finally:
            self._tried = True


def _reason_not_to(model: nn.Module, mode: str, tokens: int) -> str | None:
    if mode == "never":
        return "not compiled"
    device = next(model.parameters()).device.type
    work = 6 * sum(p.numel() for p in model.parameters()) * tokens  # operations, about
    if mode == "auto" and work < PAYS_FROM.get(device, math.inf):
        return (
            f"not compiled: for this run the compiler would take longer than it saves on {device}"
        )
    fault = compiler_fault(device)
    return fault and f"not compiled: {fault}"


@cache
def compiler_fault(device: str = "cpu") -> str | None:
    """What keeps `torch.compile` from working on a device; None where it works.

    Found out by compiling a tiny function, once in a process, for at most three minutes.
    """
    faults: list[str | None] = []

    def attempt() -> None:
        try:
            halved = torch.compile(lambda x: x / 2 + 1)(torch.ones(7, device=device))
            right = bool((halved == 1.5).all())
            faults.append(None if right else "the compiler computes wrong numbers")
        except Exception as error:  # whatever it is, it does not work here
            faults.append(_first_line(error))

    trial = threading.Thread(target=attempt, daemon=True)
    trial.start()
    trial.join(PATIENCE)
    return faults[0] if faults else f"the compiler did not answer within {PATIENCE:g} seconds"


def _first_line(error: Exception) -> str:
    told = str(error).strip().splitlines()
    return f"{type(error).__name__}: {told[0]}" if told else type(error).__name__
