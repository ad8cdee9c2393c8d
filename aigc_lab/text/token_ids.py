"""Texts as rows of token ids: encoding documents, keeping ids in files, leak-free splits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from aigc_lab.core.files import atomic_write
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer, Tokenizer
from aigc_lab.text.words import END_OF_TEXT

WRITE_AT_ONCE = 2**20  # ids gathered in memory before they go to the file
LARGEST_VOCABULARY = 2**32  # what a uint32 can hold


def as_ids(ids: Sequence[int] | np.ndarray, vocab_size: int | None = None) -> np.ndarray:
    """Token ids as a compact array: uint16 where `vocab_size` allows it, else uint32.

    Raises: ValueError for what is no row of whole numbers, or an id outside the vocabulary.
    """
    if isinstance(ids, np.ndarray) and ids.dtype in (np.uint16, np.uint32) and ids.ndim == 1:
        if vocab_size is not None:
            _refuse_outside(ids, vocab_size)
        return ids  # also a memory-mapped file: it is never copied
    array = np.asarray(ids)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(
            f"ids must be one row of whole numbers, but {array.dtype} of shape {array.shape} "
            "arrived; pass a list of ids, or encode the text first"
        )
    if array.size and array.min() < 0:
        raise ValueError(f"ids start at 0, but {array.min()} arrived")
    _refuse_outside(array, LARGEST_VOCABULARY if vocab_size is None else vocab_size)  # no wrapping
    largest = int(array.max(initial=0)) if vocab_size is None else vocab_size - 1
    return array.astype(np.uint16 if largest < 2**16 else np.uint32)


def write_ids(path: str | Path, ids: Iterable[int], vocab_size: int) -> int:
    """Write ids to a `.npy` file as they come, so that they need not fit into memory.

    Returns their number.
    Raises: ValueError for an id outside 0 to `vocab_size` - 1; the old file then stays as it was.
    """
    dtype = id_format(vocab_size)
    total = 0

    def write(file: BinaryIO) -> None:
        nonlocal total
        _write_header(file, dtype, 0)
        stream = iter(ids)
        while len(block := np.fromiter(islice(stream, WRITE_AT_ONCE), np.int64)):
            if not 0 <= block.min() <= block.max() < vocab_size:
                raise ValueError(
                    f"ids from {block.min()} to {block.max()} do not fit vocab_size={vocab_size}; "
                    "give the vocab_size of the tokenizer that made them"
                )
            file.write(block.astype(dtype).tobytes())
            total += len(block)
        file.seek(0)
        _write_header(file, dtype, total)  # now that the length is known

    atomic_write(path, write)
    return total


def id_format(vocab_size: int) -> np.dtype:
    """What ids of a vocabulary are kept as.

    >>> id_format(50257).itemsize, id_format(100_000).itemsize
    (2, 4)
    """
    return np.dtype(np.uint16 if vocab_size <= 2**16 else np.uint32)


def open_ids(path: str | Path) -> np.ndarray:
    """Open ids that `write_ids` wrote, without reading them into memory.

    Raises: FileNotFoundError; ValueError when the file is cut short or holds something else.
    """
    try:
        return as_ids(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, EOFError) as error:
        raise ValueError(
            f"{path} holds no token ids: {error}; it was cut short or is another kind of file, so "
            "write it again from the text"
        ) from error


def encode_documents(
    tokenizer: Tokenizer, documents: Iterable[str], mark: str = END_OF_TEXT
) -> tuple[np.ndarray, np.ndarray]:
    """The ids of some documents in one row, and the places where they start.

    Every document starts with the token `mark`, and one more `mark` ends the last: so a model that
    is given `mark` begins a document, and writing `mark` means that it has finished.

    Shapes: ids (N,), starts (number of documents,), with ids[starts] all `mark`.
    Raises: ValueError when `mark` is not a special token of the tokenizer.
    """
    between = mark_id(tokenizer, mark)
    rows, starts, length = [], [], 0
    for document in documents:
        starts.append(length)
        rows.append(as_ids([between, *tokenizer.encode(document)], tokenizer.vocab_size))
        length += len(rows[-1])
    rows.append(as_ids([between], tokenizer.vocab_size))
    return np.concatenate(rows), np.asarray(starts, dtype=np.int64)


def encode_to_file(
    tokenizer: BPETokenizer | CharTokenizer,
    chunks: Iterable[str],
    path: str | Path,
    mark: str = END_OF_TEXT,
) -> np.ndarray:
    """Like `encode_documents`, for one text that comes in chunks and may be larger than memory.

    The ids go to a file as they come, and come back as `open_ids` opens it.
    Shapes: (N,), beginning and ending with `mark`.
    Raises: ValueError when `mark` is not a special token of the tokenizer.
    """
    between = mark_id(tokenizer, mark)
    ids = chain([between], tokenizer.encode_iter(chunks), [between])
    write_ids(path, ids, tokenizer.vocab_size)
    return open_ids(path)


def split(
    ids: Sequence[int] | np.ndarray, val_fraction: float = 0.1
) -> tuple[np.ndarray, np.ndarray]:
    """Cut ids once: the beginning to train on, the end to validate on.

    No window reaches over the cut, so no validation token is ever seen in training. (Cutting into
    windows first and shuffling those would leak: neighbours overlap.)
    Raises: ValueError when one side would be empty.

    >>> train, validation = split(list(range(10)), val_fraction=0.2)
    >>> validation.tolist()
    [8, 9]
    """
    ids = as_ids(ids)
    if not 0 < val_fraction < 1 or len(ids) < 2:
        raise ValueError(
            f"val_fraction={val_fraction} of {len(ids)} leaves nothing on one side; "
            "give a fraction between 0 and 1, and at least 2 to split"
        )
    cut = len(ids) - min(max(1, round(len(ids) * val_fraction)), len(ids) - 1)
    return ids[:cut], ids[cut:]


def mark_id(tokenizer: Tokenizer, mark: str = END_OF_TEXT) -> int:
    """The id of the token that stands between documents.

    Raises: ValueError when it is not a special token of the tokenizer.
    """
    if mark not in tokenizer.special_tokens:
        raise ValueError(
            f"{mark!r} is not among the special tokens {list(tokenizer.special_tokens)}; "
            "train the tokenizer with it"
        )
    return tokenizer.special_tokens[mark]


def _refuse_outside(ids: np.ndarray, vocab_size: int) -> None:
    if ids.size == 0 or np.iinfo(ids.dtype).max < vocab_size:
        return  # what lies in a file need not be read for that
    if (highest := int(ids.max())) >= vocab_size:
        raise ValueError(
            f"id {highest} is outside a vocabulary of {vocab_size} tokens; "
            "give the vocab_size of the tokenizer that made the ids"
        )


def _write_header(file: BinaryIO, dtype: np.dtype, length: int) -> None:
    """The beginning of a `.npy` file; numpy leaves room in it for the length to grow."""
    header = {"descr": dtype.str, "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(file, header)
