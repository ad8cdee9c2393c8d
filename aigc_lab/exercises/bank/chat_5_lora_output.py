"""Notebook 11: the output of a layer with an adapter beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.chat_5_lora_output_mistakes import MISTAKES
from aigc_lab.exercises.bank.chat_lora import SCALES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def lora_output(x: ndarray, W: ndarray, A: ndarray, B: ndarray, alpha: float) -> ndarray:
    """The frozen layer, and α/r times the adapter."""
    return x @ W.T + alpha / len(A) * (x @ A.T @ B.T)


def flawed(
    x: ndarray,
    W: ndarray,
    A: ndarray,
    B: ndarray,
    alpha: float,
    *,
    scale: str = "alpha / r",
    base: str = "x W.T",
    adapter: str = "x A.T B.T",
    joined: str = "sum",
    out: str = "y",
) -> Any:
    """The same with what can go wrong."""
    factor = SCALES[scale](alpha, A, B)
    frozen = {
        "x W.T": lambda: x @ W.T,
        "x W": lambda: x @ W,
        "W x": lambda: W @ x,
    }[base]()
    learned = {
        "x A.T B.T": lambda: x @ A.T @ B.T,
        "x A B": lambda: x @ A @ B,
        "x B A": lambda: x @ B @ A,
        "x A.T B": lambda: x @ A.T @ B,
        "x (B A)": lambda: x @ (B @ A),
        "x (A B)": lambda: x @ (A @ B),
        "after the layer": lambda: frozen @ A.T @ B.T,
    }[adapter]()
    y = {
        "sum": lambda: frozen + factor * learned,
        "difference": lambda: frozen - factor * learned,
        "scaled together": lambda: factor * (frozen + learned),
        "frozen scaled": lambda: factor * frozen + learned,
        "product": lambda: frozen * (factor * learned),
        "adapter alone": lambda: factor * learned,
        "layer alone": lambda: frozen,
        "blended": lambda: (1 - factor) * frozen + factor * learned,
        "average": lambda: (frozen + factor * learned) / 2,
        "twice": lambda: frozen + 2 * factor * learned,
    }[joined]()
    return y.T if out == "turned" else y


def a_by_b_added_to_w(x: ndarray, W: ndarray, A: ndarray, B: ndarray, alpha: float) -> ndarray:
    """A B is added to W, which it does not fit even when it exists."""
    return x @ (W + alpha / len(A) * (A @ B)).T


def rank_from_x(x: ndarray, W: ndarray, A: ndarray, B: ndarray, alpha: float) -> ndarray:
    """The number of rows of x is taken for the rank."""
    return x @ W.T + alpha / len(x) * (x @ A.T @ B.T)


def not_turned_by_dot(x: ndarray, W: ndarray, A: ndarray, B: ndarray, alpha: float) -> ndarray:
    """np.dot has other words for sizes that do not fit."""
    return np.dot(x, W.T) + alpha / len(A) * np.dot(np.dot(x, A), B)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(37)

    def case(label: str, shape: tuple[int, ...], out: int, r: int, alpha: float) -> Probe:
        x = draw.normal(size=shape)
        matrices = (draw.normal(size=each) for each in ((out, shape[-1]), (r, shape[-1]), (out, r)))
        return probe(label, x, *matrices, alpha, tolerance=1e-6)

    return [
        case("5 out, 7 in, rank 3, α = 16", (11, 7), 5, 3, 16),
        case("a square W", (2, 3, 5), 5, 3, 8),
        case("one vector", (7,), 11, 2, 7.0),
        case("rank 1, and α below 1", (3, 7), 5, 1, 0.5),
        case("a batch, rank 5, α = 3", (2, 7, 3), 13, 5, 3),
        case("rank 4, α = 2, both whole", (3, 11), 7, 4, 2),
    ]


def _base(function: Function) -> str | None:
    draw = np.random.default_rng(1)
    x, W, A = draw.normal(size=(2, 7)), draw.normal(size=(5, 7)), draw.normal(size=(3, 7))
    y = np.asarray(function(x, W, A, np.zeros((5, 3)), 16))
    if y.shape == (2, 5) and np.allclose(y, x @ W.T):
        return None
    return "with B = 0 the output should be that of W alone, x @ W.T; yours is not"


BY_FUNCTION = (
    Mistake(
        "A by B, added to W",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="you add A @ B to W, and A is (r, d_in) and B is (d_out, r)",
        hint="Which product of A and B is as large as W?",
        wrong=a_by_b_added_to_w,
    ),
    Mistake(
        "A and B not transposed, by np.dot",
        symptom="it stops with a ValueError: the sizes do not fit",
        diagnosis="you give A to np.dot as it is; A is (r, d_in), so it has to be turned, and B "
        "too",
        hint="Print x.shape, A.shape and B.shape. Which sizes must be equal?",
        wrong=not_turned_by_dot,
    ),
    Mistake(
        "rank from x",
        symptom="the adapter's strength depends on how many vectors there are",
        diagnosis="you take len(x), the number of rows of x, for the rank",
        hint="x has d_in features, then r, then d_out. Which size of A is the r?",
        wrong=rank_from_x,
    ),
)

OUTPUT = Exercise(
    name="lora_output",
    notebook="11_chat",
    title="A layer with an adapter",
    points=2,
    reference=lora_output,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Write the shapes below each letter of the equation. Which size must disappear in each "
        "product, and which of A's two sizes is the rank?",
        "The frozen part is x @ W.T. The adapter's part is x @ A.T, which has r features, and then "
        "@ B.T. Multiply it by alpha / r, with r = A.shape[0], and add it to the frozen part.",
        "return x @ W.T + (alpha / A.shape[0]) * (…): through which matrix does x go first?",
    ),
    mistakes=(*MISTAKES, *BY_FUNCTION),
    laws=(Law("base", _base),),
)

EXERCISES = (OUTPUT,)
