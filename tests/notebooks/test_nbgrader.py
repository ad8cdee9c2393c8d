"""nbgrader makes an assignment of a solved edition, and grades what comes back as our checks do."""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from aigc_lab.exercises.bank import find
from tests.notebooks.toy import course
from tools.build_notebooks import SOLVED, compose

CELLS = """
# %%
import numpy as np
from aigc_lab.exercises import check, exercise

# %%
@exercise
def causal_mask(t_q, t_k):
    ### BEGIN SOLUTION
    return np.arange(t_k) <= np.arange(t_q)[:, None] + (t_k - t_q)
    ### END SOLUTION

# %%
check(causal_mask)
"""
STUB = "# YOUR CODE HERE\n    raise NotImplementedError()"
ANSWERS = {
    "right": "return np.tri(t_q, t_k, t_k - t_q, dtype=bool)",
    "wrong": "return np.tri(t_q, t_k, dtype=bool)",
    "untouched": STUB,
}


@pytest.fixture
def scores(tmp_path_factory, monkeypatch):
    """The points of each answer, handed in as a notebook; nbgrader calls a program, alembic."""
    folder = tmp_path_factory.mktemp("class")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = f"sqlite:///{folder}/gradebook.db"
    api = NbGraderAPI(config=config)
    write(compose(course(folder / "authors", CELLS), SOLVED), folder / "source")
    assert api.generate_assignment("toy")["success"]
    handed_out = nbformat.read(folder / "release" / "toy" / "01_toy.ipynb", as_version=4)
    for learner, answer in ANSWERS.items():
        handed_in = copy.deepcopy(handed_out)
        handed_in.cells[2].source = handed_in.cells[2].source.replace(STUB, answer)
        write(handed_in, folder / "submitted" / learner)
        assert api.autograde("toy", learner)["success"]
    return {learner: api.get_submission("toy", learner) for learner in ANSWERS}


def write(notebook, folder):
    (folder / "toy").mkdir(parents=True)
    nbformat.write(notebook, folder / "toy" / "01_toy.ipynb")


def test_only_the_right_answer_gets_the_points(scores):
    points = find("causal_mask").points
    assert {learner: found["score"] for learner, found in scores.items()} == {
        "right": points,
        "wrong": 0,
        "untouched": 0,
    }
    assert {found["max_score"] for found in scores.values()} == {points}
