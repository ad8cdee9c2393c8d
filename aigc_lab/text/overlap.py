"""How much of a text stands in another one, told from a sample of its stretches.

A stretch is some dozen words long, far more than two texts share by chance. Which stretches are
sampled depends on nothing but themselves, so that the same ones are met again wherever they stand:
in a file that was changed, moved, cut or joined with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy import ndarray

from aigc_lab.core.files import atomic_write

STRETCH = 64  # bytes: about a dozen English words, or twenty Chinese characters
ONE_IN = 16  # stretches that are sampled; a power of two
FEWEST = 20  # sampled stretches: of fewer, no share is told
PIECE = 2**20  # bytes that are looked at together, at eight bytes of memory each
KEPT = 2**22  # numbers that are kept of a text at most, 32 MiB: enough for 64 MiB of it, if all
# of it is different; of a longer text fewer than one stretch in sixteen
_BASE, _MIX = 0x9DDFEA08EB382D69, 0x9E3779B97F4A7C15  # odd numbers without a pattern
_TOP = np.uint64(64 - (ONE_IN - 1).bit_length())


def landmarks(documents: Iterable[str]) -> ndarray:
    """The sampled stretches of some documents, each as a number; spaces and line ends are alike.

    Shapes: returns (N,) uint64, a number for every 16th byte or so.
    Source: Manber 1994 (finding similar files), section 2.

    >>> text = "It was the best of times, it was the worst of times. " * 9
    >>> set(landmarks([text])) == set(landmarks([text.replace(" ", "\\n")]))
    True
    """
    return np.concatenate([np.empty(0, np.uint64), *_pieces(documents)])


def distinct_landmarks(documents: Iterable[str]) -> ndarray:
    """The landmarks of a text to know it by: each once, in order, and the `KEPT` smallest at most.

    Chance alone says which numbers are small, so that these are a fair sample of a text of any
    size, and memory holds no more than a few times as many, whatever its size.

    Shapes: returns (N,) uint64.
    """
    known, waiting, count = np.empty(0, np.uint64), [], 0
    for found in _pieces(documents):
        if len(known) == KEPT:
            found = found[found < known[-1]]
        waiting.append(found)
        count += len(found)
        if count > KEPT // 4:
            known, waiting, count = _smallest([known, *waiting]), [], 0
    return _smallest([known, *waiting])


def share_known(documents: Iterable[str], known: ndarray) -> float | None:
    """The share of a text that stands in the text whose `distinct_landmarks` are `known`.

    Units: from 0 to 1, of the text's stretches; None for a text too short to tell, which is a few
    hundred times as long where the known one has gigabytes.
    """
    mine = landmarks(documents)
    if known.dtype == np.uint32:  # as files held them once: the middle of each number
        mine = (mine >> np.uint64(16)).astype(np.uint32)
    if len(known) == KEPT:
        mine = mine[mine <= known[-1]]  # of the others nothing is known
    if len(mine) < FEWEST:
        return None
    if not len(known):
        return 0.0
    places = np.searchsorted(known, mine).clip(max=len(known) - 1)
    return float((known[places] == mine).mean())


def write_landmarks(path: Path, documents: Iterable[str]) -> Path:
    """Keep the landmarks of a text in a file, each once: half a byte for each of its, or fewer."""
    found = distinct_landmarks(documents)
    return atomic_write(path, lambda file: np.save(file, found))


def read_landmarks(path: Path) -> ndarray:
    """What `write_landmarks` wrote.

    Raises: ValueError when the file holds something else.
    """
    try:
        found = np.load(path, allow_pickle=False)
    except (ValueError, EOFError):
        found = None  # no array
    if getattr(found, "dtype", None) not in (np.uint32, np.uint64) or found.ndim != 1:
        raise ValueError(
            f"{path} does not hold the landmarks of a text; take another copy, or remove it"
        )
    return found


def _pieces(documents: Iterable[str]) -> Iterator[ndarray]:
    """The landmarks of some documents, a piece of them after the other."""
    for document in documents:
        data = " ".join(document.split()).encode()
        for start in range(0, len(data), PIECE):
            yield _sampled(data[start : start + PIECE + STRETCH - 1])


def _smallest(parts: Iterable[ndarray]) -> ndarray:
    """The smallest numbers of several arrays, each once."""
    numbers = np.concatenate(list(parts))
    numbers.sort()  # in place; np.unique would make a table many times as large
    first = np.ones(len(numbers), bool)
    first[1:] = numbers[1:] != numbers[:-1]
    return numbers[first][:KEPT].copy()


def _sampled(data: bytes) -> ndarray:
    hashes = np.frombuffer(data, np.uint8).astype(np.uint64)  # of every stretch of one byte
    length = 1
    while length < STRETCH:  # two neighbours make one of twice the length: h(ab) = h(a) Bⁿ + h(b)
        power = np.uint64(pow(_BASE, length, 2**64))
        hashes = hashes[:-length] * power + hashes[length:]  # modulo 2⁶⁴; none if data is shorter
        length *= 2
    mixed = hashes * np.uint64(_MIX)
    return mixed[mixed >> _TOP == 0]
