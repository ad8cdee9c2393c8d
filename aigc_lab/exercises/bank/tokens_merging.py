"""Exercises of notebook 01: making one merge."""

from __future__ import annotations

from functools import partial

from aigc_lab.exercises.bank.tokens import NOTEBOOK, cut
from aigc_lab.exercises.bank.tokens_merging_flawed import (
    Pair,
    flawed_merge,
    merge_from_right,
    merge_past_the_end,
)
from aigc_lab.exercises.definition import Exercise, Mistake, probe


def merge_pair(tokens: list[bytes], pair: Pair) -> list[bytes]:
    """The tokens with every occurrence of the pair joined, from left to right."""
    return flawed_merge(tokens, pair)


MERGE_PAIR = Exercise(
    name="merge_pair",
    notebook=NOTEBOOK,
    title="Make a merge",
    points=2,
    keeps_inputs=True,
    reference=merge_pair,
    probes=lambda: [
        probe("h and e in a word of seven letters", cut("the hen")[0], (b"h", b"e")),
        probe("a pair that is not there", cut("stone")[0], (b"h", b"e")),
        probe("three equal letters", cut("baaa")[0], (b"a", b"a")),
        probe("five equal letters", cut("aaaaa")[0], (b"a", b"a")),
        probe("a pair and its mirror image", cut("ehhe")[0], (b"h", b"e")),
        probe("the halves apart", cut("hare")[0], (b"h", b"e")),
        probe("one half beside others", cut("hishers")[0], (b"h", b"e")),
        probe(
            "tokens that spell the same and are cut elsewhere",
            [b"t", b"he", b"th", b"e", b"t", b"he"],
            (b"th", b"e"),
        ),
        probe("bytes of a Chinese character", cut("猫猫")[0], (b"\xe7", b"\x8c")),
        probe("one single token", [b"a"], (b"a", b"a")),
        probe("no token at all", [], (b"h", b"e")),
    ],
    hints=(
        "Walk through the tokens with an index. What do you do at a place where the pair stands, "
        "and what otherwise? How far do you move on in each case?",
        "Use `while`, not `for`, since a merge moves on by two. At a merge append the two tokens "
        "joined with +; otherwise append the one token. Mind the last token, which has no right "
        "neighbour: a slice `tokens[at : at + 2]` does not mind.",
        "`if tuple(tokens[at : at + 2]) == pair:` append `pair[0] + pair[1]` and add 2 to `at`; "
        "`else:` append `tokens[at]` and add 1. Give the new list back.",
    ),
    flawed=flawed_merge,
    mistakes=(
        Mistake(
            "unmerged",
            "the tokens come back as they were",
            "no pair is ever found, as when a list is compared with a tuple: `[a, b] == (a, b)` is "
            "False (or your merged tokens never arrive in what you return)",
            "Make both sides of your comparison the same kind, or compare the tokens one by one.",
            wrong=lambda tokens, pair: list(tokens),
        ),
        Mistake(
            "second_half_again",
            "after each merged token its second half stands there once more",
            "after a merge you move on by one token instead of two",
            "Both halves are used up. Where does the next token begin?",
            knobs={"step": 1},
        ),
        Mistake(
            "first_only",
            "later occurrences of the pair stay apart",
            "you stop merging after the first occurrence",
            "The pair is to be merged wherever it stands. What ends your loop?",
            knobs={"most": 1},
        ),
        Mistake(
            "last_token_lost",
            "a last token that is not merged is missing",
            "your loop ends one token early, since the last one has no right neighbour",
            "It cannot be merged, but it is part of the word. Append it.",
            knobs={"last": False},
        ),
        Mistake(
            "past_the_end",
            "it stops with an IndexError whenever the last token is not merged",
            "you ask for an item that is not there, as when the last token's right neighbour is "
            "looked up",
            "Ask for a neighbour only where there is one; or compare a slice, which may be short.",
            wrong=partial(merge_past_the_end, asks="unmerged"),
        ),
        Mistake(
            "past_the_end_always",
            "it stops with an IndexError wherever there is a token",
            "you ask for an item that is not there, as when the last token's right neighbour is "
            "looked up",
            "Ask for a neighbour only where there is one; or compare a slice, which may be short.",
            wrong=partial(merge_past_the_end, asks="every"),
        ),
        Mistake(
            "past_the_end_at_a_half",
            "it stops with an IndexError where the last token is the first half of the pair",
            "you ask for an item that is not there, as when the last token's right neighbour is "
            "looked up",
            "Ask for a neighbour only where there is one; or compare a slice, which may be short.",
            wrong=partial(merge_past_the_end, asks="half"),
        ),
        Mistake(
            "spelling",
            "(t, he) is merged as if it were (th, e)",
            "you compare the joined bytes instead of the two tokens",
            "A merge says which two tokens, not which letters. Compare left with left and right "
            "with right.",
            knobs={"fits": "spelling"},
        ),
        Mistake(
            "first_half",
            "tokens are joined with whatever stands behind them",
            "you look at the first token of the pair only",
            "Both have to fit. What is the second condition?",
            knobs={"fits": "first"},
        ),
        Mistake(
            "first_half_spelled",
            "the letters change: whatever stands behind the first half is replaced by the second",
            "you look at the first token of the pair only, and write down the whole pair",
            "Both have to fit. What is the second condition?",
            knobs={"fits": "first", "join": "spelled"},
        ),
        Mistake(
            "second_half",
            "tokens are joined with whatever stands in front of them",
            "you look at the second token of the pair only",
            "Both have to fit. What is the first condition?",
            knobs={"fits": "second"},
        ),
        Mistake(
            "second_half_spelled",
            "the letters change: whatever stands before the second half is replaced by the first",
            "you look at the second token of the pair only, and write down the whole pair",
            "Both have to fit. What is the first condition?",
            knobs={"fits": "second", "join": "spelled"},
        ),
        Mistake(
            "any_order",
            "the mirror image of the pair is merged too",
            "you compare the two tokens without their order",
            "(e, h) is another pair than (h, e). Does a set know that?",
            knobs={"fits": "any order"},
        ),
        Mistake(
            "any_order_spelled",
            "the mirror image of the pair is turned round and merged too",
            "you compare the two tokens without their order",
            "(e, h) is another pair than (h, e). Does a set, or a sorted list, know that?",
            knobs={"fits": "any order", "join": "spelled"},
        ),
        Mistake(
            "from_right",
            "of three equal letters the last two are merged",
            "you go from right to left",
            "Everybody has to cut “aaa” alike, and the rule is: from the left.",
            wrong=merge_from_right,
        ),
        Mistake(
            "tuple",
            "the merged token is a tuple of two",
            "you append the pair itself",
            "Two bytes objects become one with +.",
            knobs={"join": "tuple"},
        ),
        Mistake(
            "swapped",
            "merged tokens are spelled backwards",
            "you join the second half in front of the first",
            "Read the result aloud: “eh” or “he”?",
            knobs={"join": "swapped"},
        ),
        Mistake(
            "numbers",
            "the list holds whole numbers",
            "`merged += token` adds the token's bytes one by one, and a byte by itself is a number",
            "Which method adds one whole item to a list?",
            knobs={"add": "numbers"},
        ),
    ),
)

EXERCISES = (MERGE_PAIR,)
