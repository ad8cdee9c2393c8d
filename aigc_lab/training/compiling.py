"""`torch.compile` where it works and pays, plain PyTorch everywhere else, and a word about it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import torch
from torch import Tensor, nn

PATIENCE = 180.0  # seconds for a compiler to show that it works
# Floating-point operations of a whole run from which "auto" compiles: about what a device does in
# ten minutes, of which compiled steps save one or more and the compiler takes less. Estimated, not
# measured.
PAYS_FROM = {"cpu": 1e14, "cuda": 1e16}
NO_MEMORY = ("out of memory", "allocate memory")  # as devices without an error of their own say it
Result = TypeVar("Result")


class Compiled:
    """A model as steps call it, and how that came out in words (`word`).

    `mode` is "never", "always", or "auto": only where so many tokens, those that the run still has
    before it, repay the compiler's time. Where no compiler works the model is called as it is.

    What is bounded is the trial of the compiler on something tiny. The model itself is compiled at
    the first call, for as long as that takes: minutes, for a large one.

    Source: Kaplan et al. 2020, section 2.1 (6 operations for each parameter and token).
    Notebook: 08 GPU training.

    >>> Compiled(nn.Linear(2, 2), "never").word
    'not compiled'
    """

    def __init__(self, model: nn.Module, mode: str, tokens: int = 0) -> None:
        self.model, self._proven = model, False
        reason = _reason_not_to(model, mode, tokens)
        self._call = model if reason else torch.compile(model)
        self.word = reason or "compiled by torch.compile"

    def __call__(self, ids: Tensor) -> Tensor:
        return self._call(ids)

    def attempt(self, step: Callable[[], Result], again: Callable[[], object]) -> Result:
        """What a training step gives, taken again without the compiler where that fails at it.

        `step` calls this model and computes gradients. Before it is taken again, they are dropped,
        and `again` puts back what else it used up, such as random numbers. The first step may fail
        at anything that a plain one does not, later ones at errors of the compiler itself. Memory
        that does not suffice is not the compiler's fault, and is told as it is.

        In a team this mends what every process fails at in its forward pass; else the run ends.
        """
        if self._call is self.model:
            return step()
        try:
            with torch._dynamo.config.patch(fail_on_recompile_limit_hit=True):
                result = step()
        except Exception as error:
            if _lacks_memory(error) or (self._proven and not _is_the_compilers(error)):
                raise
            fault = _told(error)
        else:
            self._proven = True
            return result
        self.model.zero_grad()
        again()
        self._call = self.model
        result = step()  # raises the model's own error, if that is what it was
        self.word = f"not compiled{' any more' if self._proven else ''}: {fault}"
        return result


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
            faults.append(_told(error))

    trial = threading.Thread(target=attempt, daemon=True)
    trial.start()
    trial.join(PATIENCE)
    return faults[0] if faults else f"the compiler did not answer within {PATIENCE:g} seconds"


def _is_the_compilers(error: Exception) -> bool:
    from torch._dynamo.exc import FailOnRecompileLimitHit, TorchDynamoException

    return isinstance(error, TorchDynamoException | FailOnRecompileLimitHit)


def _lacks_memory(error: Exception) -> bool:
    inner = getattr(error, "inner_exception", error)
    kinds = (torch.OutOfMemoryError, MemoryError)
    return isinstance(inner, kinds) or any(words in str(inner) for words in NO_MEMORY)


def _told(error: Exception) -> str:
    """What an error says, in one line."""
    from torch._dynamo.exc import FailOnRecompileLimitHit

    if isinstance(error, FailOnRecompileLimitHit):
        return "too many steps had to be compiled anew"
    inner = getattr(error, "inner_exception", error)
    lines = str(inner).strip().splitlines()
    return f"{type(inner).__name__}: {lines[0]}" if lines else type(inner).__name__
