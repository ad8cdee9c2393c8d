"""tasks.py runs before anything is installed, so it says again what the package says: the same."""

from __future__ import annotations

import pytest

import tasks
from aigc_lab.cli import lab
from aigc_lab.core import runtime
from tests.architecture.project import pyproject


def test_make_lab_and_aigc_lab_lab_open_the_same_notebook():
    assert lab.FIRST.as_posix() == tasks.START_HERE


@pytest.mark.parametrize("user", [0, 1000])
def test_make_lab_and_aigc_lab_lab_start_the_same(tmp_path, monkeypatch, user):
    monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
    assert lab.command(tmp_path) == tasks.lab_command(str(tmp_path))


def test_both_look_for_nvidias_driver_in_the_same_places():
    assert runtime.NVIDIA_DRIVER == tasks.NVIDIA_DRIVER


@pytest.mark.parametrize("place", [None, *tasks.NVIDIA_DRIVER, "nvidia-smi"])
def test_both_see_nvidias_driver_or_neither(monkeypatch, place):
    monkeypatch.setattr("os.path.exists", lambda path: path == place)
    monkeypatch.setattr("shutil.which", lambda name: name if name == place else None)
    assert runtime.has_nvidia_driver() is tasks.has_nvidia_driver() is (place is not None)


def test_the_oldest_python_is_the_one_that_pip_asks_for():
    assert pyproject()["requires-python"] == ">={}.{}".format(*tasks.OLDEST)
