"""The texts that runs name: what to learn from, and what is held out for examination."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from aigc_lab.core.files import cache_folder
from aigc_lab.training.sharing import written_once

if TYPE_CHECKING:
    import numpy as np

    from aigc_lab.text.bpe import BPETokenizer
    from aigc_lab.text.documents import LongText
    from aigc_lab.text.tokenizer import CharTokenizer, Tokenizer

TOWN = "town"
NAMES = """\
TEXT is one of
  python_docs    the documentation that comes with Python: real English, no network needed
  town           Tiny Town: small stories in English and Chinese whose entropy is known
  shakespeare, tinystories    downloaded once, then kept
  PATH           a UTF-8 text file of any size, or a folder of .txt, .md and .rst files
"""
TOWN_LEARNED, TOWN_HELD_OUT = 2000, 200  # documents: to learn tokens from, and to be examined on
MANY = 20  # documents: of fewer, the end of the text is held out instead of whole documents
HELD_OUT_PART = 0.1
LONGEST_HELD_OUT = 2**20  # characters of one text: more would tell a score hardly any better
LONG_FILE = 100 * 2**20  # bytes: a longer file is never in memory as a whole


@dataclass(frozen=True)
class Text:
    """A text in two parts that share nothing: documents to learn from, and documents held out.

    Of Tiny Town, which has no end, `learn` is only its first documents, as a sample of it. Of a
    long file it is a `LongText`, whose pieces are read anew each time, and are one document.
    `marked` is `learn` with the marks that help a learner of word pieces, where it has such marks:
    only a tokenizer may learn from it, since nobody writes so.
    """

    name: str
    learn: list[str] | LongText
    held_out: list[str]
    source: str
    licence: str
    sha256: str
    marked: list[str] | None = None

    @property
    def for_tokenizer(self) -> list[str] | LongText:
        """What word pieces are learned from."""
        return self.learn if self.marked is None else self.marked

    @property
    def endless(self) -> bool:
        """Whether training writes its documents as it goes."""
        return self.name == TOWN


def load_text(name: str, progress: bool = False) -> Text:
    """A text by name or path, already split.

    Raises: FileNotFoundError, ValueError or ConnectionError saying what is wrong with it.
    """
    if name == TOWN:
        return _town()
    from aigc_lab.text.corpus import CORPORA, load_corpus

    if not is_name(name) and not Path(name).exists():
        raise FileNotFoundError(
            f"there is no file or folder {name}, and no text of this name; check the spelling, or "
            f"choose one of {', '.join([*CORPORA, TOWN])}"
        )
    if not is_name(name) and os.path.isfile(name) and os.path.getsize(name) > LONG_FILE:
        return _long_file(Path(name))
    corpus = load_corpus(name, progress)
    learn, held_out = split(corpus.documents)
    stem = corpus.name if is_name(name) else _stem(name)
    return Text(stem, learn, held_out, corpus.source, corpus.licence, corpus.sha256)


def is_name(word: str) -> bool:
    """Whether a word names a text, even where a file of that name lies about."""
    from aigc_lab.text.corpus import CORPORA

    return word == TOWN or word in CORPORA


def is_town(exam: Sequence[str]) -> bool:
    """Whether whole documents of Tiny Town's held-out part stand here, which have a known floor."""
    from aigc_lab.town.documents import documents

    town = documents(len(exam), "test")  # written one by one: the first other text ends it
    return all(mine == document.text for mine, document in zip(exam, town, strict=True))


def split(documents: Sequence[str]) -> tuple[list[str], list[str]]:
    """Documents to learn from and documents held out: every tenth or so by its first line.

    The same articles of python_docs are held out from every model of the course. Of few documents,
    the last tenth of the text is held out, or its last million characters, from a line's end on.

    Raises: ValueError when there is too little to split.
    """
    from aigc_lab.text.documents import BETWEEN_DOCUMENTS
    from aigc_lab.text.held_out import split_held_out

    if len(documents) >= MANY:
        learn, held_out = split_held_out(documents)
        if learn and held_out:
            return learn, held_out
    text = BETWEEN_DOCUMENTS.join(documents)
    cut = _line_end(text, _cut(len(text)))
    learn, held_out = [text[:cut]], [text[cut:]]
    if not learn[0].strip() or not held_out[0].strip():
        raise ValueError(
            f"{len(text)} characters are too few to learn from and be examined on; "
            "give a longer text, of some pages at least"
        )
    return learn, held_out


def first_bytes(documents: Sequence[str], limit: int) -> list[str]:
    """The first whole documents that hold `limit` bytes at most, of the first one a part at least.

    0 means all of them.

    >>> first_bytes(["abc", "de", "fgh"], limit=6), first_bytes(["abc", "de"], limit=2)
    (['abc', 'de'], ['ab'])
    """
    if limit == 0:
        return list(documents)
    kept: list[str] = []
    room = limit
    for document in documents:
        room -= len(document.encode())
        if room < 0:
            break
        kept.append(document)
    return kept or [documents[0].encode()[:limit].decode(errors="ignore") or documents[0][0]]


def size(documents: Iterable[str]) -> int:
    """The bytes of some documents in UTF-8."""
    return sum(len(document.encode()) for document in documents)


def ids_to_learn(
    text: Text, tokenizer: BPETokenizer | CharTokenizer, progress: bool = False
) -> np.ndarray:
    """What is learned from as one row of ids; of a long file it stays on the disk.

    Such ids are written into the cache folder and opened memory-mapped, so that memory holds only
    what is read of them. A run that goes on finds them there again.

    Shapes: (N,), with an end-of-text id around each document.
    Raises: ValueError when the tokenizer has no end-of-text token.
    """
    from aigc_lab.text.token_ids import encode_documents, encode_to_file, open_ids

    if isinstance(text.learn, list):
        return encode_documents(tokenizer, text.learn)[0]
    path = ids_file(f"{text.sha256[:20]}-{text.learn.stop}", tokenizer)
    pieces = _watched(text.learn, "token ids", progress)
    return open_ids(written_once(path, lambda: encode_to_file(tokenizer, pieces, path)))


def ids_file(text: str, tokenizer: Tokenizer) -> Path:
    """Where the ids that a tokenizer makes of a text are kept; `text` names it without doubt."""
    with TemporaryDirectory() as folder:
        made_by = hashlib.sha256(tokenizer.save(folder).read_bytes()).hexdigest()
    return cache_folder() / f"{text}-{made_by[:20]}.npy"


def _long_file(path: Path) -> Text:
    from aigc_lab.text.documents import OWN_FILES, LongText, length_and_sha256

    length, sha256 = length_and_sha256(path)
    cut = _cut(length)
    rest = "".join(LongText(path, cut))
    line = _line_end(rest, 0)
    if not rest[line:].strip():
        raise ValueError(
            f"{path} ends with {len(rest):,} characters of white space, so that nothing can be "
            "held out; cut them off"
        )
    learn = LongText(path, 0, cut + line)
    return Text(_stem(path), learn, [rest[line:]], str(path), OWN_FILES, sha256)


def _stem(path: str | Path) -> str:
    full = os.path.abspath(path)  # "." has no name of its own
    return Path(full).stem or "text"  # nor has the root of a disk


def _cut(length: int) -> int:
    """Where the held-out end of a text of so many characters begins."""
    return max(round(length * (1 - HELD_OUT_PART)), length - LONGEST_HELD_OUT)


def _line_end(text: str, place: int) -> int:
    """The first place from `place` on where a line has ended and text follows, else `place`."""
    end = text.find("\n", place) + 1
    return end if end and text[end:].strip() else place


def _watched(text: LongText, name: str, progress: bool) -> Iterator[str]:
    """The pieces of a long text, with a progress bar when asked for."""
    from tqdm.auto import tqdm

    with tqdm(
        desc=name, total=text.stop, unit="chars", unit_scale=True, disable=not progress
    ) as bar:
        for piece in text:
            yield piece
            bar.update(len(piece))


def _town() -> Text:
    from aigc_lab.town.documents import documents
    from aigc_lab.town.language import cut_at_nouns

    learn = [document.text for document in documents(TOWN_LEARNED)]
    held_out = [document.text for document in documents(TOWN_HELD_OUT, "test")]
    digest = hashlib.sha256("\n".join(learn).encode()).hexdigest()
    marked = [cut_at_nouns(text) for text in learn]
    return Text(TOWN, learn, held_out, "aigc_lab.town", "CC-BY-4.0", digest, marked)
