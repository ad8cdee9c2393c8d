"""Wrong ways to find the pair to merge, for the exercise in tokens_counting."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

EXERCISES = ()  # the exercise that these belong to stands in tokens_counting

Words = list[list[bytes]]


def flawed_pair(
    words: Words,
    *,
    words_seen: str = "all",
    neighbours: str = "all",
    choice: str = "first",
    ordered: bool = True,
    answer: str = "pair",
) -> Any:
    """`most_common_pair` with its knobs."""
    if words_seen == "joined":
        words = [[token for word in words for token in word]]
    elif words_seen == "first":
        words = words[:1]
    elif words_seen == "last":
        words = words[-1:]
    elif words_seen == "distinct":
        words = [list(word) for word in dict.fromkeys(map(tuple, words))]
    counts: Counter[tuple[bytes, ...]] = Counter()
    for word in words:
        counts.update(pair if ordered else tuple(sorted(pair)) for pair in _pairs(word, neighbours))
    pair = _choose(counts, choice)
    counted = (pair, counts[pair])
    answers = {
        "joined": b"".join(pair),
        "counted": counted,
        "list": [counted],
        "count": counts[pair],
    }
    return answers.get(answer, pair)


def _pairs(word: list[bytes], neighbours: str) -> list[tuple[bytes, ...]]:
    pairs: list[tuple[bytes, ...]] = list(itertools.pairwise(word))
    if neighbours == "every second":
        return pairs[::2]
    if neighbours == "all but the last":
        return pairs[:-1]
    if neighbours == "once a word":
        return list(dict.fromkeys(pairs))
    return pairs


def _choose(counts: Counter[tuple[bytes, ...]], choice: str) -> tuple[bytes, ...]:
    rare = choice in ("rarest", "last rarest")
    many = (min if rare else max)(counts.values())
    tied = [pair for pair, count in counts.items() if count == many]
    if choice in ("last", "last rarest"):
        return tied[-1]
    return {"smallest": min(tied), "largest": max(tied)}.get(choice, tied[0])


def past_the_end(words: Words) -> tuple[bytes, bytes]:
    """Asks for the right neighbour of every token, the last one included."""
    counts = Counter((word[at], word[at + 1]) for word in words for at in range(len(word)))
    return max(counts, key=counts.__getitem__)


def best_within_a_word(words: Words) -> tuple[bytes, bytes]:
    """The pair that is most frequent within some one word."""
    counts: dict[tuple[bytes, bytes], int] = {}
    for word in words:
        for pair, count in Counter(itertools.pairwise(word)).items():
            counts[pair] = max(count, counts.get(pair, 0))
    return max(counts, key=counts.__getitem__)


def common_tokens(words: Words) -> tuple[bytes, ...]:
    """The two most common tokens, wherever they stand."""
    counts = Counter(token for word in words for token in word)
    return tuple(token for token, _ in counts.most_common(2))
