"""Texts from Python itself, from files and from folders, and what is no text."""

import hashlib
import sys

import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.documents import Corpus, file_or_folder, python_docs, read_chunks
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


def test_a_file_is_read_in_chunks(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(MIXED * 9, encoding="utf-8", newline="")
    text = file_or_folder(path).text
    chunks = list(read_chunks(path, size=97))
    assert max(map(len, chunks)) == 97
    assert "".join(chunks) == text
    tokenizer = BPETokenizer.train(text, 300)
    assert list(tokenizer.encode_iter(read_chunks(path, 97))) == tokenizer.encode(text)
    path.write_bytes(b"x" * 10_000 + b"\xff")
    with pytest.raises(ValueError, match=r"story\.txt is not UTF-8 text \(0xff stands"):
        list(read_chunks(path, 97))
