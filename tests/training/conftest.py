"""What the tests of named recipes share."""

from __future__ import annotations

import pytest

from aigc_lab.training.recipes import RECIPES
from tests.cli.conftest import prose
from tests.training.tiny_recipe import TEXT, caller, tiny_recipe


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """The command `python -m aigc_lab.training`, in a folder with notes.txt and no network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AIGC_LAB_DEBUG", raising=False)
    monkeypatch.delenv("AIGC_LAB_DATA", raising=False)
    monkeypatch.setitem(RECIPES, "tiny", tiny_recipe())
    (tmp_path / TEXT).write_text(prose())
    return caller(capsys)
