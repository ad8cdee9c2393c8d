"""Exercises of notebook 01: cutting a new word into tokens, by rank."""

from __future__ import annotations

import itertools
from collections import Counter

from aigc_lab.exercises.bank.tokens import NOTEBOOK, cut
from aigc_lab.exercises.bank.tokens_merging import Pair, flawed_merge, merge_pair
from aigc_lab.exercises.definition import Exercise, Mistake, probe
from aigc_lab.text.bpe import BPETokenizer


def bpe_encode(word: str, merges: list[Pair]) -> list[bytes]:
    """The tokens of one word, with the package's tokenizer."""
    tokenizer = BPETokenizer(merges, special_tokens=())
    return [tokenizer.token_bytes(id) for id in tokenizer.encode(word)]


def flawed_encode(
    word: str, merges: list[Pair], *, choice: str = "rank", begin: str = "bytes"
) -> list[bytes]:
    """`bpe_encode` with its knobs."""
    tokens = cut(word)[0] if begin == "bytes" else [sign.encode() for sign in word]
    while pairs := [pair for pair in itertools.pairwise(tokens) if pair in merges]:
        tokens = merge_pair(tokens, _next(pairs, merges, choice))
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
            return merge_pair(tokens, pair)
    return tokens


def until_one_misses(word: str, merges: list[Pair]) -> list[bytes]:
    """All merges up to the first that does not fit."""
    tokens = cut(word)[0]
    for pair in merges:
        if pair not in itertools.pairwise(tokens):
            break
        tokens = merge_pair(tokens, pair)
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
        tokens = merge_pair(tokens, pair)
    return tokens


def _merges(*pairs: str) -> list[Pair]:
    """Merges written as "t h"."""
    return [tuple(half.encode() for half in pair.split("+")) for pair in pairs]


_CAT = (b"\xe7\x8c", b"\xab")  # of 猫

BPE_ENCODE = Exercise(
    name="bpe_encode",
    notebook=NOTEBOOK,
    title="Cut a new word by rank",
    points=3,
    reference=bpe_encode,
    probes=lambda: [
        probe("a word in which two merges want the h", "the", _merges("h+e", "t+h", "t+he")),
        probe(
            "a word whose longest token is out of reach",
            "abcd",
            _merges("b+c", "c+d", "a+b", "ab+cd", "ab+c"),
        ),
        probe("the second of two merges does not fit", "stone", _merges("o+n", "h+e", "on+e")),
        probe("the same pair three times", "bananana", _merges("a+n", "n+a", "an+a", "b+an")),
        probe("a rare pair was learned first", "xabab", _merges("x+a", "a+b", "ab+ab")),
        probe("a long token is in reach too early", "abcd", _merges("c+d", "a+b", "b+cd")),
        probe("a whole word that is a token", "low", _merges("l+o", "lo+w")),
        probe("its beginning is a token", "lows", _merges("l+o", "lo+w")),
        probe("a Chinese character out of its bytes", "猫", [(b"\xe7", b"\x8c"), _CAT]),
        probe("half a Chinese character", "狐", [(b"\xe7", b"\x8c"), (b"\xe7", b"\x8b"), _CAT]),
        probe("no merges learned", "low", []),
    ],
    hints=(
        "Begin with bytes. Which merge was learned first? Make it wherever it fits, and then?",
        "`merges` stands in the order of learning, so a loop over it meets them by rank. Each is "
        "made with `merge_pair`, which leaves the tokens alone where its pair is missing.",
        "`tokens = utf8_tokens(word)`; then `for pair in merges:` let `tokens` become what "
        "`merge_pair` makes of it; at the end give `tokens` back.",
    ),
    flawed=flawed_encode,
    mistakes=(
        Mistake(
            "left_to_right",
            "the leftmost pair that can be merged is merged, whatever its rank",
            "you go through the word from the left and merge what you meet",
            "In training (h, e) was merged before (t, h), so “the” had no h left for t. Which of "
            "all pairs in the word was learned first?",
            knobs={"choice": "left"},
        ),
        Mistake(
            "longest_match",
            "the longest token that fits stands at the front",
            "you cut off the longest known token from the left, which asks no merge for its rank",
            "A token can only come about through its merges, in their order. Begin with bytes and "
            "merge pairs.",
            wrong=longest_match,
        ),
        Mistake(
            "longest_pair",
            "long tokens are made before short ones that were learned earlier",
            "among the pairs you choose the one that gives the longest token",
            "Rank decides, not length. Where in the list `merges` does a pair stand?",
            knobs={"choice": "longest"},
        ),
        Mistake(
            "newest_first",
            "merges that were learned late are made before early ones",
            "you go through the merges from the last to the first",
            "The first merge learned has rank 0 and goes first (min, not max).",
            knobs={"choice": "newest"},
        ),
        Mistake(
            "most_frequent",
            "the pair that is most frequent in this word is merged first",
            "you count pairs again, as in training",
            "Training is over: what was frequent there is written in the order of `merges`.",
            knobs={"choice": "frequent"},
        ),
        Mistake(
            "retrained",
            "it stops as soon as the most frequent pair of this word is none of the merges",
            "you look for the most common pair, as in training",
            "Training is over. Go through `merges` in order, and make those that fit.",
            wrong=retrained,
        ),
        Mistake(
            "until_one_misses",
            "no merge is made after the first that does not fit",
            "your loop ends at a merge whose pair is not in the word",
            "Most merges do not fit a given word. What should happen to the others?",
            wrong=until_one_misses,
        ),
        Mistake(
            "one_merge",
            "one kind of pair is merged, and then it ends",
            "you return right after the first merge that fits",
            "After a merge there are new neighbours. When is a word finished?",
            wrong=one_merge,
        ),
        Mistake(
            "each_once",
            "later occurrences of a pair stay apart",
            "you make every merge at its first place only",
            "`merge_pair` makes a merge everywhere. Do you stop it?",
            wrong=each_once,
        ),
        Mistake(
            "whole_characters",
            "猫 is never merged, it is in one piece from the start",
            "you begin with characters instead of bytes",
            "Merges were learned between bytes. Which of your functions cuts a text into bytes?",
            knobs={"begin": "characters"},
        ),
        Mistake(
            "strings",
            "the tokens are of type str, and nothing is merged",
            "you begin with the letters of the word, and merges are pairs of bytes",
            "'a' and b'a' are never equal. Which of your functions cuts a text into bytes?",
            wrong=lambda word, merges: list(word),
        ),
        Mistake(
            "all_or_nothing",
            "a word that is not a token as a whole falls apart into bytes",
            "you look the whole word up, and give up when it is not there",
            "“lows” is new, but “low” was learned. Merge what can be merged.",
            wrong=all_or_nothing,
        ),
        Mistake(
            "no_merges",
            "the bytes come back unmerged",
            "no merge ever arrives in the list that you return",
            "`merge_pair` gives back a new list. Do you keep it?",
            wrong=lambda word, merges: cut(word)[0],
        ),
    ),
)

EXERCISES = (BPE_ENCODE,)
