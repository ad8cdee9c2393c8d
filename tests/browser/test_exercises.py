"""Exercises and sliders as a learner meets them: in JupyterLab, in a browser."""

from __future__ import annotations

import nbformat
import pytest

CELLS = (
    """\
import numpy as np
from aigc_lab.exercises import check, exercise, progress
from aigc_lab.viz.explore import explore

@exercise
def softmax(scores):
    raise NotImplementedError
""",
    "check(softmax)",
    'check("softmax", lambda scores: np.exp(scores) / np.exp(scores).sum())',
    'explore(lambda number: f"drawn {number}", number=[1, 2, 3])',
    'progress("02")',
)


@pytest.fixture
def notebook(tmp_path):
    """The path, for JupyterLab, of a notebook with an open exercise, a wrong one and a slider."""
    written = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(each) for each in CELLS],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    folder = tmp_path / "served" / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(written, folder / "try.ipynb")
    return "notebooks/try.ipynb"


def test_states_are_seen_and_sliders_redraw(page, run_all, notebook, pictures):
    run_all(notebook)
    page.set_default_timeout(60_000)
    page.wait_for_timeout(3000)
    page.screenshot(path=pictures / "exercises.png")
    opened = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    opened.get_by_text("○ softmax: not solved yet").first.wait_for()
    opened.get_by_text("✘ softmax: not right yet").first.wait_for()
    assert opened.get_by_text("Because:").count() == 2  # nothing shifted, and one sum for all rows
    opened.get_by_text("drawn 1").wait_for()
    opened.locator(".noUi-handle").press("ArrowRight")
    opened.get_by_text("drawn 2").wait_for()
    page.screenshot(path=pictures / "exercises.png")
