"""Notebook 11: an adapter goes into its matrix."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.chat_6_merge_mistakes import MISTAKES
from aigc_lab.exercises.bank.chat_lora import SCALES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def merge_lora(W: ndarray, A: ndarray, B: ndarray, alpha: float) -> ndarray:
    """W + α/r · B A."""
    return W + alpha / len(A) * (B @ A)


def flawed(
    W: ndarray,
    A: ndarray,
    B: ndarray,
    alpha: float,
    *,
    scale: str = "alpha / r",
    change: str = "B A",
    joined: str = "sum",
    out: str = "new",
) -> Any:
    """The same with what can go wrong."""
    factor = SCALES[scale](alpha, A, B)
    learned = {
        "B A": lambda: B @ A,
        "A B": lambda: A @ B,
        "turned": lambda: (B @ A).T,
        "A.T B": lambda: A.T @ B,
        "B A.T": lambda: B @ A.T,
        "by numbers": lambda: B * A,
        "row by row": lambda: np.outer(B[:, 0], A[0]),
    }[change]()
    merged = {
        "sum": lambda: W + factor * learned,
        "difference": lambda: W - factor * learned,
        "scaled together": lambda: factor * (W + learned),
        "frozen scaled": lambda: factor * W + learned,
        "adapter alone": lambda: factor * learned,
        "product": lambda: W * (factor * learned),
        "matrix product": lambda: W @ (factor * learned),
        "average": lambda: (W + factor * learned) / 2,
        "twice": lambda: W + 2 * factor * learned,
        "untouched": lambda: W.copy(),
    }[joined]()
    if out == "in place":
        W[...] = merged
        return W
    if out == "in place, nothing returned":
        W[...] = merged
        return None
    return merged.T if out == "turned" else merged


def a_by_b_with_dot(W: ndarray, A: ndarray, B: ndarray, alpha: float) -> ndarray:
    """np.dot has other words for sizes that do not fit."""
    return W + alpha / len(A) * np.dot(A, B)


def _left(before: ndarray, W: ndarray, A: ndarray, B: ndarray, alpha: float) -> dict[str, bool]:
    """Whether the matrix that went in is still what it was."""
    return {"“W is unchanged”": bool(np.array_equal(before, W))}


def _probes() -> list[Probe]:
    draw = np.random.default_rng(43)

    def case(label: str, out: int, into: int, r: int, alpha: float) -> Probe:
        W, A, B = (draw.normal(size=each) for each in ((out, into), (r, into), (out, r)))
        return probe(label, W, A, B, alpha, tolerance=1e-6, leaves=partial(_left, W.copy()))

    return [
        case("5 out, 7 in, rank 3, α = 16", 5, 7, 3, 16),
        case("a square W", 5, 5, 3, 8),
        case("13 out, 3 in, rank 2, α = 7", 13, 3, 2, 7.0),
        case("rank 1, and α below 1", 11, 7, 1, 0.5),
        case("rank 4, α = 2, both whole", 7, 11, 4, 2),
    ]


def _same_output(function: Function) -> str | None:
    draw = np.random.default_rng(2)
    W, A, B, x = (draw.normal(size=s) for s in ((5, 7), (3, 7), (5, 3), (2, 7)))
    merged = np.asarray(function(W.copy(), A, B, 16))
    if merged.shape != W.shape:
        return f"W is (5, 7), and your matrix is {merged.shape}; it must take x in as W did"
    if np.allclose(x @ merged.T, x @ W.T + 16 / 3 * (x @ A.T @ B.T)):
        return None
    return "x @ W'.T does not give what the layer and its adapter give together"


A_BY_B = Mistake(
    "A by B, with np.dot",
    symptom="it stops with a ValueError: the sizes do not fit",
    diagnosis="you compute np.dot(A, B), and A is (r, d_in) and B is (d_out, r)",
    hint="Which product of a (r, d_in) and a (d_out, r) matrix is as large as W?",
    wrong=a_by_b_with_dot,
)

MERGE = Exercise(
    name="merge_lora",
    notebook="11_chat",
    title="Merge it",
    points=1,
    reference=merge_lora,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "x Aᵀ Bᵀ is x times one matrix, (B A)ᵀ. What must be added to W, so that x W'ᵀ does both?",
        "B is (d_out, r) and A is (r, d_in), so B @ A is as large as W. Multiply it by alpha / r "
        "and add it to W. `W + …` makes a new array; `W += …` changes the caller's.",
        "return W + alpha / A.shape[0] * (…): A @ B, or B @ A?",
    ),
    mistakes=(*MISTAKES, A_BY_B),
    laws=(Law("same output", _same_output),),
)

EXERCISES = (MERGE,)
