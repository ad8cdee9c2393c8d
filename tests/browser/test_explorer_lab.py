"""The explorer in a notebook: what is clicked Python sees, and what Python sets is drawn."""

from __future__ import annotations

CELLS = (
    """\
import ipywidgets
import numpy as np
from aigc_lab.viz.explorer import Explorer, Scene

weights = np.tri(7) / np.arange(1, 8)[:, None]  # every query looks at all before it alike
tokens = tuple(b"The fox saw the red lantern".split()) + ("狐狸".encode(),)
explorer = Explorer(Scene("alike", tokens, np.broadcast_to(weights, (2, 3, 7, 7))))
explorer.show()
""",
    """\
seen = ipywidgets.Label("nothing seen")

def look(change):
    seen.value = f"Python sees {explorer.selection}"

explorer.observe(look, names=["view", "layer", "head", "query"])
button = ipywidgets.Button(description="Let Python choose")

def choose(_):
    explorer.layer, explorer.head, explorer.query = 1, 2, 6

button.on_click(choose)
ipywidgets.VBox([seen, button])
""",
)


def test_python_and_the_picture_follow_each_other(page, run_all, write_notebook, pictures):
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    run_all(write_notebook(CELLS))
    page.set_default_timeout(60_000)
    opened = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    explorer = opened.locator(".aigc-explorer")
    explorer.locator(".ax-token").nth(4).click()
    told = "Python sees {'view': 'map', 'scene': 0, 'layer': 0, 'head': 0, 'query': 4}"
    opened.get_by_text(told).wait_for()

    for key in "mbh":  # in a notebook m would make text of the cell, and b add one below
        page.keyboard.press(key)
    page.keyboard.press("a")
    told = "Python sees {'view': 'arcs', 'scene': 0, 'layer': 0, 'head': 1, 'query': 4}"
    opened.get_by_text(told).wait_for()
    assert opened.locator(".jp-CodeCell").count() == len(CELLS)

    opened.get_by_role("button", name="Let Python choose").click()
    explorer.get_by_text("Layer 1 · head 2").wait_for()
    explorer.get_by_text("Where 狐狸 looks").wait_for()
    assert explorer.get_attribute("data-theme") == "light"  # as JupyterLab's
    explorer.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.screenshot(path=pictures / "explorer-lab.png")
    assert troubles == []


def test_a_cell_that_is_run_again_lets_go_of_its_first_explorer(page, run_all, write_notebook):
    counting = """\
import gc
from ipywidgets.widgets.widget import _instances
gc.collect()
print("open now:", sum(type(each).__name__ == "Explorer" for each in _instances.values()))
"""
    run_all(write_notebook([CELLS[0], counting]))
    page.set_default_timeout(60_000)
    opened = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    cells = opened.locator(".jp-CodeCell")
    opened.get_by_text("open now: 1").wait_for()
    cells.nth(0).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    opened.get_by_text("[4]:").wait_for()
    assert cells.nth(1).locator(".jp-OutputArea-output").inner_text().strip() == "open now: 1"
    opened.locator(".aigc-explorer .ax-token").nth(4).click()  # the new one is alive
    opened.get_by_text("Where red looks").wait_for()
