"""Notebook 04: look up a learned table of positions, also in the middle of a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aigc_lab.exercises.bank.positions_learned_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


def add_positions(x: np.ndarray, table: np.ndarray, offset: int = 0) -> np.ndarray:
    """The reference: each token plus the row of its position, the first of which is `offset`."""
    return flawed(x, table, offset)


def probes() -> Sequence[Probe]:
    """At the beginning, in the middle, at the very end of the table and past it."""
    rng = np.random.default_rng(5)
    table = rng.normal(size=(13, 3))
    wide = rng.normal(size=(37, 7)).astype(np.float32)
    one, five = rng.normal(size=(1, 3)), rng.normal(size=(5, 3))
    batch = rng.normal(size=(2, 5, 3))
    deep = rng.normal(size=(2, 3, 11, 7)).astype(np.float32)
    return [
        probe("5 tokens from the beginning", five, table),
        probe("5 tokens, 7 are already in the cache", five, table, 7),
        probe("1 token, 11 are already in the cache", one, table, offset=11),
        probe("a batch of 2 texts, from position 3", batch, table, 3),
        probe("axes (2, 3, 11, 7), from position 17", deep, wide, 17),
        probe("up to the very last row", five, table, 8),
        probe("one token too many", five, table, 9),
        probe("only one row left for 5 tokens", five, table, 12),
        probe("past the end with the first token", one, table, 13),
    ]


MISTAKES = (
    Mistake(
        "offset forgotten",
        "the beginning of a text is right; with tokens in the cache, positions start anew at 0",
        "`offset` is not used, so every call believes that it holds the first tokens",
        "A model that writes is given one new token at a time: at which position is the tenth?",
        knobs={"move": "none"},
    ),
    Mistake(
        "offset only checked",
        "the beginning of a text is right; with tokens in the cache, positions start anew at 0",
        "`offset` stands in your check, and the rows that you add are the first of the table",
        "A model that writes is given one new token at a time: at which position is the tenth?",
        knobs={"move": "only checked"},
    ),
    Mistake(
        "offset counted in blocks",
        "the beginning of a text is right, and later positions are too far along",
        "you multiply the offset by the number of tokens",
        "`offset` counts tokens already; which row belongs to the first new one?",
        knobs={"move": "blocks"},
    ),
    Mistake(
        "offset backwards",
        "the beginning of a text is right, and later tokens get rows from the wrong end",
        "you subtract the offset instead of adding it",
        "With 7 tokens in the cache, is the next one at position 7 or at -7?",
        knobs={"move": "back"},
    ),
    Mistake(
        "one too far",
        "each token gets the row of the token after it",
        "your first row is offset + 1: positions count from 0",
        "Which row of the table belongs to the very first token of a text?",
        knobs={"first": 1},
    ),
    Mistake(
        "one row for all",
        "one token at a time is right, and in longer texts only the first token is",
        "every token gets the first one's row, so they cannot be told apart",
        "How many rows do T tokens need?",
        knobs={"rows": "one"},
    ),
    Mistake(
        "from offset to T",
        "the beginning of a text is right; with many tokens in the cache no rows are left",
        "your rows end at T, the number of new tokens, and not at offset + T",
        "5 tokens after 7 others: at which position does the last one stand?",
        knobs={"rows": "up to T"},
    ),
    Mistake(
        "reversed",
        "the rows run the wrong way",
        "the last token gets the first row",
        "Which row does token 0 get?",
        knobs={"rows": "reversed"},
    ),
    Mistake(
        "along the batch",
        "one text is right, and in a batch every token of a text gets the same row",
        "you count positions along the first axis, which holds the texts of a batch",
        "In (…, T, C) the tokens are on the second axis from the right.",
        knobs={"rows": "first axis"},
    ),
    Mistake(
        "len(x)",
        "one text is right, and with axes in front of (T, C) it stops or takes too few rows",
        "`len(x)` (or `x.shape[0]`) counts the first axis, which in a batch holds the texts",
        "In (…, T, C) the tokens are on the second axis from the right.",
        knobs={"rows": "len(x)"},
    ),
    Mistake(
        "second axis",
        "a batch is right, and one text alone is not",
        "`x.shape[1]` counts tokens in a batch; in a single text it counts features",
        "In (…, T, C) the tokens are on the second axis from the right.",
        knobs={"rows": "second"},
    ),
    Mistake(
        "two axes",
        "one text is right, and with axes in front of (T, C) it stops with an error",
        "`T, C = x.shape` allows no axes in front of T",
        "x.shape[-2] is the number of tokens, whatever stands in front.",
        knobs={"rows": "two"},
    ),
    Mistake(
        "three axes",
        "a batch is right, and one text alone stops with an error",
        "`B, T, C = x.shape` insists on exactly one axis in front of T",
        "x.shape[-2] is the number of tokens, whatever stands in front.",
        knobs={"rows": "three"},
    ),
    Mistake(
        "position instead of token",
        "the result is the same whatever the tokens are",
        "the row of the table takes the token's place",
        "A token's vector must still say which token it is. What was to be done with both?",
        knobs={"how": "replace"},
    ),
    Mistake(
        "multiplied",
        "features near zero stay near zero at every position",
        "you multiply by the table instead of adding it",
        "What would a feature that is 0 learn of its position?",
        knobs={"how": "multiply"},
    ),
    Mistake(
        "joined",
        "the result is twice as wide as x",
        "you put the position's features beside the token's instead of adding them",
        "The blocks that follow expect C features.",
        knobs={"how": "join"},
    ),
    Mistake(
        "slice not checked",
        "when only one row is left, all tokens get it, and nobody is told",
        "nothing compares offset + T with the table (T or the offset alone will not do): a slice "
        "past the end is just shorter, and one row broadcasts over all tokens without a word",
        "What is the length of table[12:17] if the table has 13 rows? Look before you add.",
        knobs={"end": "slice"},
    ),
    Mistake(
        "only the offset checked",
        "when only one row is left, all tokens get it, and nobody is told",
        "your check looks at the first new position, and the last one may be past the end",
        "5 tokens after 12 others: which rows do they need, and is the last of them there?",
        knobs={"end": "only offset"},
    ),
    Mistake(
        "last row refused",
        "the very last row of the table is never given out",
        "your check stops one position too early: offset + T may be equal to the number of rows",
        "A table of 13 rows has the rows 0 to 12. Is position 12 allowed?",
        knobs={"spare": 1},
    ),
    Mistake(
        "one too many accepted",
        "one position past the end is let through",
        "your check begins one position too late: offset + T must not be more than the number of "
        "rows",
        "A table of 13 rows has the rows 0 to 12. Is position 13 allowed?",
        knobs={"spare": -1},
    ),
    Mistake(
        "index not checked",
        "past the end it stops with an IndexError, and a ValueError is asked for",
        "nothing compares the last position with the table before looking it up",
        "Compare offset + T with the number of rows, and raise a ValueError that says both.",
        knobs={"end": "index"},
    ),
    Mistake(
        "wraps round",
        "past the end the positions begin anew at 0",
        "you take positions modulo the table's length",
        "Would the model know that token 13 does not stand beside token 1?",
        knobs={"end": "wrap"},
    ),
    Mistake(
        "last row again",
        "past the end all tokens get the last row",
        "you cut positions off at the last row",
        "Two tokens with the same row cannot be told apart; should the caller not know?",
        knobs={"end": "clamp"},
    ),
)

EXERCISES = (
    Exercise(
        name="add_positions",
        notebook="04_positions",
        title="Learned positions, with a cache",
        points=1,
        reference=add_positions,
        probes=probes,
        hints=(
            "T tokens that come after `offset` others stand at the positions offset, offset + 1, "
            "and so on. How many rows is that, and which is the first?",
            "T is `x.shape[-2]`, whatever stands in front of it. Check first that offset + T is "
            "no more than `len(table)`; then cut the rows out and add them: the leading axes "
            "broadcast.",
            "end = offset + x.shape[-2]\nif end > len(table):\n    raise ValueError(...)\n"
            "return x + the rows from offset up to end",
        ),
        flawed=flawed,
        mistakes=MISTAKES,
    ),
)
