"""Notebook 09: how sure a number of bits per byte is."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpt2_6_interval_flawed import flawed
from aigc_lab.exercises.bank.gpt2_6_interval_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def ratio_interval(nats: ndarray, bytes: ndarray, picks: ndarray) -> tuple[float, float]:
    """The bounds of total nats over total bytes, in bits, over all draws."""
    return flawed(nats, bytes, picks)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(41)

    def case(label: str, texts: int, draws: int, spread: float = 1.0) -> Probe:
        sizes = np.round(200 * np.exp(spread * draw.normal(size=texts))).astype(int) + 7
        nats = sizes * draw.uniform(0.3, 1.9, size=texts)
        picks = draw.integers(0, texts, size=(draws, texts))
        return probe(f"{label}: {texts} texts, {draws} draws", nats, sizes, picks)

    whole = np.array([3.0, 9.0, 15.0]), np.array([1, 3, 5])
    return [
        case("texts of like sizes", 5, 41, 0.1),
        case("texts of very unlike sizes", 7, 81, 2.0),
        case("many texts", 23, 281),
        case("few texts, many draws", 3, 241),
        case("as many texts as draws", 41, 41),
        probe("3 nats a byte in every text", *whole, draw.integers(0, 3, size=(41, 3))),
    ]


def _certain(function: Function) -> str | None:
    sizes = np.array([2.0, 7.0, 5.0])
    picks = np.random.default_rng(0).integers(0, 3, size=(41, 3))
    low, high = np.ravel(function(3 * sizes, sizes, picks))[:2]
    if np.allclose([low, high], 3 / np.log(2), rtol=1e-5):
        return None
    return (
        "where every text costs 3 nats a byte, both bounds should be 3 / ln 2 = 4.328 bits; "
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
        "In each row of picks some texts come twice and some not at all. How many bits per byte "
        "would you have measured on those?",
        "In each draw add up the nats of its texts and the bytes of its texts, divide the "
        "one sum by the other, and turn nats into bits. That is one number a draw; the bounds are "
        "percentiles of these numbers.",
        "draws = nats[picks].sum(axis=1) / bytes[picks].sum(axis=1) / np.log(2)\n"
        "return np.percentile(draws, [2.5, 97.5])",
    ),
    mistakes=MISTAKES,
    laws=(Law("equal texts", _certain),),
)

EXERCISES = (INTERVAL,)
