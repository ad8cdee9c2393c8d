"""Notebook 09: how much of an exam a model may have seen."""

from __future__ import annotations

import numpy as np

from aigc_lab.exercises.bank.gpt2_7_contamination_flawed import flawed
from aigc_lab.exercises.bank.gpt2_7_contamination_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe

CLOSE = (1, 2, 3, 11, 12, 13, 21, 23, 31, 112, 123, 212, 231)  # ids whose digits run together


def contamination(exam: list[int], training: list[int], n: int) -> float:
    """The share of the exam's n-grams that stand somewhere in the training ids.

    It stands in for unsolved ones in the notebook, on long texts: so it looks up in a set.
    """
    known = {tuple(training[at : at + n]) for at in range(len(training) - n + 1)}
    grams = [tuple(exam[at : at + n]) for at in range(len(exam) - n + 1)]
    return sum(gram in known for gram in grams) / len(grams) if grams else 0.0


def _drawn(draw: np.random.Generator, length: int, kinds: int) -> list[int]:
    return [int(each) for each in draw.choice(CLOSE[:kinds], size=length)]


def _probes() -> list[Probe]:
    draw = np.random.default_rng(6)

    def case(length: int, seen: int, n: int, kinds: int) -> Probe:
        exam, training = _drawn(draw, length, kinds), _drawn(draw, seen, kinds)
        label = f"{length} ids of an exam, {seen} of training, n = {n}"
        return probe(label, exam, training, n, tolerance=1e-6)

    text = _drawn(draw, 43, 13)
    return [
        probe("the exam 1, 2, 3, 4, 5", [1, 2, 3, 4, 5], [2, 3, 4, 9, 4, 5], 2, tolerance=1e-6),
        probe(
            "ids that come twice, n = 3",
            [7, 2, 2, 5, 3, 3],
            [2, 5, 5, 3, 3, 2, 5, 3],
            3,
            tolerance=1e-6,
        ),
        case(11, 41, 2, 9),
        case(17, 61, 2, 13),
        case(13, 97, 3, 7),
        probe("the exam is the end of training, n = 3", text[-11:], text, 3, tolerance=1e-6),
        probe("training turned around, n = 2", [7, 5, 3, 2, 11], [11, 2, 3, 5, 7], 2),
        probe("single ids, n = 1", [3, 13, 2, 5, 3, 1, 23], [2, 31, 3, 12, 2, 2, 3, 1, 2], 1),
        probe("a pair that comes three times, n = 2", [5, 3, 5, 3, 5, 3, 2, 7], [1, 5, 3, 1, 2], 2),
        probe("training shorter than n = 5", [5, 3, 2, 7, 11, 13, 17], [3, 2, 7], 5),
        probe("an exam one longer than n = 5", [5, 3, 2, 7, 11, 13], [1, 5, 3, 2, 7, 11], 5),
        probe("an exam of just n = 3", [5, 3, 2], [1, 5, 3, 2, 7, 11], 3),
        probe("an exam shorter than n = 5", [5, 3, 2], [1, 5, 3, 2, 7, 11], 5),
    ]


def _itself(function: Function) -> str | None:
    text = [5, 3, 2, 3, 2, 7]
    share = np.asarray(function(text, text, 2), dtype=float)
    if share.ndim or abs(share - 1) < 1e-6:
        return None
    return f"an exam that is the training text itself is wholly seen: 1; yours is {share:.4g}"


CONTAMINATION = Exercise(
    name="contamination",
    notebook="09_pretrained_gpt2",
    title="Has it seen the exam?",
    points=1,
    reference=contamination,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Write down all n-grams of 1, 2, 3, 4, 5 with n = 2. How many are there, and where does "
        "the last one begin?",
        "Collect the n-grams of the training ids in a set (as tuples, which may stand in one). "
        "Then count how many of the exam's n-grams are in it, and divide by their number.",
        "seen = {tuple(training[i:i + n]) for i in range(len(training) - n + 1)}\n"
        "asked = [tuple(exam[i:i + n]) for i in range(len(exam) - n + 1)]\n"
        "return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0",
    ),
    mistakes=MISTAKES,
    laws=(Law("itself", _itself),),
)

EXERCISES = (CONTAMINATION,)
