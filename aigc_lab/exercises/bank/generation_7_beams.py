"""Notebook 07: beam search."""

from __future__ import annotations

import numpy as np
import torch

from aigc_lab.exercises.bank.generation_6_models import LogProbs, teller
from aigc_lab.exercises.bank.generation_7_beams_flawed import flawed
from aigc_lab.exercises.bank.generation_7_beams_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.generation.beam import grow


def beam_search(
    log_probs: LogProbs, prompt: list[int], width: int, length: int
) -> tuple[list[int], float]:
    """The best of `width` continuations; each step is the package's own."""
    beams: list[list[int]] = [[]]
    totals = torch.zeros(1, dtype=torch.float64)
    for _ in range(length):
        rows = [np.asarray(log_probs([*prompt, *ids]), dtype=float) for ids in beams]
        totals, parents, tokens = grow(totals, torch.from_numpy(np.stack(rows)), width)
        grown = zip(parents.tolist(), tokens.tolist(), strict=True)
        beams = [[*beams[parent], token] for parent, token in grown]
    return beams[0], float(totals[0])


def _probes() -> list[Probe]:
    return [  # the numbers of the models are such that each mistake shows
        probe("7 tokens, 2 beams, 3 steps", teller(14, 7), [3, 1], 2, 3),
        probe("7 tokens, 3 beams, 4 steps", teller(10, 7), [2, 5, 0], 3, 4),
        probe("one beam", teller(2, 5), [4, 0], 1, 3),
        probe("one step", teller(3, 11), [6], 3, 1),
        probe("5 tokens, 2 beams, 4 steps", teller(15, 5), [1, 1, 2], 2, 4),
        probe("more beams than tokens", teller(5, 3), [0, 2], 5, 3),
        probe("11 tokens, 3 beams, 3 steps", teller(19, 11), [9, 4, 7, 1], 3, 3),
    ]


BEAMS = Exercise(
    name="beam_search",
    notebook="07_generation",
    title="Beam search: follow several continuations at once",
    points=3,
    reference=beam_search,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "Every beam grows by every token. How many candidates are that, and how many go on?",
        "Begin with one beam: no ids, sum 0. Each step makes the candidates of all beams (ids + a "
        "token, sum + its log-probability), sorts all together, and keeps the best `width`.",
        "candidates = [(ids + [t], total + lp) for ids, total in beams "
        "for t, lp in enumerate(log_probs(prompt + ids))]; then candidates.sort(key=lambda beam: "
        "beam[1], reverse=True) and beams = candidates[:width].",
    ),
    flawed=flawed,
    mistakes=MISTAKES,
)

EXERCISES = (BEAMS,)
