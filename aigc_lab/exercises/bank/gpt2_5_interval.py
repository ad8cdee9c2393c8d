"""Notebook 09: how sure a number of bits per byte is."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpt2_5_interval_flawed import flawed
from aigc_lab.exercises.bank.gpt2_5_interval_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def ratio_interval(nats: ndarray, bytes: ndarray, picks: ndarray) -> tuple[float, float]:
    """The bounds of total nats over total bytes, in bits, over the worlds that were drawn."""
    return flawed(nats, bytes, picks)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(41)

    def case(label: str, documents: int, worlds: int, spread: float = 1.0) -> Probe:
        sizes = np.round(200 * np.exp(spread * draw.normal(size=documents))).astype(int) + 7
        nats = sizes * draw.uniform(0.3, 1.9, size=documents)
        picks = draw.integers(0, documents, size=(worlds, documents))
        return probe(f"{label}: {documents} documents, {worlds} worlds", nats, sizes, picks)

    whole = np.array([3.0, 9.0, 15.0]), np.array([1, 3, 5])
    return [
        case("documents of like sizes", 5, 41, 0.1),
        case("documents of very unlike sizes", 7, 81, 2.0),
        case("many documents", 23, 281),
        case("few documents, many worlds", 3, 241),
        case("as many documents as worlds", 41, 41),
        probe("3 nats a byte in every document", *whole, draw.integers(0, 3, size=(41, 3))),
    ]


def _certain(function: Function) -> str | None:
    sizes = np.array([2.0, 7.0, 5.0])
    picks = np.random.default_rng(0).integers(0, 3, size=(41, 3))
    low, high = np.ravel(function(3 * sizes, sizes, picks))[:2]
    if np.allclose([low, high], 3 / np.log(2), rtol=1e-5):
        return None
    return (
        "where every document costs 3 nats a byte, both bounds should be 3 / ln 2 = 4.328 bits; "
        f"yours are {low:.4g} and {high:.4g}"
    )


INTERVAL = Exercise(
    name="ratio_interval",
    notebook="09_pretrained_gpt2",
    title="How sure is that number?",
    points=2,
    reference=ratio_interval,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Each row of picks is a world in which other documents were drawn. How many bits per byte "
        "would you have measured in that world?",
        "In each world add up the nats of its documents and the bytes of its documents, divide the "
        "one sum by the other, and turn nats into bits. That is one number a world; the bounds are "
        "percentiles of these numbers.",
        "worlds = nats[picks].sum(axis=1) / bytes[picks].sum(axis=1) / np.log(2)\n"
        "return np.percentile(worlds, [2.5, 97.5])",
    ),
    mistakes=MISTAKES,
    laws=(Law("equal documents", _certain),),
)

EXERCISES = (INTERVAL,)
