"""Notebook 12: the ways to cut a text wrongly, for applications_7_pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Count = Callable[[str], int]
SMALL = 3  # sentences a piece, where somebody writes a number down

EXERCISES = ()  # the exercise that these belong to stands in applications_7_pieces


def flawed(
    sentences: list[str],
    count: Count,
    limit: int,
    *,
    fits: str = "joined",
    until: str = "at most",
    over: str = "opens a piece",
    last: str = "kept",
    first: str = "placed",
    alone: str = "refused",
    empty: str = "nothing",
    gap: str = " ",
    told: str = "texts",
) -> Any:
    """The same with what can go wrong."""
    groups: list[list[str]] = []
    piece: list[str] = []
    for sentence in sentences:
        least = limit if until in ("below, both", "below, sentence") else limit + 1
        if count(sentence) >= least:
            if alone == "refused":
                raise ValueError("a sentence is too long")
            if alone == "left out":
                continue
        if (first == "placed" and not piece) or _fits(fits, piece, sentence, count, limit, until):
            piece = [*piece, sentence]
            continue
        groups.append(piece)
        piece = {
            "opens a piece": [sentence],
            "is lost": [],
            "repeats the last": [*piece[-1:], sentence],
            "grows": [*piece, sentence],
        }[over]
    if last == "kept" and piece:
        groups.append(piece)
    if first == "placed":
        groups = [group for group in groups if group]
    if empty == "one" and not sentences:
        groups = [[""]]
    if told == "a space in front":
        return [" " + " ".join(group) for group in groups]
    if told == "a space behind":
        return [" ".join(group) + " " for group in groups]
    return {
        "texts": lambda: [gap.join(group) for group in groups],
        "lists": lambda: groups,
        "reversed": lambda: [gap.join(group) for group in groups[::-1]],
        "sentences reversed": lambda: [gap.join(group[::-1]) for group in groups],
        "number": lambda: len(groups),
        "first": lambda: gap.join(groups[0]) if groups else "",
        "sizes": lambda: [count(gap.join(group)) for group in groups],
    }[told]()


def _fits(how: str, piece: list[str], sentence: str, count: Count, limit: int, until: str) -> bool:
    """Whether a sentence may join a piece."""
    size = {
        "joined": lambda: count(" ".join([*piece, sentence])),
        "sum": lambda: sum(map(count, piece)) + count(sentence),
        "piece and sentence": lambda: count(" ".join(piece)) + count(sentence),
        "piece alone": lambda: count(" ".join(piece)),
        "sentence alone": lambda: count(sentence),
        "characters": lambda: len(" ".join([*piece, sentence])),
        "words": lambda: len(" ".join([*piece, sentence]).split()),
        "without a space": lambda: count("".join([*piece, sentence])),
        "sentences": lambda: len(piece) + 1,
        "three": lambda: limit + (len(piece) >= SMALL),
        "never": lambda: limit + 1,
        "always": lambda: 0,
    }[how]()
    return size < limit if until in ("below", "below, both") else size <= limit


def any_piece(sentences: list[str], count: Count, limit: int) -> list[str]:
    """Each sentence goes into the first piece that has room."""
    found: list[str] = []
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("a sentence is too long")
        for at, piece in enumerate(found):
            if count(f"{piece} {sentence}") <= limit:
                found[at] = f"{piece} {sentence}"
                break
        else:
            found.append(sentence)
    return found


def cut_words(sentences: list[str], count: Count, limit: int) -> list[str]:
    """Pieces are filled word by word, whatever sentence a word belongs to."""
    if any(count(sentence) > limit for sentence in sentences):
        raise ValueError("a sentence is too long")
    return flawed(" ".join(sentences).split(), count, limit)


def even_pieces(sentences: list[str], count: Count, limit: int) -> list[str]:
    """All pieces get the same number of sentences: the largest with which all fit."""
    if any(count(sentence) > limit for sentence in sentences):
        raise ValueError("a sentence is too long")
    for size in range(len(sentences), 0, -1):
        found = [" ".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]
        if all(count(piece) <= limit for piece in found):
            return found
    return []


def from_the_end(sentences: list[str], count: Count, limit: int) -> list[str]:
    """The last piece is filled first."""
    found: list[str] = []
    for sentence in reversed(sentences):
        if count(sentence) > limit:
            raise ValueError("a sentence is too long")
        if found and count(f"{sentence} {found[0]}") <= limit:
            found[0] = f"{sentence} {found[0]}"
        else:
            found.insert(0, sentence)
    return found


def starts_and_ends_empty(sentences: list[str], count: Count, limit: int) -> list[str]:
    """The first piece begins with a space, and without sentences there is an empty one."""
    return starts_empty(sentences, count, limit) or [""]


def starts_empty(sentences: list[str], count: Count, limit: int) -> list[str]:
    """The first piece is joined to an empty text, and so begins with a space."""
    found, piece = [], ""
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("a sentence is too long")
        if count(f"{piece} {sentence}") <= limit:
            piece = f"{piece} {sentence}"
        else:
            found.append(piece)
            piece = sentence
    return [*found, piece] if piece else found
