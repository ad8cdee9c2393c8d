"""Notebook 09: the ways to get an interval of ratios wrong, for gpt2_6_interval."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpt2_6_interval

LEVELS = {
    "2.5 and 97.5": (2.5, 97.5),
    "hundredth part": (0.025, 0.975),
    "5 and 95": (5.0, 95.0),
    "0 and 95": (0.0, 95.0),
    "2.5 and 95": (2.5, 95.0),
    "5 and 97.5": (5.0, 97.5),
    "0.5 and 99.5": (0.5, 99.5),
    "quarters": (25.0, 75.0),
    "least and most": (0.0, 100.0),
}


def flawed(
    nats: ndarray,
    bytes: ndarray,
    picks: ndarray,
    *,
    unit: str = "bits",
    draw: str = "sums",
    levels: str = "2.5 and 97.5",
    bounds: str = "percentiles",
    told: str = "both",
) -> Any:
    """The same with what can go wrong."""
    nats, bytes = np.asarray(nats, dtype=float), np.asarray(bytes, dtype=float)
    picks = np.asarray(picks)
    draws = _unit(unit, _draws(draw, nats, bytes, picks))
    point = _unit(unit, nats.sum() / bytes.sum())
    low, high = np.percentile(draws, LEVELS[levels])
    n, spread = len(nats), draws.std()
    if bounds != "percentiles":
        low, high = {
            "two deviations": (draws.mean() - 1.96 * spread, draws.mean() + 1.96 * spread),
            "two deviations around the measured": (point - 1.96 * spread, point + 1.96 * spread),
            "2 deviations": (draws.mean() - 2 * spread, draws.mean() + 2 * spread),
            "two standard errors": (
                draws.mean() - 1.96 * spread / math.sqrt(len(draws)),
                draws.mean() + 1.96 * spread / math.sqrt(len(draws)),
            ),
            "two deviations, n": (
                draws.mean() - 1.96 * spread / math.sqrt(n),
                draws.mean() + 1.96 * spread / math.sqrt(n),
            ),
            "turned around": (2 * point - high, 2 * point - low),
            "distances": (point - low, high - point),
            "unsorted": (draws[int(0.025 * len(draws))], draws[int(0.975 * len(draws))]),
            "one further": tuple(
                np.sort(draws)[[int(0.025 * len(draws)) + 1, int(0.975 * len(draws)) + 1]]
            ),
        }[bounds]
    return {
        "both": lambda: (low, high),
        "exchanged": lambda: (high, low),
        "width": lambda: high - low,
        "half": lambda: (high - low) / 2,
        "with the middle": lambda: (low, np.median(draws), high),
        "with the measured": lambda: (low, point, high),
        "low": lambda: low,
        "draws": lambda: draws,
        "draws, sorted": lambda: np.sort(draws),
    }[told]()


def _unit(unit: str, nats_per_byte: Any) -> Any:
    return {
        "bits": lambda: nats_per_byte / math.log(2),
        "nats": lambda: nats_per_byte,
        "times ln 2": lambda: nats_per_byte * math.log(2),
        "log2": lambda: np.log2(nats_per_byte),
        "eighths": lambda: nats_per_byte / math.log(2) / 8,
    }[unit]()


def _draws(draw: str, nats: ndarray, bytes: ndarray, picks: ndarray) -> ndarray:
    """Nats per byte in each draw, (R,)."""
    drawn, sizes = nats[picks], bytes[picks]  # (R, N) each
    return {
        "sums": lambda: drawn.sum(1) / sizes.sum(1),
        "mean of ratios": lambda: (drawn / sizes).mean(1),
        "sum of ratios": lambda: (drawn / sizes).sum(1),
        "median of ratios": lambda: np.median(drawn / sizes, axis=1),
        "all ratios": lambda: (drawn / sizes).ravel(),
        "down the columns": lambda: drawn.sum(0) / sizes.sum(0),
        "ratios down the columns": lambda: (drawn / sizes).mean(0),
        "no draws": lambda: nats / bytes,
        "nats drawn only": lambda: drawn.sum(1) / bytes.sum(),
        "bytes drawn only": lambda: nats.sum() / sizes.sum(1),
        "all draws at once": lambda: drawn.sum(keepdims=True).ravel() / sizes.sum(),
        "bytes of all draws": lambda: drawn.sum(1) / sizes.sum(),
        "mean over sum": lambda: drawn.mean(1) / sizes.sum(1),
        "sum over mean": lambda: drawn.sum(1) / sizes.mean(1),
        "upside down": lambda: sizes.sum(1) / drawn.sum(1),
        "no bytes": lambda: drawn.sum(1),
        "per text": lambda: drawn.mean(1),
        "each text once": lambda: np.array(
            [nats[list(set(row))].sum() / bytes[list(set(row))].sum() for row in picks.tolist()]
        ),
        "first draw": lambda: (nats / bytes)[picks[0]],
        "one draw": lambda: drawn[:1].sum(1) / sizes[:1].sum(1),
        "last draw": lambda: drawn[-1:].sum(1) / sizes[-1:].sum(1),
        "numbers of the texts": lambda: (picks * nats).sum(1) / (picks * bytes).sum(1),
        "growing": lambda: drawn.sum(1).cumsum() / sizes.sum(1).cumsum(),
    }[draw]()


def apart(nats: ndarray, bytes: ndarray, picks: ndarray) -> ndarray:
    """Percentiles of the nats over percentiles of the bytes."""
    levels = (2.5, 97.5)
    above = np.percentile(nats[picks].sum(1), levels)
    return above / np.percentile(bytes[picks].sum(1), levels) / math.log(2)


def levels_as_two_arguments(nats: ndarray, bytes: ndarray, picks: ndarray) -> ndarray:
    """np.percentile is given three arguments."""
    draws = flawed(nats, bytes, picks, told="draws")
    return np.percentile(draws, 2.5, 97.5)  # type: ignore[call-overload]


def numpy_quantile_of_percents(nats: ndarray, bytes: ndarray, picks: ndarray) -> ndarray:
    """np.quantile is asked for 2.5 and 97.5."""
    return np.quantile(flawed(nats, bytes, picks, told="draws"), [2.5, 97.5])


def torch_quantile_of_percents(nats: ndarray, bytes: ndarray, picks: ndarray) -> list[float]:
    """torch.quantile is asked for 2.5 and 97.5."""
    import torch

    draws = torch.tensor(flawed(nats, bytes, picks, told="draws"))
    return [float(torch.quantile(draws, level)) for level in (2.5, 97.5)]


def inside_each_draw(nats: ndarray, bytes: ndarray, picks: ndarray) -> list[ndarray]:
    """Percentiles of the texts' own ratios, draw by draw."""
    ratios = (nats / bytes)[picks] / math.log(2)  # (R, N)
    return [np.percentile(ratios, level, axis=1) for level in (2.5, 97.5)]
