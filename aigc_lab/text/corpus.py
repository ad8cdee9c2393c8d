"""Corpora by name; the public ones come over the network, pinned by sha256, and are kept.

A download is resumed where it was cut off, and without a network it fails within seconds.
"""

from __future__ import annotations

import hashlib
import os
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO

from aigc_lab.core.files import cache_folder
from aigc_lab.core.network import offline_by_environment, within
from aigc_lab.text.documents import Corpus, file_or_folder, python_docs, read_text
from aigc_lab.text.words import END_OF_TEXT

PATIENCE = 4.0  # seconds to wait for an answer, and for each piece of the file
PIECE = 2**18  # bytes read at a time


@dataclass(frozen=True)
class Download:
    """A file on the network of which every byte is known beforehand: its size and its sha256."""

    file_name: str
    url: str
    size: int
    sha256: str


SHAKESPEARE = Download(
    "tinyshakespeare.txt",
    "https://raw.githubusercontent.com/karpathy/char-rnn/"
    "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
    1_115_394,
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)
TINYSTORIES = Download(
    "TinyStories-valid.txt",
    "https://huggingface.co/datasets/roneneldan/TinyStories/resolve/"
    "f54c09fd23315a6f9c86f9dc80f725de7d8f9c64/TinyStories-valid.txt",
    19_447_282,
    "94e431816c4cce81ff71e4408ff8d3bda9a42e8d2663986697c3954288cb38b4",
)


def load_corpus(name: str | Path, progress: bool = False) -> Corpus:
    """A corpus by its name, or the text of a file or folder by its path.

    Names: `python_docs` (always there), `shakespeare` and `tinystories` (downloaded once).
    Raises: FileNotFoundError when it is neither name nor path; ValueError when it holds no UTF-8
    text; ConnectionError when it cannot be downloaded.
    """
    if name in CORPORA:
        return CORPORA[str(name)](progress)
    if Path(name).exists():
        return file_or_folder(name)
    raise FileNotFoundError(
        f"{str(name)!r} is neither a corpus ({', '.join(CORPORA)}) nor a file or folder here; "
        "check the spelling, or give the full path"
    )


def shakespeare(progress: bool = False) -> Corpus:
    """Forty thousand lines from Shakespeare's plays, a megabyte of text."""
    text = read_text(fetch(SHAKESPEARE, progress))
    return Corpus("shakespeare", [text], SHAKESPEARE.url, "public domain")


def tinystories(progress: bool = False) -> Corpus:
    """The 21,990 validation stories of TinyStories, written by a model in a child's words.

    Source: Eldan and Li 2023.
    """
    stories = read_text(fetch(TINYSTORIES, progress)).split(END_OF_TEXT)
    documents = [story.strip() + "\n" for story in stories if story.strip()]
    return Corpus("tinystories", documents, TINYSTORIES.url, "CDLA-Sharing-1.0")


def fetch(download: Download, progress: bool = False) -> Path:
    """The path of a pinned file: in `$AIGC_LAB_DATA`, in the cache, or downloaded into the cache.

    A download that was cut off goes on where it stopped; one that another process has begun is
    waited for as long as it grows. With `HF_HUB_OFFLINE=1` in the environment, the network is not
    even tried.
    Raises: ConnectionError within seconds when there is no network, saying what to do instead;
    ValueError when a file is not the one that was pinned.
    """
    if (given := os.environ.get("AIGC_LAB_DATA")) and (path := _inside(given, download)).is_file():
        _require_pinned(path, download, f"set AIGC_LAB_DATA to another folder than {given}")
        return path
    path = _inside(cache_folder(), download)
    if path.is_file() and _sha256(path) == download.sha256:
        return path
    if offline_by_environment():
        raise _cannot_fetch(download, "HF_HUB_OFFLINE forbids the network")
    part = _part_of(path)
    try:
        with _alone(path):
            if not path.is_file() or _sha256(path) != download.sha256:  # nobody was quicker
                _receive(download, part, progress)
                _take(part, path, download)
    except (OSError, HTTPException) as error:
        raise _cannot_fetch(download, f"{type(error).__name__}: {error}") from error
    return path


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time fetch a file; of one that is killed the system frees it.

    Raises: TimeoutError when another process holds it and does not get on with it.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    part, size = _part_of(path), -1
    lock = FileLock(path.with_name(f".{path.name}.lock"))  # which stays: it may not be removed
    while not lock.is_locked:
        try:
            lock.acquire(timeout=2 * PATIENCE)
        except Timeout:
            before, size = size, part.stat().st_size if part.is_file() else 0
            if size == before:
                raise TimeoutError("another process has begun it and stands still") from None
    try:
        yield
    finally:
        lock.release()


def _take(part: Path, path: Path, download: Download) -> None:
    """Give a whole download its name."""
    try:
        _require_pinned(part, download, "try once more, or fetch the file by hand")
    except ValueError:
        part.unlink()  # the next try must not go on from wrong bytes
        raise
    os.replace(part, path)


def _receive(download: Download, part: Path, progress: bool) -> None:
    """Get the rest of a file from the network, behind what an earlier try left."""
    have = part.stat().st_size if part.is_file() else 0
    if have >= download.size:
        return
    request = urllib.request.Request(download.url, headers={"User-Agent": "aigc-lab"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    answer = within(PATIENCE, lambda: urllib.request.urlopen(request, timeout=PATIENCE))
    with answer as response, open(part, "ab") as file:
        if response.status != 206:  # the server sends all of it again
            file.truncate(0)
        _copy(response, file, download, progress)
    if part.stat().st_size < download.size:
        raise ConnectionError(f"the connection ended after {part.stat().st_size:,} bytes")


def _copy(response: HTTPResponse, file: BinaryIO, download: Download, progress: bool) -> None:
    """Copy an answer into a file; every read waits at most `PATIENCE` seconds."""
    from tqdm.auto import tqdm

    size, done = download.size, file.seek(0, os.SEEK_END)
    bar = tqdm(
        desc=download.file_name,
        initial=done,
        total=size,
        unit="B",
        unit_scale=True,
        disable=not progress,
    )
    with bar:
        while done <= size and (piece := response.read1(PIECE)):
            file.write(piece)
            done += len(piece)
            bar.update(len(piece))


def _cannot_fetch(download: Download, reason: str) -> ConnectionError:
    return ConnectionError(
        f"{download.file_name} could not be downloaded from {download.url} ({reason}). Put the "
        "file into a folder and set AIGC_LAB_DATA to that folder, try again with a network (it "
        "goes on where it stopped), or use the corpus 'python_docs', which needs none"
    )


def _require_pinned(path: Path, download: Download, mend: str) -> None:
    if (found := _sha256(path)) != download.sha256:
        raise ValueError(
            f"{path} has the sha256 {found[:16]}…, but {download.sha256[:16]}… is pinned, so it is "
            f"another file or damaged; {mend}"
        )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _part_of(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _inside(folder: str | Path, download: Download) -> Path:
    return Path(folder) / download.file_name


CORPORA: dict[str, Callable[[bool], Corpus]] = {
    "python_docs": lambda progress: python_docs(),
    "shakespeare": shakespeare,
    "tinystories": tinystories,
}
