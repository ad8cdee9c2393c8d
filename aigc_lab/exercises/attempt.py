"""A reader's attempt at an exercise, and what can be asked about it: check, hint, progress."""

from __future__ import annotations

import functools
from typing import Any

from aigc_lab.exercises.bank import find, of_notebook
from aigc_lab.exercises.definition import Exercise, Function
from aigc_lab.exercises.diagnosis import judge
from aigc_lab.exercises.hints import Hint, next_hint
from aigc_lab.exercises.panel import Panel
from aigc_lab.exercises.result import Result
from aigc_lab.exercises.running import borrow, raised_by

_results: dict[str, Result] = {}  # the newest check of each exercise in this process
_hints_seen: dict[str, int] = {}


class Attempt:
    """A reader's function; while it is an unsolved stub the course's own version answers for it."""

    def __init__(self, function: Function, exercise: Exercise) -> None:
        functools.update_wrapper(self, function)
        self.function, self.exercise = function, exercise
        self._said = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.function(*args, **kwargs)
        except NotImplementedError as error:
            if not raised_by(self.function, error):
                raise
        if not borrow(self.exercise.name) and not self._said:
            print(f"○ {self.exercise.name} is not solved yet: the course's own version stands in.")
            self._said = True
        return self.exercise.reference(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<an attempt at the exercise {self.exercise.name!r}>"


def exercise(function: Function) -> Attempt:
    """Mark a function as an attempt at the exercise of its name.

    Raises: ValueError when there is no exercise of that name.
    """
    return Attempt(function, find(function.__name__))


def check(attempt: Attempt | str, function: Function | None = None) -> Result:
    """Compare an attempt with the reference and say what is wrong with it.

    `check(softmax)` checks the decorated function; `check("softmax", mine)` checks any other.
    Raises: TypeError for anything but a function.
    """
    task, solution = _task(attempt, "check"), function
    if function is None:
        if not isinstance(attempt, Attempt):
            raise TypeError(f"check needs your function too: check({attempt!r}, my_function)")
        solution = attempt.function
    if not callable(solution):
        raise TypeError(f"check needs a function, and {type(solution).__name__} arrived")
    if isinstance(solution, Attempt):
        solution = solution.function
    result = Result(task, judge(task, solution))
    _results[task.name] = result
    return result


def hint(attempt: Attempt | str, level: int | None = None) -> Hint:
    """The next of an exercise's three hints, or the one of a level from 1 to 3.

    Raises: ValueError for another level.
    """
    task = _task(attempt, "hint")
    shown = next_hint(task, _hints_seen.get(task.name, 0), level)
    _hints_seen[task.name] = shown.level
    return shown


def progress(notebook: str) -> Panel:
    """How far you are with a notebook's exercises, as of their newest checks.

    Raises: ValueError when no notebook's name begins like this.
    """
    return Panel(of_notebook(notebook), dict(_results))


def _task(attempt: Attempt | str, asking: str) -> Exercise:
    if isinstance(attempt, Attempt):
        return attempt.exercise
    if isinstance(attempt, str):
        return find(attempt)
    name = getattr(attempt, "__name__", None)
    if callable(attempt) and name:
        raise TypeError(
            f"{asking} got a function that is no exercise; put @exercise above `def {name}`"
        )
    raise TypeError(
        f"{asking} needs the function itself, and {type(attempt).__name__} arrived; "
        f"write {asking}(softmax), not {asking}(softmax(…))"
    )
