"""Corpora larger than memory, text by text: into one file of token ids that is mapped, not read."""

from __future__ import annotations

import errno
import glob
import hashlib
import math
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from aigc_lab.core.network import offline_by_environment
from aigc_lab.core.units import size
from aigc_lab.text.documents import TEXT_SUFFIXES
from aigc_lab.text.token_ids import id_format, mark_id, open_ids, write_ids
from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.text.words import END_OF_TEXT, require_text

KINDS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv"}
KINDS |= dict.fromkeys(TEXT_SUFFIXES, "text")

PACKED = 10  # times: what a compressed file may hold of its own size


def texts_to_file(
    tokenizer: Tokenizer,
    texts: Iterable[str],
    path: str | Path,
    mark: str = END_OF_TEXT,
    limit: float = math.inf,
) -> np.ndarray:
    """The ids of any number of texts, one after another, in a file; memory holds one text.

    As `encode_documents` does, `mark` stands before each text and after the last. The text that
    reaches `limit` ids is the last one taken, and is taken whole. The ids come back as `open_ids`
    opens them. An interrupted call leaves what stood there before.

    Shapes: (N,).
    Raises: ValueError when no text arrives, one is no str, or `mark` is not a special token.
    """
    end, count = mark_id(tokenizer, mark), 0

    def ids() -> Iterator[list[int]]:
        nonlocal count
        for text in texts:
            yield (one := [end, *tokenizer.encode(require_text(text))])
            count += len(one)
            if count >= limit:
                break
        if not count:
            raise ValueError(f"no text arrived for {path}; check the name of the data set")
        yield [end]

    write_ids(path, chain.from_iterable(ids()), tokenizer.vocab_size)
    return open_ids(path)


def first_texts(texts: Iterable[str], characters: int) -> Iterator[str]:
    """The first texts that hold so many characters, the last of them whole.

    >>> list(first_texts(["ab", "cd", "ef"], characters=3))
    ['ab', 'cd']
    """
    for text in texts:
        yield text
        characters -= len(text)
        if characters <= 0:
            return


def require_room(path: Path, count: int, vocab_size: int) -> None:
    """Refuse to write so many ids where the disk has no room for them.

    Raises: OSError naming the folder.
    """
    folder = next(place for place in path.absolute().parents if place.exists())
    needed, free = count * id_format(vocab_size).itemsize, shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(
            errno.ENOSPC,
            f"{count:,} token ids take {size(needed)}, and {folder} has {size(free)} free; free "
            "some, set AIGC_LAB_CACHE to a folder on a larger disk, or take fewer steps",
        )


@dataclass(frozen=True)
class StreamedTexts:
    """The texts of a data set as `datasets` streams them, anew each time they are asked for.

    `name` is a name on the Hugging Face hub, with a configuration as NAME:CONFIGURATION where the
    data set has several, or a file or folder here of .jsonl, .json, .parquet or .csv files, or of
    text files, each of which is a text. Empty texts are left out.

    Raises: ValueError without the library `datasets`, which nothing else needs, when there is no
        such column, it holds something else than texts, or a file here is damaged; ConnectionError
        when the hub cannot be reached, breaks off, or HF_HUB_OFFLINE forbids it.
    """

    name: str
    column: str = "text"
    split: str = "train"

    def __iter__(self) -> Iterator[str]:
        for row in self._rows():
            if self.column not in row:
                raise ValueError(
                    f"{self.name} has no column {self.column!r}; it has {', '.join(map(str, row))}"
                )
            text = row[self.column]
            if not isinstance(text, str):
                raise ValueError(
                    f"the column {self.column!r} of {self.name} holds a {type(text).__name__} "
                    "where a text belongs; name another column"
                )
            if text.strip():
                yield text

    @property
    def fingerprint(self) -> str:
        """A name for these texts that changes when files here do; a hub's name says all."""
        known = [self.name, self.column, self.split]
        if self._is_here:
            stats = [(file, os.stat(file)) for file in _local_files(Path(self.name))[1]]
            known += [f"{file} {stat.st_size} {stat.st_mtime_ns}" for file, stat in stats]
        return hashlib.sha256("\n".join(known).encode()).hexdigest()[:20]

    def most_ids(self, limit: int) -> int:
        """How many ids these texts can give up to a limit; of files here their size tells."""
        if not self._is_here:
            return limit
        kind, files = _local_files(Path(self.name))
        letters = sum(map(os.path.getsize, files)) * (PACKED if kind == "parquet" else 1)
        return min(limit, letters + len(files) + 1)

    def _rows(self) -> Iterator[dict[str, Any]]:
        open_them, rows = self._opening(), 0
        try:
            for row in open_them():
                yield row
                rows += 1
        except Exception as error:  # the network, a file, a parser: each has errors of its own
            raise self._trouble(error, rows) from error

    def _opening(self) -> Callable[[], Iterable[dict[str, Any]]]:
        load_dataset = _datasets().load_dataset
        if self._is_here:
            kind, files = _local_files(Path(self.name))
            named = [glob.escape(file) for file in files]  # the library takes a name for a pattern
            words, settings = [kind], {"data_files": {"train": named}, "split": "train"}
            if kind == "text":
                settings["sample_by"] = "document"
        elif offline_by_environment():
            raise ConnectionError(
                f"the data set {self.name!r} cannot be streamed, since HF_HUB_OFFLINE forbids the "
                "network; unset it, or give a folder of .jsonl or .txt files"
            )
        else:
            words = self.name.split(":", 1)  # the name, and perhaps a configuration
            settings = {"split": self.split}
        return partial(load_dataset, *words, streaming=True, **settings)

    @property
    def _is_here(self) -> bool:
        return Path(self.name).exists()

    def _trouble(self, error: Exception, rows: int) -> Exception:
        """What to say of an error of the library's after so many rows."""
        reason = f"{type(error).__name__}: {error}"
        if self._is_here:
            return ValueError(
                f"{self.name} could not be read past row {rows:,} ({reason}); mend the file, or "
                "take it away"
            )
        if rows:
            return ConnectionError(
                f"the data set {self.name!r} broke off after row {rows:,} ({reason}); check the "
                "network and start again, or give a folder of .jsonl or .txt files"
            )
        if isinstance(error, ValueError):  # such as one that does not say which configuration
            return ValueError(
                f"the data set {self.name!r} could not be opened ({error}); a configuration is "
                "chosen as NAME:CONFIGURATION"
            )
        return ConnectionError(
            f"the data set {self.name!r} could not be opened ({reason}). Check the name and the "
            "network, or give a folder of .jsonl or .txt files"
        )


def _datasets() -> ModuleType:
    """The optional library, imported only when a data set is asked for."""
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise ValueError(
            "streaming a data set needs the library datasets, which is not installed: "
            'pip install "datasets>=4"'
        ) from error
    return datasets


def _local_files(path: Path) -> tuple[str, list[str]]:
    """The kind of the data files at a path, and the files themselves."""
    candidates = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    found: dict[str, list[str]] = {}
    for file in candidates:
        if kind := KINDS.get(file.suffix.lower()):
            found.setdefault(kind, []).append(str(file))
    if len(found) != 1:
        raise ValueError(
            f"{path} holds {' and '.join(found) or 'no'} data files, where files of one kind of "
            f"{', '.join(KINDS)} are expected; give one file or a folder of such"
        )
    return found.popitem()
