"""Notebooks 09 and 10 as a learner meets them: run from top to bottom in JupyterLab, then moved."""

from __future__ import annotations

import pytest

# What an expression is worth in the notebook's own Python, once all its cells have run.
ASK = """async expression => {
    const panel = window.jupyterapp.shell.currentWidget;
    const asked = {code: "", user_expressions: {answer: expression}};
    const reply = await panel.sessionContext.session.kernel.requestExecute(asked).done;
    const answer = reply.content.user_expressions.answer;
    return answer.data ? answer.data["text/plain"] : `${answer.ename}: ${answer.evalue}`;
}"""
DO = """async code => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.sessionContext.session.kernel.requestExecute({code}).done;
}"""
OPENED = ".jp-NotebookPanel:not(.lm-mod-hidden)"


@pytest.fixture
def troubles(page):
    """What goes wrong in the browser, and what it asks other machines for."""
    found = []
    listeners = {
        "pageerror": lambda error: found.append(f"error: {error}"),
        "request": lambda request: found.extend(elsewhere(request.url)),
        "response": lambda answer: found.extend(failed(answer)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield found
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


def elsewhere(url):
    return [f"asked for {url}"] if url.startswith("http") and "//localhost:" not in url else []


def failed(answer):
    return [f"{answer.status}: {answer.url}"] if answer.status >= 400 else []


@pytest.fixture
def run_through(page, run_all):
    """Run a notebook; every cell has run, in order, and none ended in an error."""

    def run(path):
        notebook = run_all(path)
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        outputs = [output for cell in code for output in cell["outputs"]]
        assert outputs
        assert [output for output in outputs if output["output_type"] == "error"] == []
        page.set_default_timeout(60_000)
        return page.locator(OPENED)

    return run


def test_notebook_09_compares_and_its_dials_answer(page, run_through, troubles, pictures):
    opened = run_through("notebooks/09_pretrained_gpt2.ipynb")
    panel = opened.locator(".nt-panel")
    panel.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "notebook-09.png")

    before = panel.locator(".nt-column").first.inner_text()
    panel.get_by_label("temperature").press("Home")  # 0: greedy
    panel.get_by_text("can be drawn: 1 of").first.wait_for()
    panel.locator(".nt-field").fill("The function returns")
    panel.get_by_label("top-p").press("ArrowLeft")
    page.wait_for_function("document.querySelector('.nt-value').textContent === '0.00'")
    page.wait_for_timeout(2000)
    assert panel.locator(".nt-column").first.inner_text() != before
    panel.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "notebook-09-panel.png")
    assert troubles == []


def test_notebook_10_travels_in_time_and_python_sees_it(page, run_through, troubles, pictures):
    opened = run_through("notebooks/10_attention_maps.ipynb")
    machine = opened.locator(".aigc-explorer", has=page.locator("input[type=range]"))
    machine.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "notebook-10-time-machine.png")
    last = int(page.evaluate(ASK, "machine.scene"))
    drawn = machine.locator(".ax-picture canvas").screenshot()

    machine.locator("input[type=range]").press("Home")
    page.wait_for_timeout(2000)
    assert last > 0
    assert page.evaluate(ASK, "machine.scene") == "0"
    assert machine.locator(".ax-picture canvas").screenshot() != drawn

    page.evaluate(DO, "machine.layer, machine.head = 0, 1")
    machine.get_by_text("Layer 0 · head 1").wait_for()
    machine.get_by_text("Arcs", exact=True).click()
    page.wait_for_timeout(2000)
    assert page.evaluate(ASK, "machine.view") == "'arcs'"
    page.screenshot(path=pictures / "notebook-10-arcs.png")

    other = opened.locator(".aigc-explorer").first
    assert other.locator(".ax-name").inner_text() != "Layer 0 · head 1"  # each has its own
    assert troubles == []
