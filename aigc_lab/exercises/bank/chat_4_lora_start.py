"""Notebook 11: how the two thin matrices of LoRA begin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.chat_4_lora_start_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def lora_start(d_out: int, d_in: int, rank: int, rng: np.random.Generator) -> Any:
    """A is drawn as `peft` draws it, and B is 0."""
    bound = 1 / math.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(rank, d_in)), np.zeros((d_out, rank))


def flawed(
    d_out: int,
    d_in: int,
    rank: int,
    rng: np.random.Generator,
    *,
    a: str = "uniform",
    b: str = "zeros",
    bound: str = "1/sqrt(d_in)",
    sizes: str = "own",
    told: str = "A, B",
) -> Any:
    """The same with what can go wrong."""
    if sizes == "exchanged":
        d_in, d_out = d_out, d_in
    limit = {
        "1/sqrt(d_in)": 1 / math.sqrt(d_in),
        "1/sqrt(d_out)": 1 / math.sqrt(d_out),
        "1/sqrt(rank)": 1 / math.sqrt(rank),
        "1/d_in": 1 / d_in,
        "sqrt(d_in)": math.sqrt(d_in),
        "sqrt(3/d_in)": math.sqrt(3 / d_in),
        "sqrt(6/d_in)": math.sqrt(6 / d_in),
        "1/sqrt(d_in*rank)": 1 / math.sqrt(d_in * rank),
        "1": 1.0,
    }[bound]
    first = _first(a, rng, limit, rank, d_in)
    second = _second(b, rng, limit, d_out, d_in, rank)
    return {
        "A, B": lambda: (first, second),
        "B, A": lambda: (second, first),
        "A turned": lambda: (first.T, second),
        "both turned": lambda: (first.T, second.T),
        "A": lambda: first,
        "BA": lambda: second @ first,
    }[told]()


def _first(a: str, rng: np.random.Generator, limit: float, rank: int, d_in: int) -> ndarray:
    return {
        "uniform": lambda: rng.uniform(-limit, limit, size=(rank, d_in)),
        "above 0": lambda: rng.uniform(0, limit, size=(rank, d_in)),
        "drawn turned": lambda: rng.uniform(-limit, limit, size=(d_in, rank)).T,
        "left turned": lambda: rng.uniform(-limit, limit, size=(d_in, rank)),
        "normal": lambda: rng.normal(size=(rank, d_in)),
        "normal by d_in": lambda: rng.normal(0, limit, size=(rank, d_in)),
        "normal 0.02": lambda: rng.normal(0, 0.02, size=(rank, d_in)),
        "normal 0.01": lambda: rng.normal(0, 0.01, size=(rank, d_in)),
        "normal by rank": lambda: rng.normal(0, 1 / rank, size=(rank, d_in)),
        "zeros": lambda: np.zeros((rank, d_in)),
        "ones": lambda: np.ones((rank, d_in)),
        "one number": lambda: np.full((rank, d_in), rng.uniform(-limit, limit)),
        "one row": lambda: np.tile(rng.uniform(-limit, limit, size=d_in), (rank, 1)),
    }[a]()


def _second(
    b: str, rng: np.random.Generator, limit: float, d_out: int, d_in: int, rank: int
) -> ndarray:
    root = 1 / math.sqrt(rank)
    return {
        "zeros": lambda: np.zeros((d_out, rank)),
        "uniform": lambda: rng.uniform(-limit, limit, size=(d_out, rank)),
        "uniform by rank": lambda: rng.uniform(-root, root, size=(d_out, rank)),
        "normal": lambda: rng.normal(size=(d_out, rank)),
        "normal 0.02": lambda: rng.normal(0, 0.02, size=(d_out, rank)),
        "ones": lambda: np.ones((d_out, rank)),
        "turned": lambda: np.zeros((rank, d_out)),
        "d_out by d_in": lambda: np.zeros((d_out, d_in)),
        "as large as W": lambda: np.zeros((d_out, d_out)),
    }[b]()


def two_sizes(d_out: int, d_in: int, rank: int, rng: np.random.Generator) -> Any:
    """np.zeros is given two numbers instead of one shape."""
    bound = 1 / math.sqrt(d_in)
    first = rng.uniform(-bound, bound, size=(rank, d_in))
    return first, np.zeros(d_out, rank)  # type: ignore[call-overload]


def _probes() -> list[Probe]:
    cases = {
        "5 out, 7 in, rank 3": (5, 7, 3, 11),
        "13 out, 3 in, rank 2": (13, 3, 2, 12),
        "as many in as out": (11, 11, 5, 13),
        "rank 1": (3, 17, 1, 14),
    }
    return [
        probe(label, d_out, d_in, rank, np.random.default_rng(seed), tolerance=1e-6)
        for label, (d_out, d_in, rank, seed) in cases.items()
    ]


def _no_effect(function: Function) -> str | None:
    first, second = (np.asarray(each) for each in function(5, 7, 3, np.random.default_rng(0)))
    if first.shape != (3, 7) or second.shape != (5, 3):
        return f"with 5 out, 7 in and rank 3 the shapes are {first.shape} and {second.shape}"
    if (second @ first).any():
        return "B @ A is not 0, so the model is another before it has learned anything"
    if not first.any():
        return "A and B are both 0, so neither will ever see a gradient"
    again = np.asarray(function(5, 7, 3, np.random.default_rng(0))[0])
    if not np.array_equal(first, again):
        return "the same generator gives another A each time: are the numbers drawn from `rng`?"
    return None


TWO_SIZES = Mistake(
    "two sizes for a shape",
    symptom="it stops with a TypeError at np.zeros",
    diagnosis="np.zeros takes the shape as one thing, and you give it two numbers",
    hint="np.zeros((2, 3)), or np.zeros(2, 3)?",
    wrong=two_sizes,
)

START = Exercise(
    name="lora_start",
    notebook="11_chat",
    title="A start without effect",
    points=1,
    reference=lora_start,
    probes=_probes,
    flawed=flawed,
    hints=(
        "The gradient of B is made of A, and that of A is made of B. Which of the two may be 0 at "
        "the start, and why not both?",
        "A has rank rows and d_in columns, drawn evenly between −b and b with b = 1/√d_in, in one "
        "call of rng.uniform. B has d_out rows and rank columns of zeros.",
        "bound = 1 / np.sqrt(d_in); A = rng.uniform(-bound, bound, size=(rank, d_in)); what is B?",
    ),
    mistakes=(*MISTAKES, TWO_SIZES),
    laws=(Law("no effect", _no_effect),),
)

EXERCISES = (START,)
