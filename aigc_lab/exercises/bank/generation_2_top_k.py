"""Notebook 07: only the k most likely tokens may be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from aigc_lab.exercises.bank.generation_2_top_k_flawed import flawed
from aigc_lab.exercises.bank.generation_2_top_k_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Probe, probe
from aigc_lab.generation import sampling


def on_array(dial: Function, logits: ndarray, *settings: Any) -> ndarray:
    """One of the package's dials, on an array in place of a tensor; (…, V) -> (…, V)."""
    numbers: Tensor = torch.as_tensor(np.asarray(logits, dtype=float))
    return dial(numbers, *settings).numpy()


def keep_top_k(logits: ndarray, k: int) -> ndarray:
    """The package's top-k; (…, V) -> (…, V)."""
    return on_array(sampling.keep_top_k, logits, k)


def _probes() -> list[Probe]:
    random = np.random.default_rng(13)
    return [
        probe("5 tokens, k = 2", np.array([1.0, 3.0, 2.0, -1.0, 0.5]), 2),
        probe("5 tokens, k = 1", np.array([-1.0, -3.0, -0.5, -4.0, -2.0]), 1),
        probe("all logits negative, k = 3", -1 - 5 * random.random(7), 3),
        probe("11 tokens, k = 4", 3 * random.normal(size=11), 4),
        probe("3 tokens tie with the second, k = 2", np.array([1.0, 2.0, 5.0, 2.0, 2.0, 0.0]), 2),
        probe("a tie for the lead, k = 1", np.array([0.5, 4.0, 4.0]), 1),
        probe("a tie for the lead, k = 2", np.array([1.5, 4.0, -1.0, 4.0, 0.5]), 2),
        probe("as many tokens as k", np.array([0.2, -0.3, 1.5]), 3),
        probe("5 rows of 5 tokens, k = 2", random.normal(size=(5, 5)), 2),
        probe("one row of 7 tokens, k = 4", random.normal(size=(1, 7)), 4),
        probe("3 times 3 rows of 3 tokens, k = 2", random.normal(size=(3, 3, 3)), 2),
        probe("k larger than the vocabulary", np.array([0.5, -1.0, 2.0, 0.0]), 7),
        probe("tokens ruled out before", np.array([-np.inf, 1.0, 0.0, -np.inf, -2.0]), 2),
    ]


TOP_K = Exercise(
    name="keep_top_k",
    notebook="07_generation",
    title="Top-k: keep the k largest logits",
    points=1,
    reference=keep_top_k,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "Which single number separates the logits that stay from those that go?",
        "Sort a copy along the last axis, read off each row's k-th largest, and put minus infinity "
        "in place of every logit below it. When k is larger than V, take V for it.",
        "k = min(k, logits.shape[-1]); kth = np.sort(logits, axis=-1)[..., -k, None] keeps an axis "
        "of length 1; np.where takes the logits that are >= kth, and -np.inf for the others.",
    ),
    flawed=flawed,
    mistakes=MISTAKES,
)

EXERCISES = (TOP_K,)
