"""The texts that commands name: a long file is read in pieces, and split as a short one is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.training import texts
from tests.cli.conftest import SMALL, prose

TOKENIZERS = [BPETokenizer.train(prose(30), 300), CharTokenizer.train(prose(), [END_OF_TEXT])]


@pytest.fixture
def both(tmp_path, monkeypatch):
    """One file as a text in memory and as a long one."""
    (tmp_path / "notes.txt").write_text(prose(), encoding="utf-8")
    short = texts.load_text("notes.txt")
    monkeypatch.setattr("aigc_lab.training.texts.LONG_FILE", 1000)
    return short, texts.load_text("notes.txt")


def test_a_long_file_is_split_as_a_short_one(both):
    short, long = both
    assert isinstance(short.learn, list)
    assert not isinstance(long.learn, list)
    assert ["".join(long.learn)] == short.learn
    assert long.held_out == short.held_out
    for field in ("name", "source", "licence", "sha256", "marked"):
        assert getattr(long, field) == getattr(short, field)
    assert texts.size(long.learn) == texts.size(short.learn)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=["bpe", "characters"])
def test_its_ids_are_the_same_and_stay_on_the_disk(both, tokenizer):
    ids, long_ids = (texts.ids_to_learn(text, tokenizer) for text in both)
    assert not isinstance(ids, np.memmap)
    assert isinstance(long_ids, np.memmap)
    assert long_ids.tolist() == ids.tolist()


def test_a_run_that_goes_on_finds_the_ids_again(both, monkeypatch):
    _, long = both
    first = texts.ids_to_learn(long, TOKENIZERS[0]).tolist()
    assert len(list(Path("cache").iterdir())) == 1
    other = texts.ids_to_learn(long, TOKENIZERS[1]).tolist()
    assert other != first
    assert len(list(Path("cache").iterdir())) == 2
    monkeypatch.setattr("aigc_lab.text.token_ids.encode_to_file", None)
    assert texts.ids_to_learn(long, TOKENIZERS[0]).tolist() == first


def test_training_on_a_long_file_holds_out_the_same_end(both, call):
    short, _ = both
    said = call("train", "notes.txt", "--steps", "2", *SMALL, "--out", "run")
    assert said.code == 0
    assert json.loads(Path("run/held_out.json").read_text(encoding="utf-8")) == short.held_out


def test_no_more_is_held_out_than_a_score_needs(monkeypatch):
    monkeypatch.setattr("aigc_lab.training.texts.LONGEST_HELD_OUT", 500)
    learn, held_out = texts.split([prose()])
    assert learn[0] + held_out[0] == prose()
    assert 400 < len(held_out[0]) <= 500


@pytest.mark.parametrize("end", ["", "\n", " \n\n"])
def test_of_one_line_a_tenth_is_held_out(tmp_path, monkeypatch, end):
    line = "一二三 four words " * 999
    (tmp_path / "line.txt").write_text(f"first\n{line}{end}", encoding="utf-8")
    for long_file in (texts.LONG_FILE, 1000):
        monkeypatch.setattr("aigc_lab.training.texts.LONG_FILE", long_file)
        text = texts.load_text("line.txt")
        learn, (held_out,) = "".join(text.learn), text.held_out
        assert learn + held_out == f"first\n{line}{end}"
        assert len(held_out) == pytest.approx(0.1 * len(line), rel=0.01)


def test_a_long_file_that_ends_in_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("aigc_lab.training.texts.LONG_FILE", 1000)
    (tmp_path / "notes.txt").write_text(prose() + " \n" * len(prose()))
    with pytest.raises(ValueError, match=r"notes\.txt ends with \d,\d{3} characters of white spa"):
        texts.load_text("notes.txt")
