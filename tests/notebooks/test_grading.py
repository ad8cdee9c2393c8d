"""Two short cells of an author become what nbgrader needs, with points from the bank."""

import nbformat
import pytest

from tests.exercises.toy import TOY
from tests.notebooks.toy import course
from tools.build_notebooks import LEARNER, SOLVED, compose

ATTEMPT = """
# %%
@exercise
def softmax(scores):
    ### BEGIN SOLUTION
    return scores
    ### END SOLUTION
"""
CHECK = """
# %%
check(softmax)
"""


@pytest.fixture(autouse=True)
def bank(monkeypatch):
    monkeypatch.setattr("aigc_lab.exercises.bank.all_exercises", lambda: {"softmax": TOY})


def test_the_learner_gets_a_stub_and_an_open_check(tmp_path):
    notebook = compose(course(tmp_path, ATTEMPT + CHECK), LEARNER)
    nbformat.validate(notebook)
    _, attempt, check = notebook.cells
    assert "raise NotImplementedError()" in attempt.source
    assert "return scores" not in attempt.source
    assert check.source == "check(softmax)"
    assert attempt.metadata.nbgrader.solution
    assert check.metadata.nbgrader.points == TOY.points
    assert check.metadata.nbgrader.locked


def test_the_solved_edition_requires_the_exercise_to_be_right(tmp_path):
    _, attempt, check = compose(course(tmp_path, ATTEMPT + CHECK), SOLVED).cells
    assert "return scores" in attempt.source
    assert check.source.splitlines() == [
        "### BEGIN HIDDEN TESTS",
        "check(softmax).require()",
        "### END HIDDEN TESTS",
        "check(softmax)",
    ]


@pytest.mark.parametrize("cells", [ATTEMPT, CHECK, CHECK + ATTEMPT + ATTEMPT])
def test_an_exercise_and_its_check_go_together(tmp_path, cells):
    with pytest.raises(ValueError, match="write one cell with @exercise"):
        compose(course(tmp_path, cells), SOLVED)


def test_an_exercise_that_is_not_in_the_bank_is_refused(tmp_path):
    cells = (ATTEMPT + CHECK).replace("softmax", "soft_max")
    with pytest.raises(ValueError, match="there is no exercise 'soft_max'"):
        compose(course(tmp_path, cells), LEARNER)
