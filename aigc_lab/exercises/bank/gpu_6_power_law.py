"""Notebook 08: a straight line in log-log."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpu_6_power_law_flawed import flawed
from aigc_lab.exercises.bank.gpu_6_power_law_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.training import scaling


def fit_power_law(x: ndarray, y: ndarray) -> tuple[float, float]:
    """Factor and exponent of the package's fit."""
    law = scaling.fit_power_law(x, y)
    return law.factor, law.exponent


def _probes() -> list[Probe]:
    draw = np.random.default_rng(3)

    def case(label: str, x: ndarray, factor: float, exponent: float, spread: float) -> Probe:
        y = factor * x.astype(float) ** exponent * np.exp(spread * draw.normal(size=len(x)))
        return probe(label, x, y, tolerance=1e-6)

    return [
        case("4 points on 2 / √x", np.array([1.0, 4.0, 9.0, 16.0]), 2.0, -0.5, 0.0),
        case("5 points near 3 · x", np.array([2.0, 3.0, 5.0, 8.0, 13.0]), 3.0, 1.0, 0.2),
        case("7 losses by parameters", 10 ** np.linspace(3, 6, 7), 11.0, -0.23, 0.05),
        case("5 points in no order", np.array([7.0, 0.5, 29.0, 3.0, 0.1]), 0.7, -1.3, 0.3),
        case("6 whole numbers", np.array([64, 2, 16, 8, 32, 5]), 0.3, 1.7, 0.1),
        case("2 points", np.array([3.0, 11.0]), 5.0, 0.4, 0.1),
    ]


POWER_LAW = Exercise(
    name="fit_power_law",
    notebook="08_gpu_training",
    title="A straight line in log-log",
    points=1,
    reference=fit_power_law,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Take the logarithm of both sides of y = factor · x**exponent. Which line is that, and "
        "what are its slope and its height?",
        "log y = log factor + exponent · log x. Fit a straight line through the points (log x, "
        "log y); its slope is the exponent, and its height at log x = 0 is the factor's logarithm.",
        "slope, height = np.polyfit(np.log(x), np.log(y), 1)\n…and return np.exp(height), slope",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (POWER_LAW,)
