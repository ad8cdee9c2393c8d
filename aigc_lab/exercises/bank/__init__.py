"""All exercises of the course, one module a notebook."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import lru_cache

from aigc_lab.exercises.definition import Exercise


@lru_cache(maxsize=1)
def all_exercises() -> dict[str, Exercise]:
    """Every exercise by its name, in the course's order.

    Raises: ValueError when two have the same name.
    """
    found: dict[str, Exercise] = {}
    for module in pkgutil.iter_modules(__path__):
        for exercise in importlib.import_module(f"{__name__}.{module.name}").EXERCISES:
            if exercise.name in found:
                raise ValueError(f"two exercises are named {exercise.name!r}; rename one")
            found[exercise.name] = exercise
    return dict(sorted(found.items(), key=lambda item: item[1].notebook))


def find(name: str) -> Exercise:
    """The exercise of this name.

    Raises: ValueError when there is none, with the names that come near.
    """
    exercises = all_exercises()
    if name not in exercises:
        near = difflib.get_close_matches(name, exercises, n=3) or list(exercises)
        raise ValueError(
            f"there is no exercise {name!r}; keep the function's name as it was ({', '.join(near)})"
        )
    return exercises[name]


def of_notebook(notebook: str) -> list[Exercise]:
    """The exercises of the notebook whose name begins like this: "03" or "03_attention".

    Raises: ValueError when there is none.
    """
    found = [
        each
        for each in all_exercises().values()
        if notebook in (each.notebook, each.notebook.split("_")[0])
    ]
    if not found:
        known = sorted({each.notebook for each in all_exercises().values()})
        raise ValueError(f"no notebook {notebook!r} has exercises; these have: {', '.join(known)}")
    return found
