"""`compare`: one table, on text that none of the models has learned."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aigc_lab.cli.compare import choose_text
from aigc_lab.cli.models import find_models
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.town.documents import documents
from aigc_lab.training import texts
from aigc_lab.training.run_files import load_run
from tests.cli.conftest import SMALL, prose


@pytest.fixture
def quick(monkeypatch):
    """Speed is measured elsewhere."""
    monkeypatch.setattr("aigc_lab.pretrained.compare.tokens_per_second", lambda *_: 100.0)


def test_a_run_and_its_export_are_the_same_model(call, run, quick):
    call("export", "run", "export")
    said = call("compare", "run", "export", "--prompt", "the cat")
    assert said.code == 0
    first, head, *rows = said.out.splitlines()
    assert first.startswith("the text held out from run: ")
    assert "bits per byte" in head
    assert [row.split()[0] for row in rows] == ["run", "export"]
    assert rows[0].split()[1:] == rows[1].split()[1:]
    document = call("compare", "run", "export", "--json").json
    scores = [row["bits_per_byte"] for row in document["models"]]
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)
    assert document["models"][0]["low"] is None  # a text too short for an interval


def test_a_damaged_model_is_told_before_another_is_scored(call, run, quick, monkeypatch):
    call("export", "run", "mine")
    weights = Path("mine/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1000])
    scored = []
    monkeypatch.setattr("aigc_lab.pretrained.compare.compare", lambda *a, **b: scored.append(a))
    said = call("compare", "run", "mine")
    assert said.code == 1
    assert "mine/model.safetensors" in said.complaint
    assert scored == []


def test_a_text_of_many_stretches_has_an_interval(call, run, quick):
    Path("long.txt").write_text(prose(lines=400))
    (row,) = call("compare", "run", "--text", "long.txt", "--json").json["models"]
    assert row["low"] < row["bits_per_byte"] < row["high"]


def test_a_picture_on_demand(call, run, quick):
    said = call("compare", "run", "-o", "bars.png", "--bytes", "300")
    assert said.code == 0
    assert Path("bars.png").read_bytes().startswith(b"\x89PNG")
    assert "drawn in bars.png" in said.out


def test_bytes_limit_what_is_scored(call, run, quick):
    document = call("compare", "run", "--bytes", "100", "--json").json
    assert document["bytes"] == 100


def test_town_has_a_floor(call, run, quick, monkeypatch):
    monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 4)
    said = call("compare", "run", "--text", "town")
    assert said.code == 0
    assert "floor: 0." in said.out
    document = call("compare", "run", "--text", "town", "--json").json
    held_out = [document.text for document in documents(4, "test")]
    score = score_text(*load_run(run), held_out, score_end=True)  # as the floor counts ends
    assert document["models"][0]["bits_per_byte"] == pytest.approx(score.bits_per_byte, abs=1e-6)
    assert 0.05 < document["floor_bits_per_byte"] < document["models"][0]["bits_per_byte"]


def test_a_run_on_town_has_the_floor_without_naming_the_text(call, quick, monkeypatch):
    monkeypatch.setattr("aigc_lab.training.texts.TOWN_LEARNED", 30)
    monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 4)
    call("train", "town", *SMALL, "--steps", "1", "--out", "run")
    unnamed, named = (
        call("compare", "run", *words, "--json").json for words in ((), ("--text", "town"))
    )
    assert unnamed["text"] == "the text held out from run"
    assert unnamed["floor_bits_per_byte"] == named["floor_bits_per_byte"] > 0.05
    assert unnamed["models"][0]["bits_per_byte"] == named["models"][0]["bits_per_byte"]


def test_town_is_known_by_its_documents():
    town = [document.text for document in documents(3, "test")]
    assert texts.is_town(town)
    assert texts.is_town(town[:1])
    assert not texts.is_town([*town[:2], town[2][:-1]])
    assert not texts.is_town(["the cat"])


class TestWhatWasLearned:
    """A run knows its text again where the file has another name, place or wording."""

    def test_a_changed_and_moved_file(self, call, run, quick, tmp_path):
        lines = (tmp_path / "notes.txt").read_text().splitlines()
        changed = ["A new beginning.", *lines[:200], "The end."]
        (tmp_path / "other.txt").write_text("\r\n".join(changed))
        said = call("compare", "run", "--text", "other.txt")
        assert "\n9" in said.out  # of a hundred: all but what is new
        assert "% of this text stands word for word in what run learned from" in said.out
        (row,) = call("compare", "run", "--text", "other.txt", "--json").json["models"]
        assert row["learned_share"] > 0.9

    def test_a_text_that_was_not_learned(self, call, run, quick, tmp_path):
        (tmp_path / "new.txt").write_text(prose(60, seed=5))
        said = call("compare", "run", "--text", "new.txt")
        assert "learned from" not in said.out
        (row,) = call("compare", "run", "--text", "new.txt", "--json").json["models"]
        assert row["learned_share"] == 0

    def test_what_a_run_held_out_it_has_not_learned(self, call, run, quick):
        assert "learned from" not in call("compare", "run").out

    def test_of_other_models_it_is_not_known(self, call, run, quick, tmp_path):
        call("export", "run", "export")
        (tmp_path / "other.txt").write_text((tmp_path / "notes.txt").read_text())
        (run / "learned.npy").unlink()
        said = call("compare", "run", "export", "--text", "other.txt", "--bytes", "5000", "--json")
        assert [row["learned_share"] for row in said.json["models"]] == [None, None]


class TestWhichText:
    def choose(self, word, *names):
        return choose_text(word, find_models(names))

    def test_by_default_what_the_run_held_out(self, run):
        name, documents = self.choose(None, "run")
        assert name == "the text held out from run"
        assert documents == json.loads((run / "held_out.json").read_text())

    def test_without_a_run_the_held_out_articles(self, call, run):
        call("export", "run", "export")
        name, documents = self.choose(None, "export")
        assert name == "the held-out part of python_docs"
        assert documents == self.choose("python_docs", "run")[1]

    def test_a_file_nobody_has_seen_is_scored_as_a_whole(self, run, tmp_path):
        (tmp_path / "new.txt").write_text(prose(20, seed=5))
        assert self.choose("new.txt", "run") == ("new.txt", [prose(20, seed=5)])

    def test_a_name_is_not_mistaken_for_a_folder_of_that_name(self, run, tmp_path):
        (tmp_path / "python_docs").mkdir()
        assert self.choose("python_docs", "run")[0] == "the held-out part of python_docs"

    def test_of_a_file_that_was_learned_only_the_held_out_part(self, run):
        name, documents = self.choose("notes.txt", "run")
        assert name == "the held-out part of notes.txt"
        assert documents == json.loads((run / "held_out.json").read_text())


class TestSplit:
    def test_few_documents_are_cut_at_a_line_near_the_end(self):
        learn, held_out = texts.split([prose()])
        assert learn[0] + held_out[0] == prose()
        assert learn[0].endswith(".\n")
        assert 0.08 < len(held_out[0]) / len(prose()) < 0.12

    def test_many_documents_are_kept_whole(self):
        documents = [f"title {number}\n{number}" for number in range(200)]
        learn, held_out = texts.split(documents)
        assert sorted(learn + held_out) == sorted(documents)
        assert 5 < len(held_out) < 50

    def test_whole_documents_fill_the_limit(self):
        assert texts.first_bytes(["abc", "中文", "de"], 8) == ["abc"]
        assert texts.first_bytes(["中文"], 4) == ["中"]
        assert texts.first_bytes(["中文"], 1) == ["中"]
        assert texts.first_bytes(["a", "b"], 0) == ["a", "b"]

    def test_no_document_is_encoded_again_for_each_that_follows(self):
        class Document(str):
            def encode(self):
                encoded.append(self)
                return super().encode()

        encoded, documents = [], [Document(number) for number in range(100)]
        assert texts.first_bytes(documents, 999) == documents
        assert len(encoded) == 100


class TestBadInput:
    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (None, "there is no file or folder text.txt"),
            (b"", "empty"),
            (b"\xff", "not UTF-8 text"),
        ],
    )
    def test_a_text_that_is_none(self, call, run, tmp_path, content, complaint):
        if content is not None:
            (tmp_path / "text.txt").write_bytes(content)
        said = call("compare", "run", "--text", "text.txt")
        assert said.code == 1
        assert complaint in said.complaint

    def test_a_second_model_that_is_none_is_told_before_the_first_is_scored(self, call, run):
        said = call("compare", "run", "./nothing")
        assert said.code == 1
        assert said.complaint.startswith("aigc-lab: there is no ./nothing")

    def test_a_picture_that_could_not_be_written(self, call, run):
        assert (
            "there is no folder nowhere" in call("compare", "run", "-o", "nowhere/a.png").complaint
        )
        (run / "a.png").mkdir()
        assert "is a folder" in call("compare", "run", "-o", "run/a.png").complaint

    def test_a_character_that_one_model_lacks(self, call, run, tmp_path):
        words = ("train", "notes.txt", "--tokenizer", "char", "--steps", "1", "--out", "letters")
        call(*words, *SMALL[2:])
        (tmp_path / "new.txt").write_text("naïve " * 50)
        said = call("compare", "letters", "--text", "new.txt")
        assert said.code == 1
        assert said.complaint.startswith("aigc-lab: letters cannot be compared: ")

    def test_a_damaged_export(self, call, run):
        call("export", "run", "export")
        shutil.copy("notes.txt", "export/model.safetensors")
        said = call("compare", "export", "--bytes", "100")
        assert said.code == 1
        assert "is not a whole safetensors file" in said.complaint


def test_a_place_that_cannot_be_written_to_is_told_before_the_work(call, made, monkeypatch):
    monkeypatch.setattr("aigc_lab.cli.pictures.os.access", lambda *_: False)
    said = call("compare", made / "run", "-o", "bars.png")
    assert said.code == 1
    assert "cannot be written to; put bars.png into another folder" in said.complaint
    assert said.out == ""
