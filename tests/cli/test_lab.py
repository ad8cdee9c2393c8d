"""`lab`: JupyterLab on the first notebook, and its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_lab.cli import lab


@pytest.fixture
def started(monkeypatch):
    """What would have been started, and where."""
    calls = []

    def call(words):
        calls.append(words)
        os.kill(os.getpid(), signal.SIGINT)  # which JupyterLab, not we, answers
        return 7

    monkeypatch.setattr(subprocess, "call", call)
    return calls


@pytest.fixture
def course(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_start_here.ipynb").write_text("{}")
    return tmp_path


def test_it_opens_the_first_notebook_where_we_stand(call, started, course):
    assert call("lab").code == 7  # JupyterLab's own
    (words,) = started
    assert words[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={course}" in words
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in words
    assert "--no-browser" not in words


def test_ended_by_a_signal(call, course, monkeypatch):
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: -15)
    assert call("lab").code == 143
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_elsewhere_it_opens_the_checkout(call, started):
    call("lab")
    checkout = Path(lab.__file__).resolve().parents[2]
    assert f"--ServerApp.root_dir={checkout}" in started[0]


def test_without_a_browser_and_on_a_port(call, started, course):
    call("lab", "--no-browser", "--port", "9000")
    assert {"--no-browser", "--port=9000"} <= set(started[0])


def test_without_jupyterlab(call, started, course, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    said = call("lab")
    assert said.code == 1
    assert "JupyterLab is not installed; run pip install jupyterlab" in said.complaint
    assert started == []


def test_without_notebooks(call, started, monkeypatch):
    monkeypatch.setattr(lab, "FIRST", Path("notebooks") / "not_there.ipynb")
    said = call("lab")
    assert said.code == 1
    assert "go to the folder of the course" in said.complaint
