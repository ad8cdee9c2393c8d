"""The course as it is stored: in step with its sources, within budget, free of machine traces."""

from __future__ import annotations

import json
import re

import nbformat
import pytest

from tools.budgets import Budget
from tools.build_notebooks import LEARNER, NOTEBOOKS, edition_path, problems, sources

COURSE_MINUTES = 20
STORED = sorted([*NOTEBOOKS.glob("*.ipynb"), *NOTEBOOKS.glob("solutions/*.ipynb")])
each_notebook = pytest.mark.parametrize(
    "path", STORED, ids=lambda path: str(path.relative_to(NOTEBOOKS))
)


def stored_outputs(path):
    """Every output of a notebook but its pictures, as text."""
    outputs = []
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts = {kind: data[kind] for kind in data if not kind.startswith("image/")}
            outputs.append(json.dumps({**output, "data": texts}, ensure_ascii=False))
    return outputs


def test_sources_and_notebooks_are_in_step():
    assert problems() == []


def test_the_course_is_there():
    assert len(STORED) == 2 * len(sources()) > 0


def test_the_whole_course_fits_its_time():
    learners = [edition_path(source, LEARNER) for source in sources()]
    budgets = [Budget.of(nbformat.read(path, as_version=4).metadata) for path in learners]
    assert sum(budget.minutes for budget in budgets) <= COURSE_MINUTES


@each_notebook
def test_it_opens_with_its_number_and_topic(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert re.match(rf"# {path.stem[:2]} · \w", first.source)


@each_notebook
def test_no_cell_is_empty(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [number for number, cell in enumerate(cells) if not cell.source.strip()] == []


@each_notebook
def test_no_output_holds_a_path_or_an_address_of_the_machine(path):
    traces = re.compile(r"/(home|Users|root|tmp|w[o]rk)/|[A-Z]:\\|site-packages|\bat 0x[0-9a-f]+")
    assert [output for output in stored_outputs(path) if traces.search(output)] == []


@each_notebook
def test_nothing_is_loaded_from_elsewhere(path):
    loads = re.compile(r"<(script|img|link|iframe)[^>]*(https?:)?//", re.IGNORECASE)
    cells = nbformat.read(path, as_version=4).cells
    texts = [*stored_outputs(path), *(cell.source for cell in cells)]
    assert [text for text in texts if loads.search(text)] == []


@pytest.mark.parametrize("edition", ["", "solutions/"])
def test_the_live_run_came_within_its_15_percent_of_the_floor(edition):
    outputs = stored_outputs(NOTEBOOKS / f"{edition}06_training.ipynb")
    assert any("within 15% of the floor: True" in output for output in outputs)
