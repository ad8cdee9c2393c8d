"""Notebook 07: attention of one new token, with the keys and values of the past kept."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_8_cache_flawed import Answer, flawed
from aigc_lab.exercises.bank.generation_8_cache_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.model import reference


def cache_attention(q: ndarray, k: ndarray, v: ndarray, keys: ndarray, values: ndarray) -> Answer:
    """The package's attention of the newest token over past and present; one head."""
    keys, values = np.concatenate((keys, k)), np.concatenate((values, v))  # (T + 1, D)
    return reference.attention(q, keys, values)[0], keys, values


def _probes() -> list[Probe]:
    random = np.random.default_rng(29)

    def case(length: int, width: int, size: float = 1.0) -> list[ndarray]:
        lengths = (1, 1, 1, length, length)
        return [size * random.normal(size=(each, width)) for each in lengths]

    single = [each.astype(np.float32) for each in case(7, 13)]
    return [
        probe("5 tokens in the past, D = 3", *case(5, 3)),
        probe("one token in the past, D = 7", *case(1, 7)),
        probe("nothing in the past, D = 5", *case(0, 5)),
        probe("3 tokens in the past, large numbers", *case(3, 11, 60.0)),
        probe("2 tokens in the past, D = 2", *case(2, 2)),
        probe("float32, 7 tokens in the past", *single, tolerance=1e-4),
    ]


CACHE = Exercise(
    name="cache_attention",
    notebook="07_generation",
    title="One new token, and a cache",
    points=2,
    reference=cache_attention,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "The new token may look at all tokens of the past and at itself. What has to be added to "
        "the cache before it looks?",
        "Append k to keys and v to values, as one more row each. Then attention as always: q times "
        "the keys, over √D, softmax, times the values. No mask is needed: nothing lies ahead.",
        "keys = np.concatenate([keys, k]); the same for values; "
        "scores = q @ keys.T / np.sqrt(q.shape[-1]), of shape (1, T + 1); softmax; "
        "weights @ values. Return all three.",
    ),
    flawed=flawed,
    mistakes=MISTAKES,
)

EXERCISES = (CACHE,)
