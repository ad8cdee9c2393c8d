"""Notebook 12: Wilson's interval of a rate."""

from __future__ import annotations

import math
from typing import Any

from aigc_lab.chat.applications import intervals
from aigc_lab.exercises.bank.applications_5_wilson_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The package's own, at 95%."""
    return intervals.wilson_interval(right, total)


def flawed(
    right: int,
    total: int,
    *,
    z: float = 1.96,
    p: str = "right of total",
    centre: str = "Wilson's",
    scale: str = "1 + z²/n",
    spread: str = "Wilson's",
    scaled: str = "both",
    told: str = "bounds",
) -> Any:
    """The same with what can go wrong."""
    n = total
    rate = {
        "right of total": right / total,
        "whole": right // total,
        "wrong": (total - right) / total,
    }[p]
    divisor = {
        "1 + z²/n": 1 + z**2 / n,
        "1 + z/n": 1 + z / n,
        "1 + z²": 1 + z**2,
        "n + z²": n + z**2,
        "1 + z²/2n": 1 + z**2 / (2 * n),
    }[scale]
    middle = {
        "Wilson's": rate + z**2 / (2 * n),
        "p": rate,
        "z²/n": rate + z**2 / n,
        "z²/2·n": rate + z**2 / 2 * n,
        "z/2n": rate + z / (2 * n),
        "minus": rate - z**2 / (2 * n),
    }[centre]
    variance = rate * (1 - rate) / n
    inside = {
        "Wilson's": variance + z**2 / (4 * n**2),
        "Wald's": variance,
        "z²/4n": variance + z**2 / (4 * n),
        "z/4n²": variance + z / (4 * n**2),
        "z²/2n²": variance + z**2 / (2 * n**2),
        "z²/4·n²": variance + z**2 / 4 * n**2,
        "(z/4n)²": variance + z**2 / (4 * n) ** 2,
        "no p": z**2 / (4 * n**2),
        "not over n": rate * (1 - rate) + z**2 / (4 * n**2),
        "n - 1": rate * (1 - rate) / max(n - 1, 1) + z**2 / (4 * n**2),
        "p": rate / n + z**2 / (4 * n**2),
        "no root": 0.0,
        "second outside": variance,
        "both over n": (rate * (1 - rate) + z**2 / (4 * n**2)) / n,
        "p · 1 − p / n": rate * 1 - rate / n + z**2 / (4 * n**2),
    }[spread]
    half = z * math.sqrt(max(inside, 0.0))
    if spread == "no root":
        half = z * (variance + z**2 / (4 * n**2))
    if spread == "second outside":
        half += z**2 / (4 * n**2) * divisor
    middle, half = {
        "both": (middle / divisor, half / divisor),
        "neither": (middle, half),
        "centre": (middle / divisor, half),
        "half": (middle, half / divisor),
        "half by z": (middle / divisor, half / z / divisor),
        "half, z twice": (middle / divisor, half * z / divisor),
        "z²/2n alone": (rate + z**2 / (2 * n) / divisor, half / divisor),
        "half without brackets": (middle / divisor, z / 1 + z**2 / n * half / z),
        "times": (middle * divisor, half * divisor),
    }[scaled]
    low, high = middle - half, middle + half
    return {
        "bounds": lambda: (low, high),
        "exchanged": lambda: (high, low),
        "centre, half": lambda: (middle, half),
        "half": lambda: half,
        "width": lambda: high - low,
        "percent": lambda: (100 * low, 100 * high),
        "with the rate": lambda: (low, rate, high),
        "with the centre": lambda: (low, middle, high),
        "counts": lambda: (low * n, high * n),
        "half the width": lambda: (middle - half / 2, middle + half / 2),
        "around p": lambda: (rate - half, rate + half),
    }[told]()


def wald(right: int, total: int) -> tuple[float, float]:
    """The textbook's interval."""
    p = right / total
    half = 1.96 * math.sqrt(p * (1 - p) / total)
    return p - half, p + half


def wald_clipped(right: int, total: int) -> tuple[float, float]:
    """The textbook's interval, held between 0 and 1."""
    low, high = wald(right, total)
    return max(low, 0.0), min(high, 1.0)


def agresti_coull(right: int, total: int) -> tuple[float, float]:
    """Wilson's centre, and the textbook's spread around it."""
    n = total + 1.96**2
    p = (right + 1.96**2 / 2) / n
    half = 1.96 * math.sqrt(p * (1 - p) / n)
    return p - half, p + half


def plus_four(right: int, total: int) -> tuple[float, float]:
    """Two more right ones and two more wrong ones."""
    return wald(right + 2, total + 4)


def _probes() -> list[Probe]:
    cases = {
        "7 of 10": (7, 10),
        "all of 10": (10, 10),
        "none of 13": (0, 13),
        "1 of 3": (1, 3),
        "97 of 101": (97, 101),
        "half of 1000": (500, 1000),
        "the only one": (1, 1),
    }
    return [probe(label, right, total, tolerance=1e-4) for label, (right, total) in cases.items()]


def _inside(function: Function) -> str | None:
    given = function(10, 10)
    if not isinstance(given, tuple | list) or len(given) != 2:
        return "two bounds are asked for, low and high"
    low, high = (float(each) for each in given)
    if not (math.isclose(high, 1.0, rel_tol=1e-4) and 0.5 < low < 0.9):
        return f"10 of 10 give 0.7225 and 1; yours gives {low:.4g} and {high:.4g}"
    return None


BY_FUNCTION = (
    Mistake(
        "textbook's interval",
        symptom="10 of 10 seem to be certain",
        diagnosis="you compute p ± z √(p (1 − p) / n), which is what Wilson's replaces",
        hint="How wide is your interval when all were right?",
        wrong=wald,
    ),
    Mistake(
        "textbook's interval, clipped",
        symptom="10 of 10 seem to be certain",
        diagnosis="you compute p ± z √(p (1 − p) / n) and hold it between 0 and 1",
        hint="How wide is your interval when all were right?",
        wrong=wald_clipped,
    ),
    Mistake(
        "Agresti and Coull",
        symptom="the interval is a little too wide",
        diagnosis="you take the textbook's spread around Wilson's centre; that is the interval of "
        "Agresti and Coull",
        hint="What stands below the root in the equation for h: p, or the centre?",
        wrong=agresti_coull,
    ),
    Mistake(
        "two more of each",
        symptom="the interval is nearly right",
        diagnosis="you add 2 right and 2 wrong ones and take the textbook's interval",
        hint="That is a rule of thumb. What does the equation say?",
        wrong=plus_four,
    ),
)

WILSON = Exercise(
    name="wilson_interval",
    notebook="12_applications",
    title="How sure is that score?",
    points=2,
    reference=wilson_interval,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Both c and h have the same divisor. Compute it first, then what stands above it, one by "
        "one, and compare with 10 of 10: 0.7225 and 1.",
        "scale = 1 + z² / n. The centre is (p + z² / (2 n)) / scale; half the width is "
        "z · √(p (1 − p) / n + z² / (4 n²)) / scale. Mind the brackets: a / 2 * n is not a / (2 "
        "n).",
        "half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / scale; and the centre?",
    ),
    mistakes=(*MISTAKES, *BY_FUNCTION),
    laws=(Law("inside", _inside),),
)

EXERCISES = (WILSON,)
