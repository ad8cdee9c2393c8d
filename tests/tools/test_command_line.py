"""How the tools are asked for: help is help, and nothing starts by mistake."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from tools.command_line import words

TOOLS = Path(__file__).resolve().parents[2] / "tools"
CAREFUL = (
    *("train_bundled", "train_chat", "prefer_chat", "practise_bundled"),
    *("export_chat", "export_bundled"),
    *("record_gpt2_tokens", "record_gpu", "draw_readme"),
)
ABOUT = "What it does.\n\n    python -m tools.it FOLDER\n"


def test_the_words_are_handed_on(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["it", "one", "two"])
    assert words(ABOUT, 1, 2) == ["one", "two"]


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_is_no_mistake(monkeypatch, capsys, word):
    monkeypatch.setattr(sys, "argv", ["it", word])
    with pytest.raises(SystemExit) as stop:
        words(ABOUT, 1)
    assert not stop.value.code
    assert capsys.readouterr().out == ABOUT


@pytest.mark.parametrize("given", [[], ["one", "two"], ["-x"], ["one", "--steps"]])
def test_what_does_not_fit_is_answered_by_the_usage(monkeypatch, given):
    monkeypatch.setattr(sys, "argv", ["it", *given])
    with pytest.raises(SystemExit) as stop:
        words(ABOUT, 1)
    assert stop.value.code == ABOUT


@pytest.mark.parametrize("name", CAREFUL)
def test_every_careful_tool_has_help(monkeypatch, capsys, tmp_path, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(TOOLS / f"{name}.py"), run_name="__main__")
    assert not stop.value.code
    assert f"    python -m tools.{name}" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
