"""Notebook 07: the smallest set of likely tokens whose probabilities reach p."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_2_top_k import on_array
from aigc_lab.exercises.bank.generation_3_top_p_flawed import flawed
from aigc_lab.exercises.bank.generation_3_top_p_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.generation import sampling


def keep_top_p(logits: ndarray, p: float) -> ndarray:
    """The package's top-p; (…, V) -> (…, V)."""
    return on_array(sampling.keep_top_p, logits, p)


def _probes() -> list[Probe]:
    random = np.random.default_rng(17)
    four = np.log(np.array([0.1, 0.5, 0.15, 0.25]))
    seven = np.log(np.array([0.12, 0.05, 0.31, 0.02, 0.2, 0.07, 0.23]))
    return [
        probe("4 tokens, p = 0.6", four, 0.6),
        probe("4 tokens, p = 0.3: the first already crosses it", four, 0.3),
        probe("7 tokens, p = 0.6", seven + 2, 0.6),
        probe("7 tokens, p = 0.9", seven - 3, 0.9),
        probe("13 tokens, p = 0.45", 2 * random.normal(size=13), 0.45),
        probe("logits around 1000, p = 0.8", 1000 + seven, 0.8),
        probe("a nearly certain token, p = 0.95", np.array([0.0, -2.0, 20.0, 3.0, 5.0]), 0.95),
        probe("11 tokens, p = 0.999", random.normal(size=11), 0.999),
        probe("5 rows of 5 tokens, p = 0.7", 2 * random.normal(size=(5, 5)), 0.7),
        probe("3 times 3 rows of 3 tokens, p = 0.8", random.normal(size=(3, 3, 3)), 0.8),
        probe("four tokens tie where p = 0.75 is reached", np.array([1.0, 2, 1, 2, 1, 1]), 0.75),
        probe("tokens ruled out before, p = 0.7", np.array([-np.inf, 1.0, 0.0, -np.inf, 0.8]), 0.7),
    ]


def _never_empty(function: Function) -> str | None:
    kept = np.isfinite(np.asarray(function(np.array([0.0, 5.0, 1.0]), 0.5), dtype=float))
    return None if kept.any() else "when the first token alone passes p, no token is left to draw"


TOP_P = Exercise(
    name="keep_top_p",
    notebook="07_generation",
    title="Top-p: keep the tokens that together reach p",
    points=2,
    reference=keep_top_p,
    probes=_probes,
    keeps_inputs=True,
    laws=(Law("never empty", _never_empty),),
    hints=(
        "Go down from the most likely token and add up probabilities. A token stays as long as "
        "those before it have not reached p.",
        "Softmax; order = argsort, most likely first; a running sum of the probabilities in that "
        "order; minus each token's own probability this is the mass before it; stay where that is "
        "below p; carry the answers back to the tokens' own places.",
        'order = np.argsort(-logits, axis=-1, kind="stable"); '
        "ordered = np.take_along_axis(probs, order, axis=-1); "
        "before = np.cumsum(ordered, axis=-1) - ordered; keep = np.zeros(logits.shape, bool); "
        "np.put_along_axis(keep, order, before < p, axis=-1); then np.where as in top-k.",
    ),
    flawed=flawed,
    mistakes=MISTAKES,
)

EXERCISES = (TOP_P,)
