"""Wrong ways to make a merge, for the exercise in tokens_merging."""

from __future__ import annotations

from typing import Any

EXERCISES = ()  # the exercise that these belong to stands in tokens_merging

Pair = tuple[bytes, bytes]


def flawed_merge(
    tokens: list[bytes],
    pair: Pair,
    *,
    step: int = 2,
    fits: str = "both",
    most: int | None = None,
    join: str = "in order",
    last: bool = True,
    add: str = "token",
) -> list[Any]:
    """`merge_pair` with its knobs."""
    merged: list[Any] = []
    at = 0
    while at < len(tokens):
        here = tuple(tokens[at : at + 2])
        if len(here) == 2 and _fits(here, pair, fits) and most != 0:
            most = None if most is None else most - 1
            merged.append(_joined(here, pair, join))
            at += step
        else:
            if last or at < len(tokens) - 1:
                merged.append(tokens[at])
            at += 1
    return [number for token in merged for number in token] if add == "numbers" else merged


def _joined(here: tuple[bytes, ...], pair: Pair, how: str) -> Any:
    left, right = pair if how == "spelled" else here
    return {"tuple": here, "swapped": right + left}.get(how, left + right)


def _fits(here: tuple[bytes, ...], pair: Pair, how: str) -> bool:
    return {
        "both": here == tuple(pair),
        "first": here[0] == pair[0],
        "second": here[1] == pair[1],
        "spelling": b"".join(here) == b"".join(pair),
        "any order": sorted(here) == sorted(pair),
    }[how]


def merge_from_right(tokens: list[bytes], pair: Pair) -> list[bytes]:
    """Merges, beginning at the end of the word."""
    mirrored = flawed_merge([token[::-1] for token in tokens[::-1]], (pair[1][::-1], pair[0][::-1]))
    return [token[::-1] for token in mirrored[::-1]]


def merge_past_the_end(tokens: list[bytes], pair: Pair, *, asks: str) -> list[bytes]:
    """Asks for a right neighbour of the last token too: each time, or where a half fits."""
    merged, at = [], 0
    while at < len(tokens):
        if asks == "half" and tokens[at] != pair[0]:
            fits = False
        else:
            fits = (tokens[at], tokens[at + 1]) == tuple(pair)
        merged.append(tokens[at] + tokens[at + 1] if fits else tokens[at])
        at += 2 if fits and asks != "every" else 1
    return merged
