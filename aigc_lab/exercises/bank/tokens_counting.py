"""Exercises of notebook 01: finding the pair to merge."""

from __future__ import annotations

import itertools

from aigc_lab.exercises.bank.tokens import NOTEBOOK, cut
from aigc_lab.exercises.bank.tokens_counting_flawed import (
    Words,
    best_within_a_word,
    common_tokens,
    flawed_pair,
    past_the_end,
)
from aigc_lab.exercises.definition import Exercise, Mistake, probe


def most_common_pair(words: Words) -> tuple[bytes, bytes]:
    """The most frequent pair of neighbours inside words, the one seen first when several are."""
    return flawed_pair(words)


MOST_COMMON_PAIR = Exercise(
    name="most_common_pair",
    notebook=NOTEBOOK,
    title="The pair to merge",
    points=2,
    gives=tuple,
    reference=most_common_pair,
    probes=lambda: [
        probe("three words", cut("the", " hen", " he")),
        probe("the same word three times, and one other", cut("ab", "xyz", "ab", "ab", "xy")),
        probe("a tie: the pair met first counts", cut("qp", "ab", "zy", "mn")),
        probe("a tie whose first pair is the smallest", cut("ab", "zy", "mn")),
        probe("pairs that only words' borders would make", cut("ab", "cab", "dab", "a", "bx")),
        probe("long runs of one letter", cut("xyx", "aaaaa", "xy")),
        probe("a pair at the end of each word", cut("kite", "note", "bite", "site", "kid")),
        probe("pairs and their mirror images", cut("ab", "ba", "ba", "cd", "cd", "cd")),
        probe("one pair often in one word", cut("nananana", "ox", "box", "fox")),
        probe("common letters that never meet", cut("eat", "ten", "den", "ale", "toe", "at")),
        probe("tokens longer than a byte", [[b"th", b"e"], [b"t", b"he"], [b"th", b"e", b"n"]]),
    ],
    hints=(
        "Two jobs: count, then find the largest count. Which tokens stand side by side in one "
        "word?",
        "Go through the words; in each, `zip(word, word[1:])` gives every token with its right "
        "neighbour. Count those pairs in a dict or a `Counter`. `max` with `key=` gives the first "
        "of the largest.",
        "`counts = Counter()`; for each word `counts.update(zip(word, word[1:]))`; then "
        "`return max(counts, key=…)`, where the key of a pair is its count.",
    ),
    flawed=flawed_pair,
    mistakes=(
        Mistake(
            "across_words",
            "a pair wins that stands in no word",
            "you count pairs across the border of two words",
            "The last token of a word and the first of the next are no neighbours here. Count in "
            "each word separately.",
            knobs={"words_seen": "joined"},
        ),
        Mistake(
            "distinct_words",
            "a word that comes three times counts like one",
            "you count each different word once",
            "A text that says “the” a hundred times should learn it sooner. Which collection "
            "forgets repetitions?",
            knobs={"words_seen": "distinct"},
        ),
        Mistake(
            "every_second",
            "pairs that begin at an odd place are never counted",
            "you cut each word into pairs; every token and its neighbour is a pair",
            "“hen” holds two pairs: (h, e) and (e, n). How far do you move on after a pair?",
            knobs={"neighbours": "every second"},
        ),
        Mistake(
            "without_last",
            "pairs at the end of a word are never counted",
            "you stop one pair too early in each word",
            "A word of n tokens has n - 1 pairs. Check where your loop ends.",
            knobs={"neighbours": "all but the last"},
        ),
        Mistake(
            "once_a_word",
            "a pair that comes four times in one word counts once there",
            "you count in how many words a pair occurs",
            "Count places, not words: “banana” holds (a, n) twice.",
            knobs={"neighbours": "once a word"},
        ),
        Mistake(
            "rarest",
            "the rarest pair is given",
            "you take the smallest count",
            "The most useful merge is the one that can be made most often. Which end of the "
            "sorted counts is that?",
            knobs={"choice": "rarest"},
        ),
        Mistake(
            "rarest_last",
            "the rarest pair is given",
            "you take the last one of the pairs sorted from the most frequent to the rarest",
            "Which end of `most_common()` is that?",
            knobs={"choice": "last rarest"},
        ),
        Mistake(
            "last_tie",
            "among equally frequent pairs the one met last is given",
            "a later pair replaces the best one also when it is only as frequent",
            "Compare with > and not with >= (or do not sort before you take the last).",
            knobs={"choice": "last"},
        ),
        Mistake(
            "smallest_tie",
            "among equally frequent pairs the first in the alphabet is given",
            "ties are settled by the bytes themselves, as when pairs are sorted",
            "The task wants the pair that comes first in the text. A dict keeps the order in which "
            "keys came in.",
            knobs={"choice": "smallest"},
        ),
        Mistake(
            "largest_tie",
            "among equally frequent pairs the last in the alphabet is given",
            "you compare (count, pair), so that the bytes settle ties",
            "Compare counts alone: `max(counts, key=…)` gives the first of the largest.",
            knobs={"choice": "largest"},
        ),
        Mistake(
            "unordered",
            "a pair and its mirror image are counted together",
            "you sort the two tokens of a pair",
            "Is “he” the same as “eh”? The order in a pair matters.",
            knobs={"ordered": False},
        ),
        Mistake(
            "first_word",
            "only the first word counts",
            "you return inside the loop over words, or look at `words[0]` alone",
            "When have all words been counted? Check how far your lines are indented.",
            knobs={"words_seen": "first"},
        ),
        Mistake(
            "last_word",
            "only the last word counts",
            "you start counting anew in each word",
            "How many dicts of counts does the task need? Make it before the loop over words.",
            knobs={"words_seen": "last"},
        ),
        Mistake(
            "largest_pair",
            "a pair of letters late in the alphabet is given, however rare",
            "`max(counts)` compares the pairs themselves, not how often they occur",
            "`max` has a parameter `key` for what is to be compared.",
            wrong=lambda words: max(pair for word in words for pair in itertools.pairwise(word)),
        ),
        Mistake(
            "joined",
            "it gives the two tokens as one bytes object",
            "you count the joined tokens, so that nobody can tell where they met",
            "(th, e) and (t, he) spell the same and are different merges. Keep the two apart, in a "
            "tuple.",
            knobs={"answer": "joined"},
        ),
        Mistake(
            "with_count",
            "the pair comes together with its count",
            "`most_common` gives (pair, count), and you give that back",
            "Only the pair is asked for. Which part of the answer is it?",
            knobs={"answer": "counted"},
        ),
        Mistake(
            "only_count",
            "it gives a number, how often the pair occurs",
            "you give back the largest count, and not the pair that has it",
            "`most_common` gives (pair, count). Which of the two is asked for?",
            knobs={"answer": "count"},
        ),
        Mistake(
            "list_of_one",
            "it gives a list, with the pair and its count inside",
            "`most_common(1)` gives a list of one (pair, count), and you give that back",
            "Take the first of the list, and of that the pair.",
            knobs={"answer": "list"},
        ),
        Mistake(
            "past_the_end",
            "it stops with an IndexError",
            "you ask for an item that is not there, as when the last token's right neighbour is "
            "looked up",
            "A word of n tokens has n - 1 pairs. Where should your loop end?",
            wrong=past_the_end,
        ),
        Mistake(
            "within_a_word",
            "a pair that comes twice in one word beats one that comes once in many",
            "you count in each word by itself and take the largest of those counts",
            "The same pair in another word is one more. Keep one dict of counts for all words.",
            wrong=best_within_a_word,
        ),
        Mistake(
            "common_tokens",
            "it gives two tokens that are frequent, not two that are often neighbours",
            "you count single tokens and take the two most common",
            "e and t may be everywhere and never meet. What has to be counted is neighbours.",
            wrong=common_tokens,
        ),
    ),
)

EXERCISES = (MOST_COMMON_PAIR,)
