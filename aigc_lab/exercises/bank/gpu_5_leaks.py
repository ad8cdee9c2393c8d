"""Notebook 08: does the attention of an unknown device look into the future?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpu_5_leaks_devices import Device
from aigc_lab.exercises.bank.gpu_5_leaks_flawed import flawed
from aigc_lab.exercises.bank.gpu_5_leaks_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe

Attend = Callable[[ndarray, ndarray, ndarray], ndarray]


def leaks_future(attend: Attend, q: ndarray, k: ndarray, v: ndarray) -> bool:
    """Whether a row changes by more than rounding when keys and values after it do."""
    return flawed(attend, q, k, v)


def _left(before: tuple[ndarray, ...], attend: Attend, *after: ndarray) -> dict[str, bool]:
    """Whether queries, keys and values are still what they were."""
    same = zip("qkv", before, after, strict=True)
    return {f"{name} is as it was": np.array_equal(old, new) for name, old, new in same}


def _probes() -> list[Probe]:
    draw = np.random.default_rng(11)

    def case(label: str, kind: str, length: int, width: int, dtype: Any = float) -> Probe:
        arrays = tuple(draw.normal(size=(length, width)).astype(dtype) for _ in "qkv")
        return probe(label, Device(kind), *arrays, leaves=partial(_left, arrays))

    return [
        case("5 tokens, a causal device", "causal", 5, 3),
        case("5 tokens, a device without any mask", "sees everything", 5, 3),
        case("7 tokens, every row sees one token ahead", "one ahead", 7, 2),
        case("a device that rounds differently in each call", "rounds anew in each call", 7, 5),
        case("a causal device in float32, its scores not divided", "unscaled", 5, 7, np.float32),
        case("a row sees only tokens before it, not itself", "strict", 5, 2),
        case("a row sees itself and the token before it", "window", 7, 3),
        case("a row sees up to the end of its block of 3", "to the end of its block", 7, 5),
        case("a row sees the token two places on, and not the next", "two ahead only", 7, 3),
        case("every row sees the last token", "the last token", 5, 3),
        case("only the first row sees one token ahead", "the first row", 7, 11),
        case("only the third row sees one token ahead", "the third row", 7, 11),
        case("only the last row but one sees the last token", "the last row but one", 7, 11),
        case("later keys take part, later values do not", "later keys", 5, 7),
        case("later values take part, later keys do not", "later values", 5, 2),
        case("a thousandth of the answer comes from all tokens", "slightly", 7, 3),
        case("a single token, a device without any mask", "sees everything", 1, 5),
        # A change of one number has one sign: whoever forgets abs() misses about half of these.
        *(
            case(f"2 tokens of one number each, without any mask ({word})", "sees everything", 2, 1)
            for word in ("first try", "second try", "third try", "fourth try")
        ),
        case("later values are subtracted", "taken away", 5, 3),
    ]


LEAKS = Exercise(
    name="leaks_future",
    notebook="08_gpu_training",
    title="Does the device look ahead?",
    points=2,
    reference=leaks_future,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "You cannot look inside attend, but you may ask it twice. What may change in its rows, "
        "and what must not, when you change the keys and values from token t on?",
        "Ask once with k and v as they are. Then, for every t from 1 on, ask again with copies of "
        "both in which all tokens from t on are other numbers. Rows 0 to t - 1 must stay what they "
        "were, but for rounding.",
        "for t in range(1, len(k)): other_k, other_v = k.copy(), v.copy()\n"
        "other_k[t:] += 1 (and other_v); again = attend(q, other_k, other_v)\n"
        "if not np.allclose(again[:t], before[:t]): return True\n"
        "…and return False after the loop",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (LEAKS,)
