"""The first notebook as a learner meets it: in JupyterLab, in a browser, from top to bottom."""

from __future__ import annotations

from tasks import START_HERE


def test_the_first_notebook_runs_in_jupyterlab(page, run_all, pictures):
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url))
    notebook = run_all(START_HERE)

    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert outputs

    page.wait_for_timeout(1000)  # the last picture is still being drawn
    page.screenshot(path=pictures / "start_here.png")
    asked = [url for url in elsewhere if url.startswith("http") and "//localhost:" not in url]
    assert asked == []
