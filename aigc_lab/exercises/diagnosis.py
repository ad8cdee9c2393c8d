"""Judge a reader's function: right, not started, or wrong in a way that can be named."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from aigc_lab.exercises.definition import Exercise, Function, Mistake, Probe
from aigc_lab.exercises.differences import difference, show_both
from aigc_lab.exercises.running import Outcome, run

RIGHT, WRONG, UNSOLVED = "right", "wrong", "unsolved"


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
    for probe in probes:
        outcomes.append(run(function, probe, exercise.seconds))
        if is_stub(function, outcomes[-1]):
            return Finding(UNSOLVED)
        if outcomes[-1].late:
            return Finding(WRONG, _late(exercise), probe.label)
    wrong = [at for at in range(len(probes)) if not _agree(outcomes[at], expected[at], probes[at])]
    if wrong:
        return _explain(exercise, function, outcomes, wrong[0])
    return _second_look(exercise, function, outcomes)


@lru_cache(maxsize=64)
def expectations(exercise: Exercise) -> tuple[Sequence[Probe], list[Outcome]]:
    """An exercise's probes and what the reference makes of them."""
    probes = tuple(exercise.probes())
    return probes, [run(exercise.reference, probe, exercise.seconds) for probe in probes]


def is_stub(function: Function, outcome: Outcome) -> bool:
    """Whether a call ended at the function's own `raise NotImplementedError`."""
    return raised_by(inspect.unwrap(function), outcome.error)


def raised_by(function: Function, error: BaseException | None) -> bool:
    """Whether a NotImplementedError comes from this very function, not from what it calls."""
    if not isinstance(error, NotImplementedError):
        return False
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_code is getattr(function, "__code__", None)


def behaves_like(
    exercise: Exercise, outcomes: Sequence[Outcome], mistakes: tuple[Mistake, ...]
) -> bool:
    """Whether making these mistakes gives these outcomes, on every probe."""
    probes, _ = expectations(exercise)
    wrong = exercise.wrong(*mistakes)
    return all(
        _agree(outcome, run(wrong, probe, exercise.seconds), probe)
        for outcome, probe in zip(outcomes, probes, strict=True)
    )


def _agree(yours: Outcome, right: Outcome, probe: Probe) -> bool:
    if yours.error is not None or right.error is not None:
        return type(yours.error) is type(right.error)
    return difference(yours.value, right.value, probe.tolerance) is None


def _misfit(exercise: Exercise, function: Function) -> str:
    """What is wrong with the function's parameters."""
    wanted = inspect.signature(exercise.reference)
    for probe in expectations(exercise)[0]:
        try:
            inspect.signature(function).bind(*probe.args, **probe.kwargs)
        except TypeError:
            taken = inspect.signature(function).parameters.values()
            plain = ", ".join(str(each.replace(annotation=each.empty)) for each in taken)
            named = ", ".join(wanted.parameters)
            return f"it takes ({plain}); it is called with ({named}): keep its first line as it was"
    return ""


def _explain(
    exercise: Exercise, function: Function, outcomes: Sequence[Outcome], at: int
) -> Finding:
    probes, expected = expectations(exercise)
    yours, right = outcomes[at], expected[at]
    mistakes = find_mistakes(exercise, outcomes)
    if yours.error is not None:
        line = f", in the line `{yours.where}`" if yours.where else ""
        problem = f"it stops with {type(yours.error).__name__}: {yours.error}{line}"
        return Finding(WRONG, problem, probes[at].label, mistakes=mistakes)
    if right.error is not None:
        problem = f"it should refuse this with a {type(right.error).__name__}, and gives an answer"
        return Finding(WRONG, problem, probes[at].label, mistakes=mistakes)
    problem = difference(yours.value, right.value, probes[at].tolerance) or ""
    law = "" if mistakes else _broken_law(exercise, function)
    shown = show_both(yours.value, right.value, probes[at].tolerance)
    return Finding(WRONG, problem, probes[at].label, *shown, mistakes, _changes(outcomes), law)


def find_mistakes(exercise: Exercise, outcomes: Sequence[Outcome]) -> tuple[Mistake, ...]:
    """The one known mistake with these outcomes, else the one pair of them, else nothing."""
    for mistake in exercise.mistakes:
        if behaves_like(exercise, outcomes, (mistake,)):
            return (mistake,)
    fitting = [pair for pair in exercise.pairs() if behaves_like(exercise, outcomes, pair)]
    return fitting[0] if len(fitting) == 1 else ()


def _broken_law(exercise: Exercise, function: Function) -> str:
    for law in exercise.laws:
        told = run(law.broken, Probe(law.name, (function,), {}, 0.0), 3 * exercise.seconds)
        if told.value:
            return told.value
    return ""


def _second_look(exercise: Exercise, function: Function, outcomes: Sequence[Outcome]) -> Finding:
    """All probes are right; what else can be wrong is a memory from one call to the next."""
    probes, expected = expectations(exercise)
    again = run(function, probes[0], exercise.seconds)
    if not _agree(again, expected[0], probes[0]):
        problem = "called again with the same input it gives another answer; what does it remember?"
        return Finding(WRONG, problem, probes[0].label)
    return Finding(RIGHT, notes=_changes(outcomes))


def _changes(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    names = sorted({name for outcome in outcomes for name in outcome.changed})
    return tuple(
        f"it changes its input `{name}`, which its caller may still need" for name in names
    )


def _late(exercise: Exercise) -> str:
    return f"it did not finish within {exercise.seconds:g} seconds; does a loop never end?"
