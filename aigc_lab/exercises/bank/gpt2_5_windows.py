"""Notebook 09: a text that is longer than the model's block, scored once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpt2_5_windows_flawed import flawed
from aigc_lab.exercises.bank.gpt2_5_windows_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


class Reader:
    """A model of this block that looks back on `memory` ids, and counts how often it is asked.

    Windows that overlap by as much as its memory give every id all that it looks back on, however
    they are laid; windows that overlap less cost more.
    """

    def __init__(self, block: int, memory: int) -> None:
        self.block, self.memory, self.calls = block, memory, 0

    def __call__(self, ids: ndarray) -> ndarray:
        """The nats of every id but the first."""
        ids = np.asarray(ids, dtype=float)
        if len(ids) > self.block:
            raise ValueError(f"{len(ids)} ids arrived, and the model reads {self.block} at most")
        self.calls += 1
        return np.array(
            [self._nats(ids[:at][-self.memory :], ids[at]) for at in range(1, len(ids))]
        )

    def _nats(self, before: ndarray, target: float) -> float:
        mixed = before @ np.arange(len(before), 0, -1) * 0.37 + 1.7 * target
        return 0.3 + 2.0 / (1 + len(before)) + abs(math.sin(mixed))


def score_windows(
    loss_of: Callable[[ndarray], ndarray], ids: ndarray, block: int, stride: int
) -> float:
    """Windows that begin every `stride` ids; of each, what the ones before did not score."""
    return flawed(loss_of, ids, block, stride)


def _calls(loss_of: Reader, ids: ndarray, block: int, stride: int) -> dict[str, bool]:
    enough = 2 * math.ceil(len(ids) / stride) + 1 + block  # of a short text every call is right
    return {"too many calls of loss_of": loss_of.calls > enough}


def _probes() -> list[Probe]:
    draw = np.random.default_rng(29)

    def case(label: str, length: int, block: int, stride: int) -> Probe:
        ids = draw.integers(0, 97, size=length)
        args = (Reader(block, block - stride), ids, block, stride)
        return probe(f"{label}: {length} ids, {args[2:]}", *args, tolerance=1e-6, leaves=_calls)

    return [
        case("block 5, stride 3, a whole number of windows", 11, 5, 3),
        case("block 7, stride 3, the last window is short", 24, 7, 3),
        case("block 11, stride 3, windows overlap by more than half", 40, 11, 3),
        case("block 13, stride 5", 47, 13, 5),
        case("block 7, stride 5, windows overlap by little", 31, 7, 5),
        case("windows that share one id only", 23, 5, 4),
        case("stride 1", 17, 5, 1),
        case("a text that fits into one window", 7, 11, 5),
        case("a text of just one block", 13, 13, 5),
        case("a text one longer than the block", 12, 11, 5),
        case("two ids", 2, 5, 3),
    ]


def _number_of_targets(function: Function) -> str | None:
    def one_each(ids: ndarray) -> ndarray:
        return np.ones(max(len(ids) - 1, 0))

    total = np.asarray(function(one_each, np.arange(24), 7, 3), dtype=float)
    if total.ndim or abs(total - 23) < 1e-6:
        return None
    return (
        "24 ids have 23 targets, so where each costs 1 nat (block 7, stride 3) the total is 23; "
        f"yours is {float(total):.4g}"
    )


WINDOWS = Exercise(
    name="score_windows",
    notebook="09_pretrained_gpt2",
    title="Each token once, and with something before it",
    points=3,
    reference=score_windows,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Draw 11 ids and windows of 5 that begin at 0, 3 and 6. Which targets does each window "
        "see that the one before did not?",
        "Remember where the last window ended. The window ids[begin:end] has the nats of ids "
        "begin + 1 to end - 1, in this order; add those of the ids that no window had before, "
        "and stop after the window that reaches the end of the text.",
        "begin, done, total = 0, 1, 0.0   # done: the first id that has no nats yet\n"
        "while done < len(ids):\n"
        "    end = min(begin + block, len(ids))\n"
        "    nats = loss_of(ids[begin:end])\n"
        "    total += nats[done - begin - 1:].sum()\n"
        "    begin, done = begin + stride, end",
    ),
    mistakes=MISTAKES,
    laws=(Law("as many nats as targets", _number_of_targets),),
)

EXERCISES = (WINDOWS,)
