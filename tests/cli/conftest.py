"""One tiny run that the commands are tried on, and a way to call them as a terminal does."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aigc_lab.cli import main

WORDS = (
    *("the", "cat", "sat", "on", "a", "mat", "and", "saw", "two", "dogs", "run", "home", "in"),
    *("rain", "while", "birds", "sang", "old", "songs"),
)
SMALL = (
    *("--vocab-size", "300", "--block-size", "16", "--batch-size", "2"),
    *("--device", "cpu", "--precision", "float32"),
)


def prose(lines: int = 300, seed: int = 0) -> str:
    """Lines of nonsense that a tokenizer can learn from."""
    dice = random.Random(seed)
    return "".join(" ".join(dice.choices(WORDS, k=8)) + ".\n" for _ in range(lines))


@dataclass
class Said:
    """What a command left behind: its exit code and what it wrote where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("aigc-lab")
        return lines[0]


@pytest.fixture
def call(capsys):
    """Run a command in this process."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """Relative paths lead into the test's own folder, and the network is left alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AIGC_LAB_DEBUG", raising=False)
    monkeypatch.delenv("AIGC_LAB_DATA", raising=False)


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A folder with notes.txt and the run that `train` made of it; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "notes.txt").write_text(prose())
    words = ["train", str(folder / "notes.txt"), "--steps", "6", "--out", str(folder / "run")]
    assert main([*words, *SMALL]) == 0
    return folder


@pytest.fixture
def run(made, tmp_path) -> Path:
    """A copy of that run, to do anything with."""
    shutil.copy(made / "notes.txt", tmp_path / "notes.txt")
    return Path(shutil.copytree(made / "run", tmp_path / "run"))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with what it holds, to see that nothing changed."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
