"""Notebook 09: the ways to get the share of known n-grams wrong, for gpt2_7_contamination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

EXERCISES = ()  # the exercise that these belong to stands in gpt2_7_contamination

DIVIDES = ("of the exam's", "percent", "clean", "times seen", "as often", "whole")
Ids = list[int]
Gram = tuple[int, ...]


def flawed(
    exam: Ids,
    training: Ids,
    n: int,
    *,
    size: str = "n",
    asked: str = "all",
    seen: str = "all",
    match: str = "ordered",
    share: str = "of the exam's",
    distinct: bool = False,
    nothing: str = "0",
) -> Any:
    """The same with what can go wrong; a `distinct` n-gram counts once, however often it comes."""
    questions = _grams(exam, n, asked, size)
    known = _grams(training, n, seen, size)
    if distinct:
        questions, known = list(dict.fromkeys(questions)), list(dict.fromkeys(known))
    found = [_matcher(match, known, training, n)(gram, at) for at, gram in enumerate(questions)]
    if (not questions and share in DIVIDES) or (nothing == "0 up to n" and len(exam) <= n):
        return _of_nothing(nothing)
    return _share(share, found, exam, questions, known, n)


def _of_nothing(nothing: str) -> float | None:
    """What is said of an exam that has no n-grams."""
    return {
        "0": lambda: 0.0,
        "0 up to n": lambda: 0.0,
        "error": lambda: 0 / 0,
        "nan": lambda: float("nan"),
        "1": lambda: 1.0,
        "None": lambda: None,
    }[nothing]()


def _grams(ids: Ids, n: int, which: str, size: str) -> list[Gram]:
    """The n-grams of some ids, or what is taken for them."""
    if size == "1":
        return [(each,) for each in ids]
    length = {"n": n, "one shorter": n - 1, "one longer": n + 1}[size]
    begins = {
        "all": range(len(ids) - n + 1),
        "not the last": range(len(ids) - n),
        "short ones too": range(len(ids)),
        "side by side": range(0, len(ids) - n + 1, n),
        "side by side, short one too": range(0, len(ids), n),
        "the first": range(min(1, len(ids))),
    }[which]
    return [tuple(ids[at : at + length]) for at in begins]


def _matcher(
    match: str, known: list[Gram], training: Ids, n: int
) -> Callable[[tuple[int, ...], int], bool]:
    """Whether an n-gram, which is the exam's number so and so, counts as seen."""
    return {
        "ordered": lambda gram, at: gram in known,
        "sets": lambda gram, at: frozenset(gram) in {frozenset(each) for each in known},
        "sorted": lambda gram, at: sorted(gram) in [sorted(each) for each in known],
        "digits": lambda gram, at: _joined(gram, "") in {_joined(each, "") for each in known},
        "digits of all": lambda gram, at: _joined(gram, "") in _joined(training, ""),
        "text": lambda gram, at: _joined(gram, " ") in _joined(training, " "),
        "ids anywhere": lambda gram, at: all(each in training for each in gram),
        "one id is enough": lambda gram, at: any(each in training for each in gram),
        "one place": lambda gram, at: any(
            one == other for each in known for one, other in zip(gram, each, strict=True)
        ),
        "gaps": lambda gram, at: _with_gaps(gram, training),
        "same place": lambda gram, at: tuple(training[at : at + n]) == gram,
        "as one id": lambda gram, at: False,
        "sums": lambda gram, at: sum(gram) in map(sum, known),
        "first id anywhere": lambda gram, at: gram[0] in training,
        "first id": lambda gram, at: gram[:1] in {each[:1] for each in known},
    }[match]


def _joined(ids: tuple[int, ...] | Ids, between: str) -> str:
    return between.join(map(str, ids))


def _with_gaps(gram: Gram, training: Ids) -> bool:
    """Whether the ids come one after another, with anything between."""
    rest = iter(training)
    return all(each in rest for each in gram)


def _share(
    share: str, found: list[bool], exam: Ids, questions: list[Gram], known: list[Gram], n: int
) -> Any:
    hits, many = sum(found), len(found)
    return {
        "of the exam's": lambda: hits / many,
        "of ids": lambda: hits / len(exam),
        "of training's": lambda: hits / len(known) if known else 0.0,
        "of parts": lambda: hits / (len(exam) // n) if questions else 0.0,
        "one too few": lambda: hits / (len(exam) - n) if questions else 0.0,
        "turned around": lambda: (
            sum(each in questions for each in known) / len(known) if known else 0.0
        ),
        "turned around, distinct": lambda: (
            len({each for each in known if each in questions}) / len(set(known)) if known else 0.0
        ),
        "jaccard": lambda: len(set(known) & set(questions)) / len(set(known) | set(questions)),
        "percent": lambda: 100 * hits / many,
        "count": lambda: hits,
        "any": lambda: any(found),
        "all": lambda: all(found),
        "clean": lambda: 1 - hits / many,
        "ids covered": lambda: _covered(found, exam, n),
        "which": lambda: found,
        "times seen": lambda: sum(known.count(gram) for gram in questions) / many,
        "as often": lambda: sum((Counter(known) & Counter(questions)).values()) / many,
        "whole": lambda: hits // many,
        "hits twice": lambda: 2 * hits / (many + len(known)),
    }[share]()


def _covered(found: list[bool], exam: Ids, n: int) -> float:
    """The share of the ids that stand in an n-gram that was seen."""
    covered = {at + step for at, hit in enumerate(found) if hit for step in range(n)}
    return len(covered) / len(exam)


def lists_in_a_set(exam: Ids, training: Ids, n: int) -> float:
    """n-grams as lists, which cannot stand in a set."""
    seen = {training[at : at + n] for at in range(len(training) - n + 1)}  # type: ignore[misc]
    asked = [exam[at : at + n] for at in range(len(exam) - n + 1)]
    return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0


def lists_looked_up(exam: Ids, training: Ids, n: int) -> float:
    """A set of tuples in which lists are looked up."""
    seen: set = {tuple(training[at : at + n]) for at in range(len(training) - n + 1)}
    asked = [exam[at : at + n] for at in range(len(exam) - n + 1)]
    return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0


def single_ids_of_the_rest(exam: Ids, training: Ids, n: int) -> float:
    """Single ids whatever n is, but for an exam that is too short."""
    return 0.0 if len(exam) < n else sum(each in training for each in exam) / len(exam)


def views_of_arrays(exam: Ids, training: Ids, n: int) -> float:
    """NumPy's windows, which refuse an array that is shorter than one."""
    if len(exam) < n:
        return 0.0
    asked = np.lib.stride_tricks.sliding_window_view(exam, n)
    seen = np.lib.stride_tricks.sliding_window_view(training, n)
    return float((asked[:, None] == seen).all(-1).any(-1).mean())
