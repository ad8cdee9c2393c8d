"""Judge a reader's function: right, not started, or wrong in a way that can be named."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from aigc_lab.exercises.definition import Exercise, Function, Mistake, Probe
from aigc_lab.exercises.differences import difference, left_behind, show_both
from aigc_lab.exercises.plain import named
from aigc_lab.exercises.running import Outcome, parameters, run

RIGHT, WRONG, UNSOLVED = "right", "wrong", "unsolved"
LEAST_S = 0.1  # what the last probes get when the first ones were slow
REMEMBERS = (
    "called again with the same input it gives another answer; what does it remember? (A list or "
    "dict in its first line is made only once)"
)
OWN_RAISE = re.compile(r"(^|: ?)raise ")  # also in one line with its `if`
STILL_RUNS = "It could not be stopped and still runs beside all later cells: restart the kernel"


class Finding(NamedTuple):
    """The judgement on a function.

    `problem` is one sentence; `yours` and `expected` are shown side by side; `mistakes` are the
    known ones, one or two, that behave just like it on every probe; `law` says which rule it breaks
    when none is known; `notes` are warnings that make nothing wrong.
    """

    status: str
    problem: str = ""
    probe: str = ""
    yours: str = ""
    expected: str = ""
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[str, ...] = ()
    law: str = ""


def judge(exercise: Exercise, function: Function) -> Finding:
    """Compare a function with the exercise's reference on all probes, and look for what is wrong.

    A mistake, or a pair of them, is named only when it is the one whose behaviour equals the
    function's on every probe; otherwise the first probe that fails is told, and nothing guessed.
    """
    misfit = _misfit(exercise, function)
    if misfit:
        return Finding(WRONG, misfit)
    probes, expected = expectations(exercise)
    outcomes = []
    end = time.monotonic() + exercise.seconds
    for probe in probes:
        outcomes.append(run(function, probe, max(end - time.monotonic(), LEAST_S)))
        if outcomes[-1].stub:
            return Finding(UNSOLVED)
        if outcomes[-1].late:
            return Finding(WRONG, _late(exercise, outcomes[-1]), probe.label)
    for at, probe in enumerate(probes):
        if not _is_right(outcomes[at], expected[at], probe):
            return _explain(exercise, function, outcomes, at)
    return _second_look(exercise, function, outcomes)


@lru_cache(maxsize=64)
def expectations(exercise: Exercise) -> tuple[Sequence[Probe], list[Outcome]]:
    """An exercise's probes and what the reference makes of them."""
    probes = tuple(exercise.probes())
    return probes, [run(exercise.reference, probe) for probe in probes]


@lru_cache(maxsize=4096)
def behaviour(exercise: Exercise, mistakes: tuple[Mistake, ...], at: int) -> Outcome:
    """What comes of making these mistakes, on the probe of this number."""
    return run(exercise.wrong(*mistakes), expectations(exercise)[0][at])


def behaves_like(
    exercise: Exercise, outcomes: Sequence[Outcome], mistakes: tuple[Mistake, ...]
) -> bool:
    """Whether making these mistakes gives these outcomes, on every probe.

    Where a mistake raises, the text must be the same too: many things end in an IndexError. (Not
    where both say `raise` themselves: everybody chooses their own words.) The first probe that
    tells them apart is the last that is tried, since most pairs fail at once.
    """
    probes, expected = expectations(exercise)
    for at, (yours, right, probe) in enumerate(zip(outcomes, expected, probes, strict=True)):
        known = behaviour(exercise, mistakes, at)
        if not _is_right(yours, known, probe):
            return False
        if known.error and not right.error and not _says_the_same(yours, known):
            return False
    return True


def _says_the_same(yours: Outcome, known: Outcome) -> bool:
    """Whether two errors have one text; where both functions raise by themselves, none is asked."""
    own = all(OWN_RAISE.search(outcome.where) for outcome in (yours, known))
    return own or yours.text == known.text


def _is_right(yours: Outcome, right: Outcome, probe: Probe) -> bool:
    if yours.error is not None or right.error is not None:
        return right.error is not None and issubclass(yours.error or object, right.error)
    if difference(yours.value, right.value, probe.tolerance) is not None:
        return False
    return left_behind(yours.left, right.left, probe.tolerance) is None


def _misfit(exercise: Exercise, function: Function) -> str:
    """What is wrong with the function's parameters; nothing where nobody can tell."""
    taken, wanted = parameters(function), parameters(exercise.reference)
    if taken is None or wanted is None:
        return ""
    for probe in expectations(exercise)[0]:
        try:
            taken.bind(*probe.args, **probe.kwargs)
        except TypeError:
            bare = (str(each.replace(annotation=each.empty)) for each in taken.parameters.values())
            named = ", ".join(wanted.parameters)
            mend = f"it is called with ({named}): keep its first line as it was"
            return f"it takes ({', '.join(bare)}); {mend}"
    return ""


def _explain(
    exercise: Exercise, function: Function, outcomes: Sequence[Outcome], at: int
) -> Finding:
    probes, expected = expectations(exercise)
    probe, yours, right = probes[at], outcomes[at], expected[at]
    mistakes = find_mistakes(exercise, outcomes)
    notes = _notes(outcomes)
    if not _is_right(run(function, probe, exercise.seconds), yours, probe):
        notes = (*notes, REMEMBERS)
    if yours.error is not None:
        asked = f", and a {right.error.__name__} is asked for" if right.error else ""
        problem = _stopped(yours) + asked
        return Finding(WRONG, problem, probe.label, mistakes=mistakes, notes=notes)
    if right.error is not None:
        problem = f"it should refuse this with a {right.error.__name__}, and gives an answer"
        return Finding(WRONG, problem, probe.label, mistakes=mistakes, notes=notes)
    law = "" if mistakes else _broken_law(exercise, function)
    problem = _difference(yours, right, probe, any(_is_none(each) for each in expected))
    if problem is None:
        problem = left_behind(yours.left, right.left, probe.tolerance) or ""
        return Finding(WRONG, problem, probe.label, mistakes=mistakes, notes=notes, law=law)
    shown = show_both(yours.value, right.value, probe.tolerance)
    return Finding(WRONG, problem, probe.label, *shown, mistakes, notes, law)


def _difference(yours: Outcome, right: Outcome, probe: Probe, none_is_known: bool) -> str | None:
    """How two answers differ; where None is right now and then, it is no forgotten `return`."""
    if none_is_known and _is_none(yours) and not _is_none(right):
        return "it gives back None, and something else is right"
    return difference(yours.value, right.value, probe.tolerance)


def _is_none(outcome: Outcome) -> bool:
    return outcome.error is None and outcome.value is None


def _stopped(outcome: Outcome) -> str:
    name = outcome.error.__name__ if outcome.error else ""
    text = f": {outcome.text}" if outcome.text else ""
    line = f", in the line `{outcome.where}`" if outcome.where else ""
    return f"it stops with {name}{text}{line}"


def find_mistakes(exercise: Exercise, outcomes: Sequence[Outcome]) -> tuple[Mistake, ...]:
    """The one known mistake with these outcomes, else the one pair of them, else nothing."""
    for mistake in exercise.mistakes:
        if behaves_like(exercise, outcomes, (mistake,)):
            return (mistake,)
    fitting = [pair for pair in exercise.pairs() if behaves_like(exercise, outcomes, pair)]
    return fitting[0] if len(fitting) == 1 else ()


def _broken_law(exercise: Exercise, function: Function) -> str:
    for law in exercise.laws:
        told = run(law.broken, Probe(law.name, (function,), {}, 0.0), exercise.seconds)
        if isinstance(told.value, str):
            return told.value
    return ""


def _second_look(exercise: Exercise, function: Function, outcomes: Sequence[Outcome]) -> Finding:
    """All probes are right; what else can be wrong is a memory from one call to the next."""
    probes, expected = expectations(exercise)
    again = run(function, probes[0], exercise.seconds)
    if not again.late and not _is_right(again, expected[0], probes[0]):
        return Finding(WRONG, REMEMBERS, probes[0].label)
    for outcome, probe in zip(outcomes, probes, strict=True):
        problem = _unfit(exercise, outcome)
        if problem:
            return Finding(WRONG, problem, probe.label)
    return Finding(RIGHT, notes=_notes(outcomes))


def _unfit(exercise: Exercise, outcome: Outcome) -> str:
    """Why later cells could not work with an answer whose numbers are right; or nothing."""
    wanted = exercise.gives
    if wanted and not outcome.error and not issubclass(outcome.given, wanted):
        given, needed = (
            named(kind.__name__.removeprefix("nd")) for kind in (outcome.given, wanted)
        )
        return f"what it says is right, but as {given}; later cells need {needed}"
    if exercise.keeps_inputs and outcome.changed:
        return f"it changes its input `{outcome.changed[0]}`, which later cells still need"
    return ""


def _notes(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    changed = sorted({name for outcome in outcomes for name in outcome.changed})
    borrowed = sorted({name for outcome in outcomes for name in outcome.borrowed})
    return (
        *(f"it changes its input `{name}`, which its caller may still need" for name in changed),
        *(f"it rests on the course's own {name}, which is not solved yet" for name in borrowed),
    )


def _late(exercise: Exercise, outcome: Outcome) -> str:
    told = f"it did not finish within {exercise.seconds:g} seconds; does a loop never end?"
    return f"{told} {STILL_RUNS}" if outcome.endless else told
