"""Texts from Python itself, from files and from folders, and what is no text."""

import hashlib
import sys
import tracemalloc
from functools import partial

import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.documents import (
    Corpus,
    LongText,
    file_or_folder,
    length_and_sha256,
    python_docs,
    read_chunks,
)
from aigc_lab.text.words import split_words
from tests.text.samples import MIXED


def test_a_corpus_knows_its_text_and_fingerprint():
    corpus = Corpus("rhyme", ["Jack", " \n", "猫"], "memory", "public domain")
    assert corpus.documents == ("Jack", "猫")
    assert corpus.text == "Jack\n\n猫"
    assert corpus.sha256 == hashlib.sha256("Jack\n\n猫".encode()).hexdigest()
    assert repr(corpus) == "Corpus('rhyme', 2 documents, 7 characters)"
    with pytest.raises(ValueError, match="the corpus 'nothing' from memory holds no text at all"):
        Corpus("nothing", [" "], "memory", "none")


def test_python_docs_are_long_real_and_the_same_each_time():
    corpus = python_docs()
    assert len(corpus.documents) > 50
    assert len(corpus.text) > 300_000
    assert "statement" in corpus.text
    assert corpus.sha256 == python_docs().sha256
    assert corpus.licence == "PSF-2.0"


def test_a_python_without_its_topics_says_how_to_get_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(FileNotFoundError, match=r"without its documentation topics .* install"):
        python_docs()


def test_a_file_of_any_suffix_is_one_document(tmp_path):
    path = tmp_path / "story.log"
    path.write_bytes("\ufeffFirst\r\nsecond\r猫".encode())
    corpus = file_or_folder(path)
    assert corpus.documents == ("First\nsecond\n猫",)
    assert (corpus.name, corpus.source) == ("story.log", str(path))


def test_a_folder_gives_its_text_files_in_order(tmp_path):
    for name in ("b.txt", "a.md", "deep/c.RST", ".hidden/d.txt", "deep/.e.txt", "f.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"text of {name}")
    assert file_or_folder(tmp_path).documents == (
        *("text of a.md", "text of b.txt", "text of deep/c.RST"),
    )
    # What lies above does not matter.
    assert file_or_folder(tmp_path / ".hidden").documents == ("text of .hidden/d.txt",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"bad\.txt is empty"),
        (b" \n\n", r"bad\.txt is empty"),
        (b"\x89PNG\r\n", r"bad\.txt is not UTF-8 text \(0x89 stands where"),
        ("cat".encode("utf-16"), r"bad\.txt is not UTF-8 text \(0xff"),
        (b"cat\0\0", r"bad\.txt holds zero bytes"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path, content, message):
    (tmp_path / "bad.txt").write_bytes(content)
    for path in (tmp_path / "bad.txt", tmp_path):
        with pytest.raises(ValueError, match=message):
            file_or_folder(path)


def test_a_folder_without_text_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"holds no \.txt, \.md, \.rst file"):
        file_or_folder(tmp_path)


def test_a_path_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file or folder .*nowhere; check"):
        file_or_folder(tmp_path / "nowhere")


def test_a_file_is_read_in_chunks(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(MIXED * 9, encoding="utf-8", newline="")
    text = file_or_folder(path).text
    chunks = list(read_chunks(path, size=97))
    assert max(map(len, chunks)) == 97
    assert "".join(chunks) == text
    tokenizer = BPETokenizer.train(text, 300)
    assert list(tokenizer.encode_iter(read_chunks(path, 97))) == tokenizer.encode(text)


@pytest.fixture
def long_file(tmp_path, monkeypatch):
    """A file that is read 97 characters at a time, with line ends of all three kinds."""
    path = tmp_path / "long.txt"
    path.write_bytes(("\ufeff" + MIXED * 9 + "one\r\ntwo\rthree\n" * 20).encode())
    by_97 = partial(read_chunks, size=97)
    monkeypatch.setattr("aigc_lab.text.documents.read_chunks", by_97)
    return path


def test_a_long_text_is_what_reading_it_at_once_gives(long_file):
    text, long = file_or_folder(long_file).text, LongText(long_file)
    pieces = list(long)
    assert "".join(pieces) == text == "".join(long)  # it can be read again
    assert len(pieces) > 10
    assert [word for piece in pieces for word in split_words(piece)] == split_words(text)
    assert length_and_sha256(long_file) == (len(text), file_or_folder(long_file).sha256)
    tokenizer = BPETokenizer.train(long, 300)
    assert tokenizer.merges == BPETokenizer.train(text, 300).merges


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 0), (0, 1), (5, 97), (96, 98), (97, 194), (300, 301), (250, None)]
)
def test_a_stretch_of_a_long_text_is_counted_in_characters(long_file, start, stop):
    text = file_or_folder(long_file).text
    assert "".join(LongText(long_file, start, stop)) == text[start:stop]


def test_a_long_text_needs_memory_for_a_piece_of_it(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("to be or not to be\n" * 600_000, encoding="utf-8")  # 11 MB
    tracemalloc.start()
    assert sum(map(len, LongText(path))) == 19 * 600_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 7e6


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * 10_000 + b"\xff", r"long\.txt is not UTF-8 text \(0xff stands"),
        (b"x" * 10_000 + b"\0", r"long\.txt holds zero bytes"),
        (b" \n" * 10_000, r"long\.txt is empty"),
    ],
)
def test_a_long_file_that_is_no_text_is_refused(long_file, content, message):
    long_file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        length_and_sha256(long_file)
