"""Notebook 08: the ways to miss the line through points in log-log, for gpu_6_power_law."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

EXERCISES = ()  # the exercise that these belong to stands in gpu_6_power_law

LOGS = {"e": np.log, "10": np.log10, "2": np.log2}


def flawed(
    x: ndarray,
    y: ndarray,
    *,
    order: str = "as it is",
    logs: str = "xy",
    base: str = "e",
    line: str = "least squares",
    factor: str = "exp",
    told: str = "both",
) -> Any:
    """The same with what can go wrong."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if order != "as it is":
        x, y = np.sort(x), np.sort(y) if order == "each sorted" else y
    log = LOGS[base]
    across, up = log(x) if "x" in logs else x, log(y) if "y" in logs else y
    slope, height = _line(across, up, line)
    undone = {
        "exp": np.exp(height),
        "log": height,
        "power of 10": 10**height,
        "first point": y[0] / x[0] ** slope,
        "last point": y[-1] / x[-1] ** slope,
        "mean": np.mean(y / x**slope),
        "means": y.mean() / x.mean() ** slope,
    }[factor]
    return {
        "both": (undone, slope),
        "exchanged": (slope, undone),
        "slope for height": (np.exp(slope), height),
        "exponent": slope,
        "negative": (undone, -slope),
        "absolute": (undone, abs(slope)),
        "exp of both": (undone, np.exp(slope)),
        "curve": undone * x**slope,
    }[told]


def _line(across: ndarray, up: ndarray, line: str) -> tuple[float, float]:
    """Slope and height of a line through the points."""
    if line in ("x by y", "x by y, turned back"):
        slope, height = np.polyfit(up, across, 1)
        return (slope, height) if line == "x by y" else (1 / slope, -height / slope)
    if line == "least squares":
        slope, height = np.polyfit(across, up, 1)
        return slope, height
    ends = (across.argmin(), across.argmax()) if line == "smallest and largest" else (0, -1)
    run, rise = (array[ends[1]] - array[ends[0]] for array in (across, up))
    slope = {
        "first and last": rise / run,
        "first and last, mean height": rise / run,
        "smallest and largest": rise / run,
        "mean of slopes": np.mean(np.diff(up) / np.diff(across)),
        "two variances": np.cov(across, up)[0, 1] / np.var(across),
        "correlation": np.corrcoef(across, up)[0, 1],
    }.get(line, across @ up / (across @ across))
    if line == "through 0":
        return slope, 0.0
    if line in ("first and last", "smallest and largest"):
        return slope, up[ends[0]] - slope * across[ends[0]]
    return slope, up.mean() - slope * across.mean()
