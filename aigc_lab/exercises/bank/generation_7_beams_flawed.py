"""Notebook 07: the ways to get beam search wrong, for generation_7_beams."""

from __future__ import annotations

import math

import numpy as np

from aigc_lab.exercises.bank.generation_6_models import LogProbs

EXERCISES = ()  # the exercise that these belong to stands in generation_7_beams

Path = tuple[list[int], float, float]  # the new ids, their score, the last log-probability


def flawed(
    log_probs: LogProbs,
    prompt: list[int],
    width: int,
    length: int,
    *,
    kept: str = "best",
    sums: str = "all",
    rank: str = "score",
    fed: str = "all",
    steps: str = "length",
    chosen: str = "best",
    give: str = "sum",
) -> tuple[list[int], float]:
    """The same with what can go wrong."""
    beams: list[Path] = [([], 1.0 if sums == "product" else 0.0, 0.0)]
    steps_taken = {"one more": length + 1, "one fewer": length - 1, "one": 1}.get(steps, length)
    for step in range(steps_taken):
        grown = [_grown(log_probs, prompt, beam, sums, fed) for beam in beams]
        beams = _keep(beams, grown, width, step, kept, rank)
        if sums == "first lost" and not step:
            beams = [(ids, 0.0, last) for ids, _, last in beams]
    best = beams[{"best": 0, "worst": -1}.get(chosen, 0)]
    if chosen == "last step":
        best = max(beams, key=lambda beam: beam[2])
    return _given(log_probs, prompt, beams, best, give)


def _grown(log_probs: LogProbs, prompt: list[int], beam: Path, sums: str, fed: str) -> list[Path]:
    ids, score, _ = beam
    row = np.asarray(log_probs(FED[fed](list(prompt), ids)))
    row = np.exp(row) if sums == "of probabilities" else row
    together = {
        "last": lambda new: new,
        "product": lambda new: score * new,
        "twice": lambda new: 2 * score + new,
    }.get(sums, lambda new: score + new)
    return [([*ids, at], together(float(new)), float(new)) for at, new in enumerate(row)]


FED = {
    "all": lambda prompt, new: prompt + new,
    "last": lambda prompt, new: (prompt + new)[-1:],
    "prompt": lambda prompt, new: prompt,
    "new": lambda prompt, new: new,
    "prompt, then new": lambda prompt, new: new or prompt,
}


def _keep(
    beams: list[Path], grown: list[list[Path]], width: int, step: int, kept: str, rank: str
) -> list[Path]:
    by = {
        "score": lambda beam: -beam[1],
        "last step": lambda beam: -beam[2],
        "ids": lambda beam: [-one for one in beam[0]],
        "ids, rising": lambda beam: beam[0],
    }[rank]
    everything = sorted((path for paths in grown for path in paths), key=by)
    best_of_each = [min(paths, key=by) for paths in grown]
    return {
        "best": lambda: everything[:width],
        "one": lambda: everything[:1],
        "one fewer": lambda: everything[: width - 1],
        "one more": lambda: everything[: width + 1],
        "worst": lambda: everything[::-1][:width],
        "all": lambda: everything,
        "best of each": lambda: sorted(best_of_each, key=by) if step else everything[:width],
        "width of each": lambda: sorted(
            (path for paths in grown for path in sorted(paths, key=by)[:width]), key=by
        ),
        "least of each": lambda: sorted(
            (path for paths in grown for path in sorted(paths, key=by)[::-1][:width]), key=by
        )[:width],
        "old ones": lambda: sorted([*beams, *everything], key=by)[:width],
    }[kept]()


def _given(
    log_probs: LogProbs, prompt: list[int], beams: list[Path], best: Path, give: str
) -> tuple:
    ids, score, last = best
    return {
        "sum": (ids, score),
        "mean": (ids, score / max(len(ids), 1)),
        "whole mean": (ids, score / (len(prompt) + len(ids))),
        "probability": (ids, math.exp(score)),
        "surprise": (ids, -score),
        "last": (ids, last),
        "whole": ([*prompt, *ids], score),
        "newest": (ids[-1:], score),
        "score first": (score, ids),
        "only ids": ids,
        "all": [(each, total) for each, total, _ in beams],
    }[give]
