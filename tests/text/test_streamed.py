"""Texts that stream into a file of ids, one at a time."""

from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from aigc_lab.text import streamed
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.streamed import StreamedTexts, texts_to_file
from aigc_lab.text.token_ids import encode_documents, open_ids
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.text.words import END_OF_TEXT

TEXTS = ["the cat sat", "on a mat", "and saw two dogs"]
LETTERS = CharTokenizer.train(TEXTS, [END_OF_TEXT])


@pytest.mark.parametrize("tokenizer", [LETTERS, BPETokenizer.train(TEXTS, 260)])
def test_the_file_holds_what_encoding_the_documents_in_memory_gives(tmp_path, tokenizer):
    ids = texts_to_file(tokenizer, iter(TEXTS), tmp_path / "ids.npy")
    assert isinstance(ids, np.memmap)
    np.testing.assert_array_equal(ids, encode_documents(tokenizer, TEXTS)[0])


def test_by_hand(tmp_path):
    tokenizer = CharTokenizer("ab", [END_OF_TEXT])
    texts_to_file(tokenizer, ["ab", "b"], tmp_path / "ids.npy")
    assert open_ids(tmp_path / "ids.npy").tolist() == [2, 0, 1, 2, 1, 2]


def test_no_more_is_read_than_the_limit_asks_for(tmp_path):
    read = []

    def texts():
        for text in ["ab", "b", "a"]:
            read.append(text)
            yield text

    tokenizer = CharTokenizer("ab", [END_OF_TEXT])
    for limit, expected in ((3, [2, 0, 1, 2]), (4, [2, 0, 1, 2, 1, 2])):
        read.clear()
        ids = texts_to_file(tokenizer, texts(), tmp_path / "ids.npy", limit=limit)
        assert ids.tolist() == expected
        assert len(read) == expected.count(2) - 1


def test_a_disk_without_room_is_told_beforehand(tmp_path, monkeypatch):
    monkeypatch.setattr(streamed.shutil, "disk_usage", lambda _: SimpleNamespace(free=4000))
    path = tmp_path / "not" / "yet" / "ids.npy"
    streamed.require_room(path, 2000, 300)
    with pytest.raises(OSError, match=r"2,001 token ids take 3\.9 KiB, and .* has 3\.9 KiB free"):
        streamed.require_room(path, 2001, 300)
    with pytest.raises(OSError, match=r"AIGC_LAB_CACHE .* or take fewer steps"):
        streamed.require_room(path, 1001, 2**17)


def test_a_stream_that_breaks_off_leaves_what_was_there(tmp_path):
    path = tmp_path / "ids.npy"
    texts_to_file(LETTERS, TEXTS, path)
    before = path.read_bytes()

    def broken():
        yield "the cat"
        raise ConnectionError("the line is dead")

    with pytest.raises(ConnectionError, match=r"^the line is dead$"):
        texts_to_file(LETTERS, broken(), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["ids.npy"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "no text arrived"),
        ([b"bytes"], "text must be a str, but a bytes arrived"),
        (["the cat #"], "'#' is not in the alphabet"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, texts, message):
    with pytest.raises(ValueError, match=message):
        texts_to_file(LETTERS, texts, tmp_path / "ids.npy")
    assert not list(tmp_path.iterdir())


def test_without_the_library_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ValueError, match='not installed: pip install "datasets>=4"'):
        next(iter(StreamedTexts("some/corpus")))


class DatasetsError(Exception):
    """What the library raises is neither a ValueError nor an OSError."""


class TestStandIn:
    """What is asked of the library, whether it is installed or not."""

    @pytest.fixture
    def asked(self, monkeypatch):
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        library, asked = ModuleType("datasets"), []

        def load_dataset(*words, **settings):
            asked.append((words, settings))
            if words[0] == "nobody/nothing":
                raise DatasetsError("no such thing")
            return [{"text": text, "title": 5} for text in [*TEXTS, " "]]

        library.load_dataset = load_dataset
        monkeypatch.setitem(sys.modules, "datasets", library)
        return asked

    def test_a_name_on_the_hub_is_streamed(self, asked):
        assert list(StreamedTexts("some/corpus")) == TEXTS  # the empty one is left out
        assert asked == [(("some/corpus",), {"split": "train", "streaming": True})]

    def test_a_configuration_of_it_too(self, asked):
        assert list(StreamedTexts("some/corpus:sample-10BT")) == TEXTS
        assert asked == [(("some/corpus", "sample-10BT"), {"split": "train", "streaming": True})]

    def test_one_that_must_be_chosen_is_asked_for(self, asked, monkeypatch):
        def load_dataset(*words, **settings):
            raise ValueError("Config name is missing.")

        monkeypatch.setattr(sys.modules["datasets"], "load_dataset", load_dataset)
        with pytest.raises(ValueError, match=r"is missing.*; .* chosen as NAME:CONFIGURATION"):
            list(StreamedTexts("some/corpus"))

    def test_files_here_tell_how_many_ids_they_can_give(self, tmp_path):
        assert StreamedTexts("some/corpus").most_ids(99) == 99
        (tmp_path / "a.jsonl").write_bytes(b"x" * 40)
        assert StreamedTexts(str(tmp_path)).most_ids(99) == 42
        assert StreamedTexts(str(tmp_path)).most_ids(30) == 30
        (tmp_path / "a.jsonl").rename(tmp_path / "a.parquet")
        assert StreamedTexts(str(tmp_path)).most_ids(999) == 402

    def test_they_come_anew_each_time(self, asked):
        texts = StreamedTexts("some/corpus")
        assert list(texts) == list(texts) == TEXTS

    def test_another_column(self, asked):
        with pytest.raises(ValueError, match="no column 'story'; it has text, title"):
            list(StreamedTexts("some/corpus", column="story"))
        with pytest.raises(ValueError, match="'title' of some/corpus holds a int where a text"):
            list(StreamedTexts("some/corpus", column="title"))

    def test_a_data_set_that_cannot_be_opened(self, asked):
        with pytest.raises(ConnectionError, match=r"'nobody/nothing' could not be opened .*folder"):
            list(StreamedTexts("nobody/nothing"))

    @pytest.mark.parametrize(
        "trouble", [DatasetsError("row 3 is damaged"), OSError("reset"), ValueError("no JSON")]
    )
    def test_one_that_breaks_off_is_named_with_the_place(
        self, asked, monkeypatch, tmp_path, trouble
    ):
        def load_dataset(*words, **settings):
            yield from ({"text": text} for text in TEXTS[:2])
            raise trouble

        monkeypatch.setattr(sys.modules["datasets"], "load_dataset", load_dataset)
        said = (
            rf"'some/corpus' broke off after row 2 \({type(trouble).__name__}: {trouble}\); check"
        )
        with pytest.raises(ConnectionError, match=said):
            texts_to_file(LETTERS, StreamedTexts("some/corpus"), tmp_path / "ids.npy")
        assert not list(tmp_path.iterdir())
        (tmp_path / "a.jsonl").write_text("{}")
        said = (
            rf"a\.jsonl could not be read past row 2 \({type(trouble).__name__}: {trouble}\); mend"
        )
        with pytest.raises(ValueError, match=said):
            list(StreamedTexts(str(tmp_path / "a.jsonl")))

    def test_one_that_breaks_before_its_first_row_was_not_opened(self, asked, monkeypatch):
        def load_dataset(*words, **settings):
            raise DatasetsError("no answer")
            yield

        monkeypatch.setattr(sys.modules["datasets"], "load_dataset", load_dataset)
        with pytest.raises(ConnectionError, match=r"not be opened \(DatasetsError: no answer"):
            list(StreamedTexts("some/corpus"))

    def test_where_the_network_is_forbidden_only_files_here_are_read(
        self, asked, monkeypatch, tmp_path
    ):
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        with pytest.raises(ConnectionError, match=r"'some/corpus' .* HF_HUB_OFFLINE forbids"):
            list(StreamedTexts("some/corpus"))
        assert asked == []
        (tmp_path / "a.jsonl").write_text("{}")
        assert list(StreamedTexts(str(tmp_path))) == TEXTS

    def test_a_folder_of_one_kind_of_files(self, asked, tmp_path):
        (tmp_path / "b.jsonl").write_text("{}")
        (tmp_path / "a.jsonl").write_text("{}")
        (tmp_path / "readme").write_text("not data")
        list(StreamedTexts(str(tmp_path)))
        ((words, settings),) = asked
        assert words == ("json",)
        assert settings["data_files"] == {
            "train": [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
        }

    def test_the_name_of_a_file_is_not_taken_for_a_pattern(self, asked, tmp_path):
        (folder := tmp_path / "mine [2]").mkdir()
        (folder / "a.jsonl").write_text("{}")
        list(StreamedTexts(str(folder)))
        ((_, settings),) = asked
        assert settings["data_files"]["train"] == [str(tmp_path / "mine [[]2]" / "a.jsonl")]

    def test_a_folder_of_several_kinds_or_none_is_refused(self, asked, tmp_path):
        with pytest.raises(ValueError, match="holds no data files"):
            list(StreamedTexts(str(tmp_path)))
        (tmp_path / "a.jsonl").write_text("{}")
        (tmp_path / "b.csv").write_text("text\n")
        with pytest.raises(ValueError, match="holds json and csv data files"):
            list(StreamedTexts(str(tmp_path)))

    def test_the_fingerprint_changes_when_files_do(self, tmp_path):
        path = tmp_path / "a.jsonl"
        path.write_text("{}")
        first = StreamedTexts(str(path)).fingerprint
        assert StreamedTexts(str(path)).fingerprint == first
        assert StreamedTexts(str(path), column="title").fingerprint != first
        path.write_text("{} ")
        assert StreamedTexts(str(path)).fingerprint != first
        assert StreamedTexts("some/corpus").fingerprint != first


class TestLibrary:
    """The real library on files here."""

    @pytest.fixture(autouse=True)
    def library(self, tmp_path, monkeypatch):
        datasets = pytest.importorskip("datasets", reason="the library datasets is not installed")
        # Its settings were read from the environment when it was first imported.
        monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
        monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)

    def test_lines_of_json(self, tmp_path):
        rows = [json.dumps({"text": text, "id": number}) for number, text in enumerate(TEXTS)]
        (tmp_path / "corpus.jsonl").write_text("\n".join(rows) + "\n")
        assert list(StreamedTexts(str(tmp_path / "corpus.jsonl"))) == TEXTS
        with pytest.raises(ValueError, match="no column 'story'; it has"):
            list(StreamedTexts(str(tmp_path / "corpus.jsonl"), column="story"))

    def test_a_name_with_brackets(self, tmp_path):
        (folder := tmp_path / "mine [2]").mkdir()
        (folder / "a[b].jsonl").write_text(json.dumps({"text": TEXTS[0]}))
        assert list(StreamedTexts(str(folder))) == TEXTS[:1]

    def test_text_files_are_a_text_each(self, tmp_path):
        folder = tmp_path / "texts"
        folder.mkdir()
        for number, text in enumerate(TEXTS):
            (folder / f"{number}.txt").write_text(f"{text}\nand on\n")
        found = list(StreamedTexts(str(folder)))
        assert [text.strip() for text in found] == [f"{text}\nand on" for text in TEXTS]

    def test_into_a_file_of_ids(self, tmp_path):
        (tmp_path / "corpus.jsonl").write_text(
            "".join(json.dumps({"text": text}) + "\n" for text in TEXTS)
        )
        ids = texts_to_file(LETTERS, StreamedTexts(str(tmp_path)), tmp_path / "ids.npy")
        np.testing.assert_array_equal(ids, encode_documents(LETTERS, TEXTS)[0])
