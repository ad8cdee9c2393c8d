"""Notebook 08: the mistakes known of the exercise in gpu_6_power_law."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_6_power_law

LOGS = {"e": np.log, "10": np.log10, "2": np.log2}


def flawed(
    x: ndarray,
    y: ndarray,
    *,
    logs: str = "xy",
    base: str = "e",
    line: str = "least squares",
    factor: str = "exp",
    told: str = "both",
) -> Any:
    """The same with what can go wrong."""
    log = LOGS[base]
    across = log(x) if "x" in logs else np.asarray(x, dtype=float)
    up = log(y) if "y" in logs else np.asarray(y, dtype=float)
    slope, height = _line(across, up, line)
    mended = {
        "exp": np.exp(height),
        "log": height,
        "first point": y[0] / x[0] ** slope,
        "last point": y[-1] / x[-1] ** slope,
        "mean": np.mean(y / np.asarray(x, dtype=float) ** slope),
    }[factor]
    return {
        "both": (mended, slope),
        "exchanged": (slope, mended),
        "polyfit's order": (np.exp(slope), height),
        "exponent": slope,
        "negative": (mended, -slope),
        "exp of both": (mended, np.exp(slope)),
        "curve": mended * np.asarray(x, dtype=float) ** slope,
    }[told]


def _line(across: ndarray, up: ndarray, line: str) -> tuple[float, float]:
    """Slope and height of a line through the points."""
    if line == "through 0":
        return across @ up / (across @ across), 0.0
    if line in ("first and last", "smallest and largest"):
        one, other = (0, -1) if line == "first and last" else (across.argmin(), across.argmax())
        slope = (up[other] - up[one]) / (across[other] - across[one])
        return slope, up[one] - slope * across[one]
    if line == "across":
        slope, height = np.polyfit(up, across, 1)
        return slope, height
    if line == "across, turned back":
        slope, height = np.polyfit(up, across, 1)
        return 1 / slope, -height / slope
    slope, height = np.polyfit(across, up, 1)
    return slope, height


MISTAKES = (
    Mistake(
        "log of the factor",
        symptom="the exponent is right, and the factor is not",
        diagnosis="you return the factor's logarithm",
        hint="The height of the line is log factor. How do you get the factor back?",
        knobs={"factor": "log"},
    ),
    Mistake(
        "exchanged",
        symptom="the numbers are right and stand in the wrong order",
        diagnosis="you return the exponent first",
        hint="First the factor, then the exponent.",
        knobs={"told": "exchanged"},
    ),
    Mistake(
        "no logarithms",
        symptom="the answer fits a straight line through x and y themselves",
        diagnosis="you take no logarithms",
        hint="In which drawing is a power law a straight line?",
        knobs={"logs": ""},
    ),
    Mistake(
        "x as it is",
        symptom="the answer fits an exponential, not a power",
        diagnosis="you take the logarithm of y only",
        hint="The logarithm of x**exponent is exponent · … what?",
        knobs={"logs": "y"},
    ),
    Mistake(
        "first and last",
        symptom="only two of the points decide",
        diagnosis="you draw the line through the first and the last point",
        hint="All points carry noise. What do least squares make of the others?",
        knobs={"line": "first and last"},
    ),
)
