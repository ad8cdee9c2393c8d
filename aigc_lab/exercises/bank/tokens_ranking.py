"""Exercises of notebook 01: cutting a new word into tokens, by rank."""

from __future__ import annotations

from aigc_lab.exercises.bank.tokens import NOTEBOOK, cut
from aigc_lab.exercises.bank.tokens_merging_flawed import Pair
from aigc_lab.exercises.bank.tokens_ranking_flawed import (
    all_or_nothing,
    each_once,
    first_merge_only,
    flawed_encode,
    last_merge_only,
    longest_match,
    one_merge,
    one_pass,
    one_place_at_a_time,
    retrained,
    reversed_ranks,
    until_one_misses,
)
from aigc_lab.exercises.definition import Exercise, Mistake, probe
from aigc_lab.text.bpe import BPETokenizer


def bpe_encode(word: str, merges: list[Pair]) -> list[bytes]:
    """The tokens of one word, with the package's tokenizer."""
    tokenizer = BPETokenizer(merges, special_tokens=())
    return [tokenizer.token_bytes(id) for id in tokenizer.encode(word)]


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
        probe("two merges that do not touch", "hello", _merges("h+e", "l+o")),
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
            "one_place_at_a_time",
            "the leftmost place that can be merged is merged, whatever the rank",
            "you go through the word from the left, merge the first two tokens that can be, and "
            "begin again",
            "In training (h, e) was merged before (t, h), so “the” had no h left for t. Which of "
            "all pairs in the word was learned first?",
            wrong=one_place_at_a_time,
        ),
        Mistake(
            "one_pass",
            "tokens grow from the left, byte by byte",
            "you go through the word once and let the last token swallow the next byte where a "
            "merge allows it",
            "A merge may join two long tokens, and rank decides which comes first. Should your "
            "loop go over the bytes, or over `merges`?",
            wrong=one_pass,
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
            "reversed",
            "long tokens never come about",
            "you go through `merges` from its end, where the merges stand that need earlier ones",
            "“low” is made of “lo” and w. When must “lo” be there?",
            wrong=reversed_ranks,
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
            "first_merge_only",
            "only the very first merge is made",
            "you return inside the loop, after one merge",
            "When have all merges had their turn? Check how far your `return` is indented.",
            wrong=first_merge_only,
        ),
        Mistake(
            "last_merge_only",
            "of all merges only the last one is made",
            "every merge starts from the bytes again, and forgets the merges before it",
            "What does `merge_pair` have to be given: the bytes, or the tokens so far?",
            wrong=last_merge_only,
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
            "numbers",
            "the list holds whole numbers, and nothing is merged",
            "`list` of a bytes object gives numbers, and merges are pairs of bytes objects",
            "104 and b'h' are never equal. Which of your functions cuts a text into bytes?",
            wrong=lambda word, merges: list(word.encode()),
        ),
        Mistake(
            "uncut",
            "the word comes back in one piece, whatever was learned",
            "you begin with the whole word as a single token, which has no neighbour to merge with",
            "Merges build tokens up from bytes. Which of your functions cuts a text into bytes?",
            wrong=lambda word, merges: [word.encode()],
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
