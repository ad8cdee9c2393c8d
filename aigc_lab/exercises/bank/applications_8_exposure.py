"""Notebook 12: how far a secret has been memorised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from aigc_lab.chat import memorisation
from aigc_lab.exercises.bank.applications_8_exposure_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def exposure(canary_nats: float, other_nats: ndarray) -> float:
    """The package's own, of the canary's rank among all candidates."""
    rank = 1 + int(np.sum(other_nats < canary_nats))
    return memorisation.exposure(rank, len(other_nats) + 1)


def flawed(
    canary_nats: float,
    other_nats: ndarray,
    *,
    candidates: str = "all",
    rank: str = "from 1",
    log: str = "log2",
    told: str = "difference",
) -> Any:
    """The same with what can go wrong."""
    others = np.asarray(other_nats, dtype=float)
    n = len(others)
    many: Any = {
        "all": n + 1,
        "others": n,
        "different": len(np.unique(np.append(others, canary_nats))),
        "two more": n + 2,
    }[candidates]
    below, above = int((others < canary_nats).sum()), int((others > canary_nats).sum())
    ties = n - below - above
    place: Any = {
        "from 1": below + 1,
        "from 0": below,
        "behind ties": below + ties + 1,
        "behind ties, from 0": below + ties,
        "middle of ties": below + 1 + ties / 2,
        "order for rank": int(np.argsort(np.append(others, canary_nats))[-1]) + 1,
        "at least 1": max(below + ties, 1),
        "from the top": above + 1,
        "from the top, from 0": above,
        "different": len(np.unique(others[others < canary_nats])) + 1,
        "two more": below + 2,
    }[rank]
    logarithm = {
        "log2": np.log2,
        "ln": np.log,
        "log10": np.log10,
        "none": lambda x: x,
    }[log]
    with np.errstate(all="ignore"):
        return {
            "difference": lambda: logarithm(many) - logarithm(place),
            "turned": lambda: logarithm(place) - logarithm(many),
            "sum": lambda: logarithm(many) + logarithm(place),
            "rank": lambda: place,
            "log of the rank": lambda: logarithm(place),
            "minus log of the rank": lambda: -logarithm(place),
            "candidates": lambda: logarithm(many),
            "of the difference": lambda: logarithm(many - place),
            "ratio of logarithms": lambda: logarithm(many) / logarithm(place),
            "of the better ones": lambda: logarithm(above + 1),
            "nats from the mean": lambda: (others.mean() - canary_nats) / np.log(2),
            "nats from the best": lambda: (others.min() - canary_nats) / np.log(2),
            "nats": lambda: canary_nats / np.log(2),
            "both": lambda: (logarithm(many) - logarithm(place), place),
        }[told]()


def by_index(canary_nats: float, other_nats: ndarray) -> Any:
    """The canary is looked for among the others, where it is not."""
    rank = sorted(np.asarray(other_nats).tolist()).index(canary_nats) + 1
    return np.log2(len(other_nats) + 1) - np.log2(rank)


def by_plus(canary_nats: float, other_nats: ndarray) -> Any:
    """To an array + adds, number by number; a list it would have made longer."""
    together = sorted(other_nats + np.array([canary_nats]))
    return np.log2(len(together)) - np.log2(together.index(canary_nats) + 1)


def not_sorted(canary_nats: float, other_nats: ndarray) -> Any:
    """searchsorted believes that the losses are sorted, and they are not."""
    rank = 1 + np.searchsorted(other_nats, canary_nats)
    return np.log2(len(other_nats) + 1) - np.log2(rank)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(61)

    def case(label: str, many: int, canary: float) -> Probe:
        return probe(label, canary, 20 + 4 * draw.normal(size=many), tolerance=1e-6)

    tied = np.array([12.5, 14.0, 12.5, 11.0, 12.5, 19.0, 14.0])
    return [
        probe("3 others, one is lower", 12.0, np.array([15.0, 9.5, 13.25])),
        case("the lowest of 31", 30, 2.5),
        case("the highest of 12", 11, 60.0),
        case("somewhere among 101", 100, 19.5),
        probe("others with the same loss", 12.5, tied),
        probe("others with one loss among them, lower", 15.5, tied),
        probe("one other, which is higher", 3.5, np.array([4.5])),
        probe("all others have the same loss", 7.5, np.full(7, 7.5)),
    ]


def _bounds(function: Function) -> str | None:
    others = np.arange(1.0, 8.0)
    low, high = (np.asarray(function(x, others), float) for x in (0.5, 9.5))
    if low.shape == high.shape == () and np.isclose(low, 3) and np.isclose(high, 0, atol=1e-6):
        return None
    return (
        "among 8 candidates the lowest loss has an exposure of 3 bits and the highest one of 0; "
        f"yours has {low} and {high}"
    )


BY_FUNCTION = (
    Mistake(
        "looked for among the others",
        symptom="it stops with a ValueError: the canary is not in the list",
        diagnosis="you look for the canary in a sorted list of the others, without having added it",
        hint="Who belongs to the candidates? Or count: how many others have a lower loss?",
        wrong=by_index,
    ),
    Mistake(
        "added to each of the others",
        symptom="it stops with a ValueError: the canary is not in the list",
        diagnosis="other_nats is an array, and array + [canary] adds the canary's loss to each",
        hint="np.append, [*other_nats, canary_nats], or no list at all: how many others are lower?",
        wrong=by_plus,
    ),
    Mistake(
        "searched without sorting",
        symptom="the rank is off where the others come unsorted",
        diagnosis="np.searchsorted needs a sorted array, and the others come in any order",
        hint="What does np.sort do? Or count: how many others have a lower loss?",
        wrong=not_sorted,
    ),
)

EXPOSURE = Exercise(
    name="exposure",
    notebook="12_applications",
    title="Has it been memorised?",
    points=2,
    reference=exposure,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Of 8 candidates the canary has the lowest loss: who guesses in this order needs 1 try "
        "instead of up to 8. How many halvings are that?",
        "The rank is 1 + the number of others with a lower loss. The candidates are the others and "
        "the canary. Take log2 of the one number minus log2 of the other.",
        "rank = 1 + (other_nats < canary_nats).sum(); return np.log2(…) - np.log2(rank)",
    ),
    mistakes=(*MISTAKES, *BY_FUNCTION),
    laws=(Law("bounds", _bounds),),
)

EXERCISES = (EXPOSURE,)
