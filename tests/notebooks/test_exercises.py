"""Every exercise of the bank stands in its notebook, open for the learner and solved beside it."""

import re

import nbformat
import pytest

from aigc_lab.exercises.bank import all_exercises
from aigc_lab.exercises.diagnosis import UNSOLVED, judge
from tools.build_notebooks import NOTEBOOKS

FEWEST = 3  # exercises in a notebook that has any
EXERCISES = all_exercises()
each_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def cells(path):
    return nbformat.read(path, as_version=4).cells


def attempt_cell(exercise, folder):
    start = f"@exercise\ndef {exercise.name}("
    found = [cell for cell in cells(folder / f"{exercise.notebook}.ipynb") if start in cell.source]
    assert len(found) == 1
    return found[0]


@each_exercise
def test_the_stub_fails_its_own_check(exercise):
    source = attempt_cell(exercise, NOTEBOOKS).source
    bare = source[source.index("def ") :]
    namespace = {}
    exec(f"from __future__ import annotations\n{bare}", namespace)  # noqa: S102 (our own notebook)
    assert judge(exercise, namespace[exercise.name]).status == UNSOLVED


@each_exercise
def test_the_solved_edition_is_stored_with_a_passed_check(exercise):
    solved = NOTEBOOKS / "solutions"
    assert "NotImplementedError" not in attempt_cell(exercise, solved).source
    marks = [
        output.data["text/plain"].split(" (")[0]
        for cell in cells(solved / f"{exercise.notebook}.ipynb")
        if cell.source.endswith(f"\ncheck({exercise.name})")
        for output in cell.outputs
    ]
    assert marks == [f"✔ {exercise.name}: right"]


@each_exercise
def test_the_text_before_it_is_a_turn_of_the_readers(exercise):
    notebook = cells(NOTEBOOKS / f"{exercise.notebook}.ipynb")
    at = notebook.index(attempt_cell(exercise, NOTEBOOKS))
    prose = [cell.source for cell in notebook[:at] if cell.cell_type == "markdown"]
    assert re.search(r"^#+ Your turn", prose[-1], re.MULTILINE), prose[-1][:200]


@pytest.mark.parametrize("name", sorted({each.notebook for each in EXERCISES.values()}))
def test_a_notebook_with_exercises_has_all_that_such_a_notebook_has(name):
    notebook = cells(NOTEBOOKS / f"{name}.ipynb")
    source = "\n".join(cell.source for cell in notebook)
    own = [exercise for exercise in EXERCISES.values() if exercise.notebook == name]
    assert len(own) >= FEWEST
    assert source.count("@exercise\n") == len(own)
    for part in (
        f'progress("{name[:2]}")',
        "explore(",
        "<details>",
        "Take it further",
        "Claim check",
    ):
        assert part in source, part


def test_the_bank_is_as_rich_as_promised():
    assert len(EXERCISES) >= 18
    assert sum(len(exercise.mistakes) for exercise in EXERCISES.values()) >= 80
