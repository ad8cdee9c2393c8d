"""Notebook 10: silence one head."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.maps_4_silence_flawed import flawed
from aigc_lab.exercises.bank.maps_4_silence_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def silence_head(merged: ndarray, n_head: int, head: int) -> ndarray:
    """A copy in which the D features of one head are 0."""
    return flawed(np.asarray(merged), n_head, head)


def _left(before: ndarray, merged: ndarray, n_head: int, head: int) -> dict[str, bool]:
    """Whether the array that went in is still what it was."""
    return {"“merged is unchanged”": bool(np.array_equal(before, merged))}


def _probes() -> list[Probe]:
    draw = np.random.default_rng(29)

    def case(
        label: str, length: int, width: int, n_head: int, head: int, dtype: Any = float
    ) -> Probe:
        merged = draw.normal(size=(length, width)).astype(dtype)
        looks = partial(_left, merged)
        return probe(label, merged, n_head, head, tolerance=1e-6, leaves=looks)

    return [
        case("5 tokens, C = 6, head 1 of 2", 5, 6, 2, 1),
        case("7 tokens, C = 15, head 3 of 5", 7, 15, 5, 3),
        case("5 tokens, C = 14, head 0 of 2", 5, 14, 2, 0),
        case("12 tokens, C = 10, the last of 5 heads", 12, 10, 5, 4),
        case("13 tokens, C = 22, head 1 of 2", 13, 22, 2, 1),
        case("11 tokens in float32, C = 21, head 2 of 7", 11, 21, 7, 2, np.float32),
    ]


def _columns(function: Function) -> str | None:
    """Which columns are 0 in every row."""
    silent = np.asarray(function(np.ones((5, 12)), 4, 1))
    if silent.shape != (5, 12):
        return None
    zero = [int(at) for at in np.flatnonzero((silent == 0).all(axis=0))]
    if zero == [3, 4, 5]:
        return None
    return (
        f"of C = 12 features and 4 heads, head 1 should lose columns 3, 4 and 5; with yours the "
        f"columns that are 0 throughout are {zero or 'none'}"
    )


SILENCE = Exercise(
    name="silence_head",
    notebook="10_attention_maps",
    title="Silence a head",
    points=1,
    reference=silence_head,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Side by side in each row stand the features of head 0, of head 1, and so on. How many "
        "does each head have, and where do those of yours begin?",
        "Each head has D = C / n_head features. Head number `head` owns the columns from head · D "
        "up to (head + 1) · D. Copy the array, and set these columns to 0 in all rows.",
        "width = merged.shape[-1] // n_head; silent = merged.copy(); then silent[:, begin:end] = 0 "
        "with begin = head * width. Where does it end?",
    ),
    mistakes=MISTAKES,
    laws=(Law("columns", _columns),),
)

EXERCISES = (SILENCE,)
