"""What a check says, as plain text and as a coloured box."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

from aigc_lab.exercises.definition import Exercise
from aigc_lab.exercises.diagnosis import RIGHT, UNSOLVED, WRONG, Finding

MARKS = {RIGHT: "✔", WRONG: "✘", UNSOLVED: "○"}
COLOURS = {RIGHT: "#009E73", WRONG: "#D55E00", UNSOLVED: "#595959"}
BOX = (
    "border-left: 4px solid {colour}; padding: 0.3em 0.8em; margin: 0.2em 0; "
    "max-width: 50em; white-space: pre-wrap"
)


@dataclass(frozen=True)
class Result:
    """The outcome of a check; a notebook shows it as a box, a terminal as text."""

    exercise: Exercise
    finding: Finding

    @property
    def right(self) -> bool:
        """Whether the exercise is solved."""
        return self.finding.status == RIGHT

    @property
    def points(self) -> int:
        """The exercise's points when it is solved, otherwise 0."""
        return self.exercise.points if self.right else 0

    def require(self) -> Result:
        """Itself when the exercise is solved.

        Raises: AssertionError with the whole diagnosis otherwise.
        """
        if not self.right:
            raise AssertionError(str(self))
        return self

    def __str__(self) -> str:
        head, *rest = _lines(self)
        lines = [f"   {label + ': ' if label else ''}{text}" for label, text in rest]
        return "\n".join([f"{MARKS[self.finding.status]} {head[1]}", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        status = self.finding.status
        head, *rest = _lines(self)
        colour = COLOURS[status]
        lines = [f'<b style="color: {colour}">{MARKS[status]} {html.escape(head[1])}</b>']
        for label, text in rest:
            name = f"<b>{label}:</b> " if label else ""
            lines.append(name + html.escape(text))
        return f'<div style="{BOX.format(colour=colour)}">' + "\n".join(lines) + "</div>"


Line = tuple[str, str]  # a label, or nothing, and what stands behind it


def _lines(result: Result) -> Iterator[Line]:
    exercise, finding = result.exercise, result.finding
    if finding.status == UNSOLVED:
        yield "", f"{exercise.name}: not solved yet; until then the course's own version stands in"
        return
    if finding.status == RIGHT:
        yield "", f"{exercise.name}: right ({exercise.points} of {exercise.points} points)"
        yield from (("Note", f"{note}.") for note in finding.notes)
        return
    yield "", f"{exercise.name}: not right yet"
    yield from _diagnosis(finding)
    yield "More help", f"hint({exercise.name})"


def _diagnosis(finding: Finding) -> Iterator[Line]:
    if len(finding.mistakes) == 2:
        yield "", "Two things at once behave just like this."
    for mistake in finding.mistakes:
        yield "What happens", f"{mistake.symptom}."
        yield "Because", f"{mistake.diagnosis}."
        yield "Think", mistake.hint
    if finding.law:
        yield "A sign", f"{finding.law}."
    where = f"on the probe “{finding.probe}” " if finding.probe else ""
    yield "Seen", f"{where}{finding.problem}{'' if finding.problem.endswith('?') else '.'}"
    if finding.yours:
        yield "   yours", finding.yours
        yield "   right", finding.expected
    yield from (("Note", f"{note}.") for note in finding.notes)
