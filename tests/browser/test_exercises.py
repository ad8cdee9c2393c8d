"""Exercises and sliders as a learner meets them: in JupyterLab, in a browser."""

from __future__ import annotations

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


def test_states_are_seen_and_sliders_redraw(page, run_all, write_notebook, pictures):
    run_all(write_notebook(CELLS))
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
