"""tasks.py runs before anything is installed, so it says again what the package says: the same."""

from __future__ import annotations

import pytest

import tasks
from aigc_lab.cli import lab
from tests.architecture.project import pyproject


def test_make_lab_and_aigc_lab_lab_open_the_same_notebook():
    assert lab.FIRST.as_posix() == tasks.START_HERE


@pytest.mark.parametrize("user", [0, 1000])
def test_make_lab_and_aigc_lab_lab_start_the_same(tmp_path, monkeypatch, user):
    monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
    assert lab.command(tmp_path) == tasks.lab_command(str(tmp_path))


def test_the_oldest_python_is_the_one_that_pip_asks_for():
    assert pyproject()["requires-python"] == ">={}.{}".format(*tasks.OLDEST)
