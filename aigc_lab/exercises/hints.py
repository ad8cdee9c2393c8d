"""Hints in three steps: a push, a plan, nearly the solution."""

from __future__ import annotations

import html
from dataclasses import dataclass

from aigc_lab.exercises.definition import Exercise

LEVELS = 3


@dataclass(frozen=True)
class Hint:
    """One hint, shown as text."""

    level: int
    text: str

    def __str__(self) -> str:
        return f"Hint {self.level} of {LEVELS}: {self.text}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = f"<b>Hint {self.level} of {LEVELS}</b>"
        style = "max-width: 50em; white-space: pre-wrap"
        return f'<div style="{style}">{head}\n{html.escape(self.text)}</div>'


def next_hint(exercise: Exercise, seen: int, level: int | None) -> Hint:
    """The hint of a level, or the one after the `seen` first ones; the last comes again.

    Raises: ValueError for a level outside 1 to 3.
    """
    if level is None:
        level = min(seen + 1, LEVELS)
    if level not in range(1, LEVELS + 1):
        raise ValueError(f"hint level {level!r}: there are hints 1 to {LEVELS}")
    return Hint(level, exercise.hints[level - 1])
