"""Ids in arrays and files, documents in a row, and splits that leak nothing."""

import numpy as np
import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.token_ids import (
    as_ids,
    encode_documents,
    encode_to_file,
    open_ids,
    split,
    write_ids,
)
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.text.words import END_OF_TEXT
from tests.text.samples import MIXED, random_chunks


def test_ids_are_kept_small():
    assert as_ids([3, 1]).dtype == np.uint16
    assert as_ids([3, 1], vocab_size=65536).dtype == np.uint16
    assert as_ids([3, 1], vocab_size=65537).dtype == np.uint32
    assert as_ids([65536]).dtype == np.uint32
    assert as_ids([65536]).tolist() == [65536]
    assert len(as_ids([])) == 0
    array = np.arange(5, dtype=np.uint16)
    assert as_ids(array) is array


def test_what_are_no_ids_is_refused():
    with pytest.raises(ValueError, match=r"one row of whole numbers, but float64 of shape \(1,\)"):
        as_ids([0.5])
    with pytest.raises(ValueError, match=r"int64 of shape \(2, 3\)"):
        as_ids(np.zeros((2, 3), dtype=np.int64))
    with pytest.raises(ValueError, match="ids start at 0, but -2 arrived"):
        as_ids([4, -2])


@pytest.mark.parametrize(
    ("ids", "vocab_size", "message"),
    [
        ([65536, 1], 100, "id 65536 is outside a vocabulary of 100 tokens"),
        ([1, 100], 100, "id 100 is outside a vocabulary of 100 tokens"),
        (np.array([3, 101], dtype=np.uint16), 101, "id 101 is outside a vocabulary of 101 tokens"),
        ([0], 0, "id 0 is outside a vocabulary of 0 tokens"),
        ([2**32 + 5], None, "id 4294967301 is outside a vocabulary of 4294967296 tokens"),
        ([2**63 + 7], None, "id 9223372036854775815 is outside a vocabulary of 4294967296 tokens"),
    ],
)
def test_an_id_outside_the_vocabulary_is_refused_not_wrapped(ids, vocab_size, message):
    with pytest.raises(ValueError, match=message):
        as_ids(ids, vocab_size)


def test_the_largest_ids_that_fit_are_kept():
    assert as_ids([99, 0], vocab_size=100).tolist() == [99, 0]
    assert as_ids([2**32 - 1]).tolist() == [2**32 - 1]
    assert as_ids([2**16 - 1], vocab_size=2**16).tolist() == [2**16 - 1]
    assert as_ids([], vocab_size=100).dtype == np.uint16


@pytest.mark.parametrize(("vocab_size", "dtype"), [(1000, np.uint16), (70000, np.uint32)])
def test_ids_come_back_from_a_file_without_being_read(tmp_path, monkeypatch, vocab_size, dtype):
    monkeypatch.setattr("aigc_lab.text.token_ids.WRITE_AT_ONCE", 7)
    path = tmp_path / "ids.npy"
    assert write_ids(path, iter(range(997)), vocab_size) == 997
    ids = open_ids(path)
    assert isinstance(ids, np.memmap)
    assert ids.dtype == dtype
    assert ids.tolist() == list(range(997))
    assert np.load(path).tolist() == list(range(997))


def test_a_stream_of_text_goes_to_a_file(tmp_path):
    tokenizer = BPETokenizer.train(MIXED, 300)
    write_ids(tmp_path / "a.npy", tokenizer.encode_iter(MIXED), tokenizer.vocab_size)
    assert tokenizer.decode(open_ids(tmp_path / "a.npy").tolist()) == MIXED
    assert write_ids(tmp_path / "empty.npy", [], 10) == len(open_ids(tmp_path / "empty.npy")) == 0


def test_bad_ids_and_bad_files_are_refused(tmp_path):
    path = tmp_path / "ids.npy"
    write_ids(path, [1, 2], 10)
    with pytest.raises(ValueError, match="ids from 1 to 10 do not fit vocab_size=10"):
        write_ids(path, [1, 10], 10)
    assert open_ids(path).tolist() == [1, 2]
    path.write_bytes(b"not an array")
    with pytest.raises(ValueError, match=r"ids\.npy holds no token ids"):
        open_ids(path)
    np.save(path, np.zeros(3))
    with pytest.raises(ValueError, match=r"ids\.npy holds no token ids: .*float64"):
        open_ids(path)


def test_documents_stand_behind_their_marks():
    tokenizer = CharTokenizer("abc", ["<|endoftext|>"])
    ids, starts = encode_documents(tokenizer, ["ab", "", "cab"])
    assert ids.tolist() == [3, 0, 1, 3, 3, 2, 0, 1, 3]
    assert starts.tolist() == [0, 3, 4]
    # A mark that stands in a document is text, not the end of it.
    with pytest.raises(ValueError, match="character '<' is not in the alphabet"):
        encode_documents(tokenizer, ["<|endoftext|>"])
    with pytest.raises(ValueError, match=r"'<\|end\|>' is not among the special tokens"):
        encode_documents(tokenizer, ["ab"], mark="<|end|>")


@pytest.mark.parametrize(
    "tokenizer",
    [BPETokenizer.train(MIXED, 300), CharTokenizer.train(MIXED, [END_OF_TEXT])],
    ids=["bpe", "characters"],
)
def test_a_text_in_chunks_goes_to_a_file_as_one_document(tokenizer, tmp_path):
    text = MIXED.replace(END_OF_TEXT, "")
    ids = encode_to_file(tokenizer, random_chunks(text, seed=1), tmp_path / "ids.npy")
    assert isinstance(ids, np.memmap)
    whole, _ = encode_documents(tokenizer, [text])
    assert ids.tolist() == whole.tolist()
    assert ids.dtype == whole.dtype
    with pytest.raises(ValueError, match=r"'<\|end\|>' is not among the special tokens"):
        encode_to_file(tokenizer, [text], tmp_path / "other.npy", mark="<|end|>")
    assert not (tmp_path / "other.npy").exists()


@pytest.mark.parametrize(
    ("size", "fraction", "held_out"), [(101, 0.1, 10), (2, 0.9, 1), (7, 0.01, 1)]
)
def test_a_split_is_one_cut(size, fraction, held_out):
    train, validation = split(np.arange(size), fraction)
    assert np.concatenate([train, validation]).tolist() == list(range(size))
    assert len(validation) == held_out


@pytest.mark.parametrize(("size", "fraction"), [(10, 0.0), (10, 1.0), (1, 0.5)])
def test_a_split_with_an_empty_side_is_refused(size, fraction):
    with pytest.raises(ValueError, match=rf"val_fraction={fraction} of {size} leaves nothing"):
        split(np.arange(size), fraction)


class Unread(np.ndarray):
    """Ids of which nobody may look for the largest."""

    def max(self, *_, **__):
        pytest.fail("all ids were read")


def test_ids_of_a_format_that_holds_no_larger_ones_are_not_read():
    ids = np.arange(3, dtype=np.uint16).view(Unread)
    assert as_ids(ids, 2**16) is ids
    with pytest.raises(pytest.fail.Exception, match="all ids were read"):
        as_ids(ids, 2**16 - 1)
