"""Notebook 06: one large batch in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.model.reference import softmax
from aigc_lab.text.batches import IGNORED

Part = tuple[ndarray, ndarray]


def accumulate(parts: Sequence[Part], gradient: Callable[..., ndarray]) -> ndarray:
    """Each part's mean gradient counts as often as it has scored targets."""
    scored = [(y != IGNORED).sum() for _, y in parts]
    return sum(n * gradient(x, y) for n, (x, y) in zip(scored, parts, strict=True)) / sum(scored)


def flawed(
    parts: Sequence[Part],
    gradient: Callable[..., ndarray],
    *,
    weigh: str = "scored",
    divide: str = "scored",
    use: str = "all",
) -> ndarray:
    """The same with what can go wrong."""
    used = {"all": parts, "first": parts[:1], "last": parts[-1:]}[use]
    if use != "all":
        return gradient(*used[0])
    gradients = [gradient(x, y) for x, y in parts]
    if weigh == "running":
        total = gradients[0]
        for each in gradients[1:]:
            total = (total + each) / 2
        return total
    counts = {name: [np.float64(count(y)) for _, y in parts] for name, count in COUNTS.items()}
    total = sum(n * each for n, each in zip(counts[weigh], gradients, strict=True))
    divisor = {
        "nothing": 1.0,
        "parts that score": sum(n > 0 for n in counts["scored"]),
        "last scored": counts["scored"][-1],
        "scored and parts": sum(counts["scored"]) * len(parts),
    }
    return total / (divisor[divide] if divide in divisor else sum(counts[divide]))


COUNTS: dict[str, Callable[[ndarray], float]] = {
    "scored": lambda y: (y != IGNORED).sum(),
    "one": lambda y: 1,
    "targets": lambda y: y.size,
    "positive": lambda y: (y > 0).sum(),
    "inverse": lambda y: 1 / np.float64((y != IGNORED).sum()),
    "ignored": lambda y: (y == IGNORED).sum(),
}


def _bigrams(scores: ndarray) -> Callable[[ndarray, ndarray], ndarray]:
    """The gradient, by the table of scores (V, V), of a bigram model's mean loss."""

    def gradient(x: ndarray, y: ndarray) -> ndarray:
        scored = y != IGNORED
        table = np.zeros_like(scores)
        errors = softmax(scores)[x[scored]] - np.eye(len(scores))[y[scored]]  # (N, V)
        np.add.at(table, x[scored], errors / max(1, scored.sum()))
        return table

    return gradient


def _probes() -> list[Probe]:
    draw = np.random.default_rng(17)
    scores = draw.normal(size=(7, 7))

    def part(rows: int, length: int, scored: float) -> Part:
        x, y = draw.integers(7, size=(2, rows, length))
        return x, np.where(draw.random(y.shape) < scored, y, IGNORED)

    gradient = _bigrams(scores)
    return [
        probe("two parts of one row, all scored", [part(1, 3, 1.0), part(1, 3, 1.0)], gradient),
        probe("two parts, 3 rows and 1", [part(3, 5, 1.0), part(1, 5, 1.0)], gradient),
        probe(
            "three parts with different shares of ignored targets",
            [part(2, 11, 0.9), part(2, 11, 0.2), part(2, 11, 0.5)],
            gradient,
        ),
        probe(
            "a part in which nothing is scored",
            [part(2, 5, 0.7), part(2, 5, 0.0), part(3, 5, 0.4)],
            gradient,
        ),
        probe("nothing scored at first", [part(1, 7, 0.0), part(3, 7, 0.3)], gradient),
        probe("nothing scored at last", [part(5, 3, 0.8), part(3, 3, 0.0)], gradient),
        probe("a single part", [part(2, 13, 0.6)], gradient),
    ]


ACCUMULATE = Exercise(
    name="accumulate",
    notebook="06_training",
    title="A large batch in parts",
    points=2,
    reference=accumulate,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Two parts, one with 3 scored targets and one with 1. The four losses of the whole batch "
        "are averaged with equal weight. How much should each part's own mean count?",
        "gradient(x, y) is a mean; multiplied by the number of scored targets of the part it is a "
        "sum. Add up these sums over the parts, and divide once, by the number of scored targets "
        "of all parts.",
        "n = (y != -100).sum() for each part\n"
        "total = total + n * gradient(x, y), and count = count + n\n"
        "…return total / count after the loop",
    ),
    mistakes=(
        Mistake(
            "mean of means",
            symptom="targets count more in a part that has few of them",
            diagnosis="you average the parts' gradients, as if all parts had equally many scored "
            "targets",
            hint="A part with one scored target and a part with nine: how much should each weigh?",
            knobs={"weigh": "one", "divide": "one"},
        ),
        Mistake(
            "mean of the means that score",
            symptom="targets count more in a part that has few of them",
            diagnosis="you average the gradients of the parts in which something is scored, as if "
            "these had equally many scored targets",
            hint="A part with one scored target and a part with nine: how much should each weigh?",
            knobs={"weigh": "one", "divide": "parts that score"},
        ),
        Mistake(
            "sum of means",
            symptom="the more parts, the larger the gradient",
            diagnosis="you add up the parts' gradients, and never divide",
            hint="Cutting a batch into more parts should change nothing.",
            knobs={"weigh": "one", "divide": "nothing"},
        ),
        Mistake(
            "means over the count",
            symptom="the gradient is too small",
            diagnosis="you divide by the number of scored targets, but gradient(x, y) is a mean "
            "already, not a sum",
            hint="How do you make a part's sum from its mean?",
            knobs={"weigh": "one", "divide": "scored"},
        ),
        Mistake(
            "sum of sums",
            symptom="the gradient grows with the number of targets",
            diagnosis="you weigh each part by its scored targets, and never divide by all of them",
            hint="A weighted mean ends in a division. By what?",
            knobs={"divide": "nothing"},
        ),
        Mistake(
            "sums over parts",
            symptom="the gradient grows with the number of targets",
            diagnosis="you weigh each part by its scored targets, and divide by the number of "
            "parts",
            hint="The weights of a mean must add up to 1.",
            knobs={"divide": "one"},
        ),
        Mistake(
            "divided twice",
            symptom="the gradient is too small, by the number of parts",
            diagnosis="the weighted mean is right, and then it is divided by the number of parts",
            hint="The weights of a mean must add up to 1.",
            knobs={"divide": "scored and parts"},
        ),
        Mistake(
            "ignored targets counted below",
            symptom="the more targets are ignored, the smaller the gradient",
            diagnosis="you divide by the number of all targets, the ignored ones included",
            hint="How many targets does a part of 11 have when 9 of them are -100?",
            knobs={"divide": "targets"},
        ),
        Mistake(
            "ignored targets counted",
            symptom="parts in which much is ignored count too much",
            diagnosis="you weigh each part by its rows, or by all its targets, and so count the "
            "ignored ones too",
            hint="How many targets does a part of 11 have when 9 of them are -100?",
            knobs={"weigh": "targets", "divide": "targets"},
        ),
        Mistake(
            "weighed by all, divided by the scored",
            symptom="the more targets are ignored, the larger the gradient",
            diagnosis="you weigh each part by all its targets and divide by the scored ones",
            hint="The weights of a mean must add up to 1.",
            knobs={"weigh": "targets"},
        ),
        Mistake(
            "token 0 not counted",
            symptom="parts in which token 0 is a target count too little",
            diagnosis="you count targets above 0; 0 is a token too",
            hint="Which targets are not scored? Only those that are …?",
            knobs={"weigh": "positive", "divide": "positive"},
        ),
        Mistake(
            "divided in the loop",
            symptom="a part in which nothing is scored turns everything into nan",
            diagnosis="you divide each part's gradient by its number of scored targets",
            hint="gradient(x, y) is a mean already. How do you make a sum of it?",
            knobs={"weigh": "inverse", "divide": "nothing"},
        ),
        Mistake(
            "the ignored weigh",
            symptom="the more of a part is ignored, the more it counts",
            diagnosis="you count the targets that are -100; scored are the others",
            hint="Is it == or !=?",
            knobs={"weigh": "ignored", "divide": "ignored"},
        ),
        Mistake(
            "last count",
            symptom="the gradient depends on the order of the parts",
            diagnosis="you divide by the number of scored targets of the last part only",
            hint="Does your count grow in the loop, or is it written anew?",
            knobs={"divide": "last scored"},
        ),
        Mistake(
            "running halves",
            symptom="later parts count more than earlier ones",
            diagnosis="you average what you have with each next part, half and half",
            hint="How much of the first part is left after three more?",
            knobs={"weigh": "running"},
        ),
        Mistake(
            "last part",
            symptom="all parts but the last are lost",
            diagnosis="the gradient is written anew in each round instead of added to",
            hint="Where does your sum begin, and is it added to?",
            knobs={"use": "last"},
        ),
        Mistake(
            "first part",
            symptom="all parts but the first are lost",
            diagnosis="you return inside the loop",
            hint="How far is your return indented?",
            knobs={"use": "first"},
        ),
    ),
)

EXERCISES = (ACCUMULATE,)
