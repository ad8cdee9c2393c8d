"""Notebook 06: one large batch in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.training_6_accumulate_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Probe, probe
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
    if use == "together":
        return gradient(*(np.concatenate(each) for each in zip(*parts, strict=True)))
    if use in ("first", "last"):
        return gradient(*parts[0 if use == "first" else -1])
    if use in ("first, weighed", "last, weighed"):
        parts = parts[:1] if use.startswith("first") else parts[-1:]
    if use == "first twice":
        parts = [parts[0], *parts]
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
    "not 0": lambda y: (y != 0).sum(),
    "share": lambda y: (y != IGNORED).mean(),
}


def _bigrams(scores: ndarray, room: int) -> Callable[[ndarray, ndarray], ndarray]:
    """The gradient, by scores (V, V), of a bigram model's mean loss, for so many rows at most."""

    def gradient(x: ndarray, y: ndarray) -> ndarray:
        if len(x) > room:
            raise MemoryError(f"{len(x)} rows arrived at once, and memory has room for {room}")
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

    def case(label: str, *parts: Part) -> Probe:
        return probe(label, list(parts), _bigrams(scores, room=max(len(x) for x, _ in parts)))

    return [
        case("two parts of one row, all scored", part(1, 3, 1.0), part(1, 3, 1.0)),
        case("two parts, 3 rows and 1", part(3, 5, 1.0), part(1, 5, 1.0)),
        case(
            "three parts with different shares of ignored targets",
            *(part(2, 11, scored) for scored in (0.9, 0.2, 0.5)),
        ),
        case(
            "a part in which nothing is scored",
            part(2, 5, 0.7),
            part(2, 5, 0.0),
            part(3, 5, 0.4),
        ),
        case("nothing scored at first", part(1, 7, 0.0), part(3, 7, 0.3)),
        case("nothing scored at last", part(5, 3, 0.8), part(3, 3, 0.0)),
        case("a single part", part(2, 13, 0.6)),
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
    mistakes=MISTAKES,
)

EXERCISES = (ACCUMULATE,)
