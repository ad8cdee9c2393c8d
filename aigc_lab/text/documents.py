"""Texts with their origin, licence and fingerprint: from Python itself, from files and folders."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aigc_lab.text.words import require_text, whole_words

TEXT_SUFFIXES = (".txt", ".md", ".rst")
BETWEEN_DOCUMENTS = "\n\n"
OWN_FILES = "unknown: the reader's own files"  # their licence


@dataclass(frozen=True)
class Corpus:
    """A named text, in one or more documents, and where it comes from.

    Raises: ValueError when there is no text in it.

    >>> corpus = Corpus("rhyme", ["Jack and Jill", "went up the hill"], "memory", "public domain")
    >>> corpus.text
    'Jack and Jill\\n\\nwent up the hill'
    """

    name: str
    documents: Sequence[str]
    source: str
    licence: str

    def __post_init__(self) -> None:
        kept = tuple(text for text in map(require_text, self.documents) if text.strip())
        if not kept:
            raise ValueError(f"the corpus {self.name!r} from {self.source} holds no text at all")
        object.__setattr__(self, "documents", kept)

    def __repr__(self) -> str:
        return (
            f"Corpus({self.name!r}, {len(self.documents)} documents, {len(self.text)} characters)"
        )

    @cached_property
    def text(self) -> str:
        """All documents as one text, with an empty line between two."""
        return BETWEEN_DOCUMENTS.join(self.documents)

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of `text` in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def python_docs() -> Corpus:
    """The interpreter's own documentation topics: real English prose that needs no network.

    Its text differs a little between versions of Python, so compare no result on it to the digit.

    >>> "mutable" in python_docs().text
    True
    """
    try:
        from pydoc_data.topics import topics
    except ModuleNotFoundError as error:
        raise FileNotFoundError(
            "this Python came without its documentation topics (the module pydoc_data); install "
            "the complete standard library (on Debian: apt install libpython3-stdlib), or use "
            "another corpus"
        ) from error
    return Corpus(
        name="python_docs",
        documents=[topics[name].strip() + "\n" for name in sorted(topics)],
        source=f"pydoc_data.topics of Python {platform.python_version()}",
        licence="PSF-2.0",
    )


def file_or_folder(path: str | Path) -> Corpus:
    """The text of a UTF-8 file, or of all .txt, .md and .rst files in a folder and below it.

    Each file is a document; files whose name starts with a dot are left out. All line ends
    come out as plain newlines.
    Raises: FileNotFoundError; ValueError when a file is not UTF-8 text, or nothing is left.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file or folder {path}; check the spelling")
    files = [path] if path.is_file() else sorted(_text_files(path))
    if not files:
        raise ValueError(
            f"the folder {path} holds no {', '.join(TEXT_SUFFIXES)} file; "
            "name a file itself to read it whatever its suffix"
        )
    return Corpus(path.name, [read_text(file) for file in files], str(path), OWN_FILES)


@dataclass(frozen=True)
class LongText:
    """A stretch of a UTF-8 file, for a file larger than memory: read anew whenever it is needed.

    Iterating gives its text in pieces that end where words end, so that a tokenizer can learn from
    them and encode them. `start` and `stop` count characters, a line end being one of them.
    Raises: ValueError, while it is read, when the file is not UTF-8 text.
    """

    path: Path
    start: int = 0
    stop: int | None = None

    def __iter__(self) -> Iterator[str]:
        return whole_words(self._chunks())

    def _chunks(self) -> Iterator[str]:
        place = 0
        for chunk in read_chunks(self.path):
            begin = max(0, self.start - place)
            end = len(chunk) if self.stop is None else self.stop - place
            if end <= 0:
                return
            yield chunk[begin:end]
            place += len(chunk)


def read_chunks(path: str | Path, size: int = 2**20) -> Iterator[str]:
    """A UTF-8 file in chunks of characters; line ends come out as plain newlines.

    Raises: ValueError when the file is not UTF-8 text.
    """
    with open(path, encoding="utf-8-sig") as file:
        try:
            while chunk := file.read(size):
                yield _without_zeros(chunk, path)
        except UnicodeDecodeError as error:
            raise _not_text(path, error) from error


def length_and_sha256(path: str | Path) -> tuple[int, str]:
    """How many characters a UTF-8 file holds, and its `Corpus.sha256`, read piece by piece.

    Raises: ValueError when the file is empty or not UTF-8 text.
    """
    length, digest, blank = 0, hashlib.sha256(), True
    for chunk in read_chunks(path):
        length += len(chunk)
        digest.update(chunk.encode())
        blank = blank and not chunk.strip()
    if blank:
        raise _empty(path)
    return length, digest.hexdigest()


def _text_files(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in TEXT_SUFFIXES and path.is_file() and not hidden:
            yield path


def read_text(path: str | Path) -> str:
    """A UTF-8 text file as a whole.

    Raises: ValueError when the file is empty or not UTF-8 text.
    """
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text(path, error) from error
    if not text.strip():
        raise _empty(path)
    return _without_zeros(text, path).replace("\r\n", "\n").replace("\r", "\n")


def _without_zeros(text: str, path: str | Path) -> str:
    if "\0" in text:
        raise ValueError(f"{path} holds zero bytes, so it is no text file; give a text file")
    return text


def _empty(path: str | Path) -> ValueError:
    return ValueError(f"{path} is empty; give a file with text in it")


def _not_text(path: str | Path, error: UnicodeDecodeError) -> ValueError:
    return ValueError(
        f"{path} is not UTF-8 text (0x{error.object[error.start]:02x} stands where a character "
        "should begin or go on); save it as UTF-8 if it is text, otherwise give another file"
    )
