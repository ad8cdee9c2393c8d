"""tasks.py: what a newcomer meets first, and must never meet as a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

import tasks
from tests.architecture.project import ROOT


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """tasks.py in a project without an environment; installing is only written down."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tasks, "ROOT", str(tmp_path))
    monkeypatch.setattr(tasks, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(tasks, "BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(tasks, "STAMP", str(tmp_path / ".venv/aigc-lab.json"))
    done = SimpleNamespace(made=0, installed=[], folder=tmp_path)

    def make_venv():
        done.made += 1
        python = tmp_path / tasks.venv_python()
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)

    monkeypatch.setattr(tasks, "make_venv", make_venv)
    monkeypatch.setattr(tasks, "install_torch", lambda: None)
    monkeypatch.setattr(tasks, "pip", lambda *words: done.installed.append(words[-1]))
    return done


def test_an_old_python_is_refused_with_the_mend():
    with pytest.raises(tasks.Stop, match=r"needs Python 3\.10 or newer, and this is Python 3\.9"):
        tasks.require_python((3, 9, 18))


def test_a_python_that_is_new_enough_passes():
    assert tasks.require_python((3, 10, 0)) is None


def test_the_file_holds_no_syntax_that_an_old_python_cannot_read():
    import ast

    program = ast.parse((ROOT / "tasks.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    assert program.body


def test_without_venv_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tasks.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(tasks.Stop, match=r"sudo apt-get install python3-venv"):
        tasks.venv_command()


def test_without_ensurepip_virtualenv_steps_in(monkeypatch):
    found = {"venv": True, "virtualenv": True}
    monkeypatch.setattr(tasks.importlib.util, "find_spec", found.get)
    assert tasks.venv_command() == [sys.executable, "-m", "virtualenv", "--quiet"]


def test_the_second_time_installs_nothing(fresh):
    tasks.setup()
    assert fresh.installed == ["pip", "."]
    tasks.setup()
    assert fresh.installed == ["pip", "."]
    assert fresh.made == 1


def test_jupyterlab_is_told_not_to_look_for_news(fresh):
    tasks.setup()
    overrides = fresh.folder / ".venv/share/jupyter/lab/settings/overrides.json"
    told = json.loads(overrides.read_text())["@jupyterlab/apputils-extension:notification"]
    assert told == {"fetchNews": "false", "checkForUpdates": False}


def test_a_test_run_after_a_lab_adds_what_authors_need(fresh):
    tasks.setup()
    tasks.setup(tasks.AUTHORS)
    tasks.setup()
    assert fresh.installed == ["pip", ".", "pip", ".[dev,teacher]"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_installs_again_without_a_new_environment(fresh, name):
    tasks.setup()
    (fresh.folder / name).write_text("changed")
    tasks.setup()
    assert len(fresh.installed) == 4
    assert fresh.made == 1


def test_an_interrupted_installation_is_taken_up_again(fresh, monkeypatch):
    def fail(*words):
        raise tasks.Stop("no network")

    monkeypatch.setattr(tasks, "install_torch", fail)
    with pytest.raises(tasks.Stop):
        tasks.setup()
    assert tasks.installed() is None
    monkeypatch.setattr(tasks, "install_torch", lambda: None)
    tasks.setup()
    assert tasks.installed() == set()


def test_a_second_setup_beside_a_running_one_is_refused(fresh):
    with (
        tasks.only_one_setup(),
        pytest.raises(tasks.Stop, match="Another set-up is at work in this folder"),
    ):
        tasks.setup()
    assert fresh.made == 0
    tasks.setup()
    assert fresh.made == 1


def test_a_broken_environment_is_made_anew(fresh):
    tasks.setup()
    (fresh.folder / tasks.venv_python()).unlink()
    assert tasks.installed() is None
    assert not tasks.works(tasks.venv_python())


@pytest.mark.parametrize("stamp", ["", "{", "[]", '{"fingerprint": 1}'])
def test_an_unreadable_stamp_means_not_installed(fresh, stamp):
    tasks.setup()
    (fresh.folder / ".venv/aigc-lab.json").write_text(stamp)
    assert tasks.installed() is None


@pytest.mark.parametrize(
    ("names", "brings"),
    [(["torch", "nvidia-cublas"], True), (["torch", "numpy"], False), ([], False)],
)
def test_cuda_is_seen_coming(fresh, monkeypatch, names, brings):
    def report(*words):
        path = words[words.index("--report") + 1]
        items = [{"metadata": {"name": name}} for name in names]
        with open(path, "w") as file:
            json.dump({"install": items}, file)

    monkeypatch.setattr(tasks, "pip", report)
    (fresh.folder / "build").mkdir()
    assert tasks.pip_brings_cuda() is brings


@pytest.mark.parametrize(
    ("chosen", "driver", "cuda", "asked"),
    [
        ("", False, True, [("cpu",)]),  # a laptop: the ordinary build would bring CUDA
        ("", False, False, []),  # a CPU build is at hand already
        ("", True, True, []),  # a GPU machine takes the ordinary build
        ("cu130", True, True, [("cu130", "--reinstall-package", "torch")]),
    ],
)
def test_the_build_of_pytorch_fits_the_machine(monkeypatch, chosen, driver, cuda, asked):
    got = []
    monkeypatch.setenv("AIGC_LAB_TORCH", chosen)
    monkeypatch.setattr(tasks.sys, "platform", "linux")
    monkeypatch.setattr(tasks, "has_nvidia_driver", lambda: driver)
    monkeypatch.setattr(tasks, "pip_brings_cuda", lambda: cuda)
    monkeypatch.setattr(tasks, "uv_torch", lambda *words: got.append(words) or True)
    tasks.install_torch()
    assert got == asked


def test_a_task_that_is_not_there_is_named():
    done = subprocess.run(
        [sys.executable, ROOT / "tasks.py", "dance"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "invalid choice: 'dance'" in done.stderr
    assert "Traceback" not in done.stderr


def test_make_test_fails_when_one_step_fails(monkeypatch, capsys):
    codes = {"format": 1}
    monkeypatch.setattr(tasks, "setup", lambda extras: None)
    monkeypatch.setattr(
        tasks, "python", lambda *words, env: max(codes.get(word, 0) for word in words)
    )
    assert tasks.test([]) == 1
    assert "FAILED in: ruff format" in capsys.readouterr().out
    codes.clear()
    assert tasks.test([]) == 0


def test_a_solved_notebook_without_exercises_is_not_run_twice(fresh):
    solved = fresh.folder / "notebooks/solutions"
    solved.mkdir(parents=True)
    for name, twin in (("01_same", "a"), ("02_other", "b")):
        (fresh.folder / f"notebooks/{name}.ipynb").write_text("a")
        (solved / f"{name}.ipynb").write_text(twin)
    command = tasks.pytest_command()
    assert [word for word in command if word.endswith(".ipynb")] == [
        "notebooks/01_same.ipynb",
        "notebooks/02_other.ipynb",
        "notebooks/solutions/02_other.ipynb",
    ]
