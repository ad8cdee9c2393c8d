"""The command line as a whole: help at once, exit codes, one line for what went wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aigc_lab import __version__
from aigc_lab.cli import app, main
from aigc_lab.core.console import Console, columns, one_line, pad
from aigc_lab.training.loop import TrainingDiverged

ROOT = Path(__file__).resolve().parents[2]
NAMES = [command.__name__.rpartition(".")[2] for command in app.COMMANDS]
HEAVY = ("torch", "transformers", "matplotlib", "numpy", "huggingface_hub")


def python(*words: str, **more) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return subprocess.Popen([sys.executable, *words], **{**pipes, "env": environment, **more})


class TestHelp:
    def test_it_is_there_at_once(self):
        start = time.perf_counter()
        process = python("-m", "aigc_lab", "--help")
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert err == ""
        assert all(name in out for name in NAMES)
        assert time.perf_counter() - start < 5  # 0.1 s on an idle machine

    def test_no_help_imports_anything_heavy(self):
        calls = "; ".join(f"main(['{name}', '--help'])" for name in NAMES)
        code = f"import sys; from aigc_lab.cli import main; {calls}"
        found = f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
        _, err = python("-c", f"{code}; {found}").communicate(timeout=30)
        assert err.strip() == "[]"

    @pytest.mark.parametrize("name", NAMES)
    def test_every_command_shows_examples(self, call, name):
        said = call(name, "--help")
        assert said.code == 0
        assert said.err == ""
        assert f"  aigc-lab {name}" in said.out
        assert all(len(line) <= 100 for line in said.out.splitlines())

    def test_without_a_command_the_help_is_shown(self, call):
        said = call()
        assert said.code == 0
        assert "aigc-lab doctor" in said.out

    def test_the_version(self, call):
        assert call("--version").out == f"aigc-lab {__version__}\n"


class TestExitCodes:
    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            (["frobnicate"], "invalid choice: 'frobnicate'"),
            (["train"], "there is nothing to learn from; give a TEXT or a --recipe"),
            (["train", "python_docs", "--step", "5"], "unrecognized arguments: --step 5"),
            (["train", "python_docs", "--preset", "huge"], "'huge' (choose from"),
            (["train", "python_docs", "--steps", "0"], "'0' is not a whole number, 1 or more"),
            (["train", "python_docs", "--steps", "many"], "'many' is not a whole number"),
            (["train", "python_docs", "--lr", "nan"], "'nan' is not a number above 0"),
            (["sample", "bundled", "a", "--top-p", "3"], "top_p=3.0 will not do"),
            (["attend", "bundled", "a", "-o", "map.doc"], "map.doc is no picture file"),
        ],
    )
    def test_wrong_usage_is_2_and_one_line(self, call, words, complaint):
        said = call(*words)
        assert said.code == 2
        assert complaint in said.complaint

    @pytest.mark.parametrize(
        "error",
        [
            ValueError("bad\nnews; do this"),
            TrainingDiverged("bad news; do this"),
            RuntimeError("bad news; do this: can't allocate memory"),
        ],
    )
    def test_a_problem_with_the_input_is_1_and_one_line(self, call, monkeypatch, error):
        monkeypatch.setattr(app.doctor, "run", fail_with(error))
        said = call("doctor")
        assert said.code == 1
        assert "bad news; do this" in said.complaint

    def test_a_fault_of_ours_is_not_hidden(self, monkeypatch):
        monkeypatch.setattr(app.doctor, "run", fail_with(ZeroDivisionError()))
        with pytest.raises(ZeroDivisionError):
            main(["doctor"])

    def test_the_place_of_an_error_can_be_asked_for(self, monkeypatch):
        monkeypatch.setenv("AIGC_LAB_DEBUG", "1")
        with pytest.raises(FileNotFoundError):
            main(["train", "nothing.txt"])

    def test_interrupted_is_130(self, call, monkeypatch):
        monkeypatch.setattr(app.doctor, "run", fail_with(KeyboardInterrupt()))
        said = call("doctor")
        assert said.code == 130
        assert said.complaint == "aigc-lab: interrupted"

    def test_a_reader_that_has_gone_is_no_error(self):
        read, write = os.pipe()
        os.close(read)
        talk = "from aigc_lab.cli import app; app.doctor.run = lambda _: print('word ' * 50_000)"
        process = python("-c", f"{talk}; raise SystemExit(app.main(['doctor']))", stdout=write)
        os.close(write)
        _, err = process.communicate(timeout=30)
        assert err == ""
        assert process.returncode == 141


class TestConsole:
    def test_json_has_stdout_for_itself(self, capsys):
        console = Console(as_json=True)
        console.say("a remark")
        console.result({"text": "中"})
        out, err = capsys.readouterr()
        assert out == '{"text": "中"}\n'
        assert err == "a remark\n"

    def test_people_get_no_json(self, capsys):
        console = Console(as_json=False)
        console.say("a remark")
        console.result({"text": "中"})
        assert capsys.readouterr() == ("a remark\n", "")

    def test_a_terminal_without_chinese_gets_ascii(self, monkeypatch):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", terminal)
        Console(as_json=True).result("中")
        terminal.flush()
        assert terminal.buffer.getvalue() == b'"\\u4e2d"\n'

    def test_text_that_a_terminal_lacks_is_no_crash(self, monkeypatch):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", terminal)
        monkeypatch.setattr(app.doctor, "run", lambda _: print("中") or 0)
        assert main(["doctor"]) == 0
        assert terminal.buffer.getvalue() == b"?\n"

    @pytest.mark.parametrize(
        ("error", "line"),
        [
            (PermissionError(13, "Permission denied", "a"), "a: Permission denied; choose a place"),
            (OSError(28, "could not write a: no space; what was there"), "could not write a: no s"),
            (OSError(5, "Input/output error"), "Input/output error; check the disk and the path"),
            (ConnectionError("no answer. Try again"), "no answer. Try again"),
            (MemoryError(), "MemoryError; choose a smaller model"),
            (ValueError("two\nlines"), "two lines"),
            (ValueError(), "ValueError"),
        ],
    )
    def test_errors_become_one_line(self, error, line):
        assert one_line(error).startswith(line)
        assert "check the disk" not in one_line(error) or isinstance(error, OSError)

    def test_no_mend_is_made_up_for_our_own_errors(self):
        assert one_line(ConnectionError("no answer. Try again")) == "no answer. Try again"

    def test_chinese_takes_two_columns(self):
        assert columns("a中") == 3
        assert pad("中", 4) == "中  "


def fail_with(error: BaseException):
    def run(_):
        raise error

    return run
