"""The table of exercises: known mistakes, how many of them are named first, and false alarms.

    python -m tools.mistake_table            print it as markdown

It judges every known mistake and every right solution of the tests, and counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from aigc_lab.exercises.bank import all_exercises
from aigc_lab.exercises.definition import Exercise
from aigc_lab.exercises.diagnosis import RIGHT, judge
from tests.exercises.test_bank import SOLUTIONS

HEAD = "| notebook | exercise | points | mistakes | named first | right styles | false alarms |"


def row(exercise: Exercise) -> tuple[str, str, int, int, int, int, int]:
    """The counts of one exercise."""
    named = [judge(exercise, exercise.wrong(each)).mistakes[:1] for each in exercise.mistakes]
    right = [judge(exercise, solution).status == RIGHT for solution in SOLUTIONS[exercise.name]]
    firsts = sum(found == (each,) for found, each in zip(named, exercise.mistakes, strict=True))
    counts = len(exercise.mistakes), firsts, len(right), len(right) - sum(right)
    return exercise.notebook, exercise.name, exercise.points, *counts


def table(exercises: Iterable[Exercise]) -> str:
    """All rows and their sums, as markdown."""
    rows = [row(exercise) for exercise in exercises]
    sums = ["", "all", *(str(sum(column)) for column in list(zip(*rows, strict=True))[2:])]
    lines = [HEAD, "|---|---|---:|---:|---:|---:|---:|"]
    lines += [f"| {' | '.join(map(str, each))} |" for each in [*rows, sums]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(print(table(all_exercises().values())))
