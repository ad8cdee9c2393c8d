"""Learning byte-pair merges from text: merge the most frequent pair, again and again.

One trick makes this both short and quick. A token is written as the single character `chr(id)`, so
a word is an ordinary string, a pair is a string of two characters, and merging a pair is Python's
own `split` and `join`. Three more ideas keep the work small:

1. Text repeats itself: each distinct word is kept once, with how often it was seen.
2. A merge touches few words: `where` lists the words in which each pair has ever appeared, and only
   the counts of pairs beside the merged places change.
3. Finding the most frequent pair needs no scan: a heap holds every count a pair has risen to. An
   entry whose pair has become rarer since is corrected when it comes to the top.

When two pairs are equally frequent, the one with the smaller ids is merged first, as in Hugging
Face's `tokenizers`, so that the merges are the same. (minbpe takes the pair that stands first in
the text: its merges are ours up to the first tie that the two rules settle differently.)
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import add

BASE_TOKENS = 256  # one token for every value of a byte
SMALLEST_COUNT = 2  # merging a pair that was seen once would save nothing


def learn_merges(
    words: Mapping[str, int], new_tokens: int, progress: bool = False
) -> list[tuple[int, int]]:
    """Learn up to `new_tokens` merges, fewer when no pair is left that repeats.

    `words` maps each distinct word to how often it was seen; a word is one character `chr(id)` per
    base token, 0 <= id < 256. The merges come back as pairs of ids in the order learned; the first
    makes token 256, the next 257, and so on. No two of them spell the same token: equal stretches
    of text take the same merges in the same order.
    Source: Sennrich, Haddow and Birch 2016, algorithm 1.
    Notebook: 01 tokens.

    >>> learn_merges({"abab": 5, "abc": 1}, new_tokens=2)
    [(97, 98), (256, 256)]
    """
    spellings, seen = list(words), list(words.values())
    counts, where = _count_pairs(spellings, seen)
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    merges: list[tuple[int, int]] = []
    for token in map(chr, _counted(range(BASE_TOKENS, BASE_TOKENS + new_tokens), progress)):
        pair = _pop_most_frequent(heap, counts)
        if pair is None:
            break
        merges.append((ord(pair[0]), ord(pair[1])))
        changes: dict[str, int] = defaultdict(int)
        for index in where.pop(pair):
            pieces = spellings[index].split(pair)
            spellings[index] = token.join(pieces)
            for gone, born in _pairs_beside(pieces, pair, token):
                changes[gone] -= seen[index]
                changes[born] += seen[index]
                where[born].append(index)
        for changed, change in changes.items():
            counts[changed] += change
            if change > 0:  # only now can an entry in the heap be too low
                heapq.heappush(heap, (-counts[changed], changed))
        del counts[pair]
    return merges


def _count_pairs(
    spellings: list[str], seen: list[int]
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Count every pair of neighbours, and list the words that hold it."""
    counts: dict[str, int] = defaultdict(int)
    where: dict[str, list[int]] = defaultdict(list)
    for index, (word, times) in enumerate(zip(spellings, seen, strict=True)):
        for pair in map(add, word, word[1:]):
            counts[pair] += times
            where[pair].append(index)
    return counts, where


def _pop_most_frequent(heap: list[tuple[int, str]], counts: dict[str, int]) -> str | None:
    """Take the most frequent pair off the heap; None when no pair repeats any more."""
    while heap:
        negative, pair = heapq.heappop(heap)
        count = counts.get(pair, 0)
        if count < SMALLEST_COUNT:
            continue
        if count == -negative:
            return pair
        heapq.heappush(heap, (-count, pair))  # it became rarer: back in, at its true place
    return None


def _pairs_beside(pieces: list[str], pair: str, token: str) -> Iterator[tuple[str, str]]:
    """The pairs beside each merged place, before and after; `pieces` is the word split there.

    >>> list(_pairs_beside("xabyabab".split("ab"), "ab", "T"))
    [('xa', 'xT'), ('by', 'Ty'), ('ya', 'yT'), ('ba', 'TT')]
    """
    first, second = pair
    for place in range(1, len(pieces)):
        left, right = pieces[place - 1], pieces[place]
        if left:
            yield left[-1] + first, left[-1] + token
        elif place > 1:  # two merged places side by side
            yield second + first, token + token
        if right:
            yield second + right[0], token + right[0]


def _counted(ids: range, progress: bool) -> Iterable[int]:
    """The same ids, with a progress bar when asked for."""
    if not progress:
        return ids
    from tqdm.auto import tqdm

    return tqdm(ids, desc="merges")
