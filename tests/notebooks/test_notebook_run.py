"""The strict run of `make test` really compares outputs, and really holds notebooks to budgets."""

from __future__ import annotations

import copy
import re
import subprocess
import sys

import nbformat
import pytest

from tasks import ROOT, pytest_command
from tests.notebooks.toy import course
from tools.build_notebooks import build

CELLS = """
# %%
print("the answer is", 42)

# %%
import time

time.sleep(0.2)
print(object(), "took", 0.2 + time.time() % 1, "s at", round(time.time()), "tokens/s")
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What a strict run says of four notebooks: as built, edited by hand, slow, and heavy."""
    folder = tmp_path_factory.mktemp("course")
    build(course(folder, CELLS))
    built = nbformat.read(folder / "01_toy.ipynb", as_version=4)
    (edited, slow, heavy) = (copy.deepcopy(built) for _ in range(3))
    edited.cells[1].outputs[0].text = "the answer is 41\n"
    slow.metadata["aigc_lab"]["minutes"] = 0.001
    heavy.metadata["aigc_lab"]["memory_mb"] = 9
    notebooks = {"01_good": built, "02_edited": edited, "03_slow": slow, "04_heavy": heavy}
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    command = pytest_command()
    command = [sys.executable, *command[: command.index("tests")], "-n", "0", f"--rootdir={folder}"]
    command += [str(folder / f"{name}.ipynb") for name in notebooks]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return done.stdout


def failures(said):
    """The lines of pytest's short summary that name a failure."""
    return [line for line in said.splitlines() if line.startswith("FAILED")]


def test_an_output_that_differs_fails_its_cell_only(said):
    wrong = [line for line in failures(said) if "02_edited" in line]
    assert len(wrong) == 1
    assert "::Cell 0" in wrong[0]
    assert "the answer is 41" in said


def test_more_than_twice_the_declared_time_fails(said):
    wrong = [line for line in failures(said) if "03_slow" in line]
    assert len(wrong) == 1
    assert "::budget" in wrong[0]
    assert re.search(r"over more than 2 times its declared time: 0\.\d s of 0.06 s", said)


def test_more_than_the_declared_memory_fails(said):
    wrong = [line for line in failures(said) if "04_heavy" in line]
    assert len(wrong) == 1
    assert "::budget" in wrong[0]
    assert re.search(r"over its declared memory: .* \d\d MB of 9 MB", said)


def test_times_speeds_and_addresses_are_not_compared(said):
    assert "3 failed, 9 passed" in said
