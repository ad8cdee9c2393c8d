"""The progress panel: a notebook's exercises, which are solved, and the points."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aigc_lab.exercises.definition import Exercise
from aigc_lab.exercises.diagnosis import RIGHT, UNSOLVED, WRONG
from aigc_lab.exercises.result import COLOURS, MARKS, Result

WORDS = {RIGHT: "solved", WRONG: "not right yet", UNSOLVED: "not solved yet"}


@dataclass(frozen=True)
class Panel:
    """A table of exercises, shown as one."""

    exercises: Sequence[Exercise]
    results: Mapping[str, Result]

    def __str__(self) -> str:
        return "\n".join(f"{mark} {name}: {word}" for mark, name, word, _ in self._rows())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="color: {colour}">{mark}</td>'
            f'<td style="text-align: left"><code>{html.escape(name)}</code></td>'
            f'<td style="text-align: left">{html.escape(word)}</td></tr>'
            for mark, name, word, colour in self._rows()
        )
        return f"<table>{rows}</table>"

    def _rows(self) -> list[tuple[str, str, str, str]]:
        rows, points = [], 0
        for exercise in self.exercises:
            result = self.results.get(exercise.name)
            status = result.finding.status if result else UNSOLVED
            points += result.points if result else 0
            word = f"{exercise.title}, {WORDS[status]}"
            rows.append((MARKS[status], exercise.name, word, COLOURS[status]))
        of = sum(exercise.points for exercise in self.exercises)
        return [*rows, ("Σ", "points", f"{points} of {of}", COLOURS[RIGHT])]
