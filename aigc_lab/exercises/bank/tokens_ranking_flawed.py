"""Wrong ways to cut a word by rank, for the exercise in tokens_ranking."""

from __future__ import annotations

import itertools
from collections import Counter

from aigc_lab.exercises.bank.tokens import cut
from aigc_lab.exercises.bank.tokens_merging_flawed import Pair, flawed_merge

EXERCISES = ()  # the exercise that these belong to stands in tokens_ranking


def flawed_encode(
    word: str, merges: list[Pair], *, choice: str = "rank", begin: str = "bytes"
) -> list[bytes]:
    """`bpe_encode` with its knobs."""
    tokens = cut(word)[0] if begin == "bytes" else [sign.encode() for sign in word]
    while pairs := [pair for pair in itertools.pairwise(tokens) if pair in merges]:
        tokens = flawed_merge(tokens, _next(pairs, merges, choice))
    return tokens


def _next(pairs: list[Pair], merges: list[Pair], choice: str) -> Pair:
    if choice == "left":
        return pairs[0]
    if choice == "frequent":
        return Counter(pairs).most_common(1)[0][0]
    if choice == "longest":
        return max(sorted(pairs, key=merges.index), key=lambda pair: len(pair[0] + pair[1]))
    return (max if choice == "newest" else min)(pairs, key=merges.index)


def longest_match(word: str, merges: list[Pair]) -> list[bytes]:
    """From the left, always the longest token there is."""
    known = {left + right for left, right in merges}
    data, tokens, at = word.encode(), [], 0
    while at < len(data):
        ends = [end for end in range(len(data), at + 1, -1) if data[at:end] in known]
        end = ends[0] if ends else at + 1
        tokens.append(data[at:end])
        at = end
    return tokens


def all_or_nothing(word: str, merges: list[Pair]) -> list[bytes]:
    """The whole word when it is a token, otherwise its bytes."""
    known = {left + right for left, right in merges}
    return [word.encode()] if word.encode() in known else cut(word)[0]


def one_merge(word: str, merges: list[Pair]) -> list[bytes]:
    """The first merge that fits, and no other."""
    tokens = cut(word)[0]
    for pair in merges:
        if pair in itertools.pairwise(tokens):
            return flawed_merge(tokens, pair)
    return tokens


def until_one_misses(word: str, merges: list[Pair]) -> list[bytes]:
    """All merges up to the first that does not fit."""
    tokens = cut(word)[0]
    for pair in merges:
        if pair not in itertools.pairwise(tokens):
            break
        tokens = flawed_merge(tokens, pair)
    return tokens


def each_once(word: str, merges: list[Pair]) -> list[bytes]:
    """Every merge at its first place only."""
    tokens = cut(word)[0]
    for pair in merges:
        tokens = flawed_merge(tokens, pair, most=1)
    return tokens


def retrained(word: str, merges: list[Pair]) -> list[bytes]:
    """The most frequent pair of the word, until that was never learned."""
    tokens = cut(word)[0]
    while len(tokens) > 1:
        pair = Counter(itertools.pairwise(tokens)).most_common(1)[0][0]
        if pair not in merges:
            break
        tokens = flawed_merge(tokens, pair)
    return tokens


def reversed_ranks(word: str, merges: list[Pair]) -> list[bytes]:
    """Each merge once, the last learned first."""
    tokens = cut(word)[0]
    for pair in merges[::-1]:
        tokens = flawed_merge(tokens, pair)
    return tokens


def one_place_at_a_time(word: str, merges: list[Pair]) -> list[bytes]:
    """The leftmost place that can be merged, again and again."""
    tokens = cut(word)[0]
    while places := [at for at, pair in enumerate(itertools.pairwise(tokens)) if pair in merges]:
        tokens[places[0] : places[0] + 2] = [tokens[places[0]] + tokens[places[0] + 1]]
    return tokens


def one_pass(word: str, merges: list[Pair]) -> list[bytes]:
    """The last token grows as long as the next byte can be merged with it."""
    tokens: list[bytes] = []
    for byte in cut(word)[0]:
        if tokens and (tokens[-1], byte) in merges:
            tokens[-1] += byte
        else:
            tokens.append(byte)
    return tokens


def first_merge_only(word: str, merges: list[Pair]) -> list[bytes] | None:
    """Returns after the first merge, whether it fits or not."""
    return flawed_merge(cut(word)[0], merges[0]) if merges else None


def last_merge_only(word: str, merges: list[Pair]) -> list[bytes]:
    """Makes every merge from the bytes, and keeps what comes of the last."""
    return flawed_merge(cut(word)[0], merges[-1]) if merges else cut(word)[0]
