"""The builder: two editions from one source, stored executed, and provably in step."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from aigc_lab.viz.explore import WIDGET
from tests.notebooks.toy import EXERCISE, HEADER, course
from tools import build_notebooks
from tools.build_notebooks import (
    LEARNER,
    SOLVED,
    build,
    compose,
    edition_path,
    execute,
    problems,
    settle,
)

PICTURE = """
# %%
import ipywidgets
import matplotlib.pyplot as plt

plt.plot([3, 1, 2])
plt.show()

# %%
ipywidgets.IntSlider(3)
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A toy course, built."""
    folder = tmp_path_factory.mktemp("notebooks")
    build(course(folder))
    return folder


def edit(path, change):
    """Change a stored notebook in place."""
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_the_learner_gets_a_stub_and_no_hidden_test(tmp_path):
    notebook = compose(course(tmp_path), LEARNER)
    assert [cell.source for cell in notebook.cells] == [
        "# 01 · A toy",
        "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        'print("checking")',
    ]


def test_the_solved_edition_keeps_both_with_the_same_ids_and_metadata(tmp_path):
    source = course(tmp_path)
    learner, solved = compose(source, LEARNER), compose(source, SOLVED)
    assert "return 2 * x" in solved.cells[1].source
    assert "assert double(21) == 42" in solved.cells[2].source
    assert [cell.id for cell in solved.cells] == ["01_toy-00", "01_toy-01", "01_toy-02"]
    assert [cell.id for cell in solved.cells] == [cell.id for cell in learner.cells]
    assert [cell.metadata for cell in solved.cells] == [cell.metadata for cell in learner.cells]
    assert solved.cells[1].metadata.tags == ["exercise"]
    assert solved.cells[1].metadata.nbgrader.grade_id == "double"


def test_a_solution_outside_a_solution_cell_is_refused(tmp_path):
    cells = "\n# %%\n### BEGIN SOLUTION\n1\n### END SOLUTION\n"
    with pytest.raises(RuntimeError, match="non-solution cell"):
        compose(course(tmp_path, cells), LEARNER)


def test_a_broken_budget_is_told_and_the_notebook_stored_all_the_same(tmp_path, capsys):
    tight = HEADER.replace("memory_mb: 900", "memory_mb: 9")
    assert build(course(tmp_path, header=tight)) is False
    assert "over its declared memory" in capsys.readouterr().out
    assert edition_path(tmp_path / "source" / "01_toy.py", SOLVED).exists()


def test_a_source_without_a_budget_is_refused(tmp_path):
    source = course(tmp_path, header="# %% [markdown]\n# # 01 · A toy\n")
    with pytest.raises(ValueError, match=r"declares the budget None; .* must hold"):
        compose(source, LEARNER)


def test_building_twice_gives_the_same_bytes(tmp_path):
    source = course(tmp_path, PICTURE)
    stored = []
    for _ in range(2):
        build(source)
        stored.append((tmp_path / "01_toy.ipynb").read_bytes())
    assert stored[0] == stored[1]
    assert b"image/png" in stored[0]
    assert (tmp_path / "solutions/01_toy.ipynb").read_bytes() == stored[0]


def test_a_failing_cell_stores_nothing(tmp_path):
    source = course(tmp_path, "\n# %%\n1 / 0\n")
    with pytest.raises(Exception, match="division by zero"):
        build(source)
    assert not (tmp_path / "01_toy.ipynb").exists()


def test_a_solution_that_fails_stores_nothing_either(tmp_path):
    build(course(tmp_path))
    stored = {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")}
    assert len(stored) == 2
    source = course(tmp_path, EXERCISE.replace("== 42", "== 43") + "\n# %%\nprint('new')\n")
    with pytest.raises(CellExecutionError):
        build(source)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")} == stored


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 / 0", "division by zero"),
        ("import os; os._exit(1)", "Kernel died"),
        ("while True: pass", "timed out"),
    ],
)
def test_whatever_ends_a_build_is_told_in_words(tmp_path, monkeypatch, capsys, cell, told):
    source = course(tmp_path, f"\n# %%\n{cell}\n")
    monkeypatch.setattr(build_notebooks, "sources", lambda: [source])
    monkeypatch.setattr(build_notebooks, "CELL_TIMEOUT_S", 1)
    monkeypatch.setattr(build_notebooks, "test_environment", dict)
    assert build_notebooks.main(["01_toy"]) == 1
    assert re.search(
        rf"01_toy was not stored: a cell failed.*{told}", capsys.readouterr().out, re.S
    )


def test_a_check_looks_at_the_named_notebooks_only(tmp_path):
    course(tmp_path)
    course(tmp_path, name="02_other")
    (tmp_path / "03_lost.ipynb").touch()
    missing = ["02_other.ipynb is not built", "solutions/02_other.ipynb is not built"]
    assert problems(tmp_path, ["02_other"]) == missing
    assert len(problems(tmp_path)) == 5


def test_the_command_checks_what_it_is_asked_to(monkeypatch, capsys):
    looked_at = []
    monkeypatch.setattr(build_notebooks, "problems", lambda names: looked_at.append(names) or [])
    assert build_notebooks.main(["--check", "03_attention"]) == 0
    assert looked_at == [["03_attention"]]
    assert re.match(r"1 of \d+ sources", capsys.readouterr().out)


def test_an_announced_error_is_stored_without_paths(tmp_path):
    notebook = compose(course(tmp_path, '\n# %% tags=["raises-exception"]\n1 / 0\n'), LEARNER)
    execute(notebook, tmp_path)
    assert notebook.cells[1].outputs[0].traceback == ["ZeroDivisionError: division by zero"]


def test_widget_ids_become_small_numbers():
    view = {WIDGET: {"model_id": "c0ffee"}}
    output = nbformat.v4.new_output("display_data", data=view)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    settle(notebook)
    data = notebook.cells[0].outputs[0].data[WIDGET]
    assert data["model_id"] == "0" * 32


def test_progress_bars_are_not_stored_and_other_widgets_are():
    texts = ["training:   0%|          | 0/400 [00:00<?, ?step/s]", "IntSlider(value=3)"]
    outputs = [
        nbformat.v4.new_output(
            "display_data", data={WIDGET: {"model_id": "c0ffee"}, "text/plain": text}
        )
        for text in texts
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
    settle(notebook)
    assert [output.data["text/plain"] for output in notebook.cells[0].outputs] == texts[1:]


def test_a_built_course_is_in_step(toy):
    assert problems(toy) == []


def change_source(notebook):
    notebook.cells[2].source += "\n# edited by hand"


def change_id(notebook):
    notebook.cells[1].id = "other"


def drop_tags(notebook):
    del notebook.cells[1].metadata["tags"]


def drop_count(notebook):
    notebook.cells[2].execution_count = None


def add_cell(notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("more"))


def add_error(notebook):
    error = nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
    notebook.cells[2].outputs.append(error)


def raise_budget(notebook):
    notebook.metadata["aigc_lab"]["minutes"] = 2


def grow(notebook):
    output = nbformat.v4.new_output("stream", text="x" * 2_000_000)
    notebook.cells[2].outputs.append(output)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_source, "cell 2: its source differs"),
        (change_id, "cell 1: its id differs"),
        (drop_tags, "cell 1: its metadata differs"),
        (drop_count, r"execution counts are \[1, None\], not 1 to 2"),
        (add_cell, "4 cells, but 3 in the source"),
        (add_error, "cell 2: it is stored with an error"),
        (raise_budget, "the notebook's metadata differs"),
        (grow, r"has 2,\d+,\d+ bytes; at most 2,000,000"),
    ],
)
@pytest.mark.parametrize("edition", ["01_toy.ipynb", "solutions/01_toy.ipynb"])
def test_whatever_is_out_of_step_is_named(toy, edition, change, message):
    path = toy / edition
    before = path.read_bytes()
    edit(path, change)
    found = problems(toy)
    path.write_bytes(before)
    assert len(found) == 1
    assert found[0].startswith(edition)
    assert re.search(message, found[0])


def test_a_notebook_that_is_missing_or_too_many_is_named(tmp_path):
    source = course(tmp_path, "", HEADER)
    build(source)
    (tmp_path / "solutions/01_toy.ipynb").rename(tmp_path / "02_lost.ipynb")
    assert problems(tmp_path) == [
        "solutions/01_toy.ipynb is not built",
        "02_lost.ipynb has no source",
    ]
