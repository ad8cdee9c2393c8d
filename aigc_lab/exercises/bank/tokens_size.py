"""Exercises of notebook 01: how many tokens a text needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aigc_lab.exercises.bank.tokens import NOTEBOOK
from aigc_lab.exercises.definition import Exercise, Mistake, probe
from aigc_lab.text.bpe import BPETokenizer

Encode = Callable[[str], Sequence[object]]


def tokens_per_character(texts: Sequence[str], encode: Encode) -> float:
    """All tokens over all characters."""
    return sum(len(encode(text)) for text in texts) / sum(map(len, texts))


def _bytes_of(text: str) -> list[int]:
    return list(text.encode())


TEXTS = ["The hen sat.", "猫在睡觉。", "🙂"]
LEARNED = BPETokenizer.train("the hen and the other hen, 猫猫。" * 2, 270, special_tokens=())

TOKENS_PER_CHARACTER = Exercise(
    name="tokens_per_character",
    notebook=NOTEBOOK,
    title="Tokens per character",
    points=1,
    reference=tokens_per_character,
    probes=lambda: [
        probe("one English text, a token a byte", ["the hen"], _bytes_of),
        probe("three texts of unequal length, a token a byte", TEXTS, _bytes_of),
        probe("the same texts with learned tokens", TEXTS, LEARNED.encode),
        probe("one text cut in the middle of a word", ["the ot", "her hen"], LEARNED.encode),
        probe("one token for each word", ["so it goes on", "and on"], str.split),
    ],
    hints=(
        "Two sums and one division. What is summed above the line, what below?",
        "`len(encode(text))` are one text's tokens, `len(text)` its characters. Add up each over "
        "all texts before you divide.",
        "`sum(len(encode(text)) for text in texts) / sum(…)`, where the second sum is over the "
        "lengths of the texts.",
    ),
    mistakes=(
        Mistake(
            "mean_of_ratios",
            "a short text counts as much as a long one",
            "you average the texts' own ratios",
            "One emoji would weigh as much as a whole page. Divide once, at the end.",
            wrong=lambda texts, encode: sum(len(encode(t)) / len(t) for t in texts) / len(texts),
        ),
        Mistake(
            "upside_down",
            "the number gets smaller when more tokens are needed",
            "you divide characters by tokens",
            "Tokens *per* character: which of the two stands above the line?",
            wrong=lambda texts, encode: sum(map(len, texts)) / sum(len(encode(t)) for t in texts),
        ),
        Mistake(
            "per_byte",
            "Chinese looks three times cheaper than it is",
            "you divide by the number of bytes",
            "猫 is three bytes and one character. What is the length of the str?",
            wrong=lambda texts, encode: (
                sum(len(encode(t)) for t in texts) / sum(len(t.encode()) for t in texts)
            ),
        ),
        Mistake(
            "per_word",
            "the number is larger than 1 even where a token is a word",
            "you divide by the number of words",
            "Chinese has no spaces, so it has no words to count. Divide by characters.",
            wrong=lambda texts, encode: (
                sum(len(encode(t)) for t in texts) / sum(len(t.split()) for t in texts)
            ),
        ),
        Mistake(
            "per_text",
            "the number grows with the length of the texts",
            "you divide by how many texts there are",
            "Tokens per *character*: what is the length of each str?",
            wrong=lambda texts, encode: sum(len(encode(t)) for t in texts) / len(texts),
        ),
        Mistake(
            "distinct",
            "a token that comes often counts once",
            "you count how many different tokens there are",
            "Each token has to be read and paid for, also the second time.",
            wrong=lambda texts, encode: (
                sum(len(set(encode(t))) for t in texts) / sum(map(len, texts))
            ),
        ),
        Mistake(
            "distinct_in_all",
            "a token that comes often counts once",
            "you count how many different tokens all texts have together",
            "Each token has to be read and paid for, also the second time.",
            wrong=lambda texts, encode: (
                len({token for t in texts for token in encode(t)}) / sum(map(len, texts))
            ),
        ),
        Mistake(
            "joined",
            "tokens reach across the border of two texts",
            "you join the texts before you encode them",
            "Two texts next to each other may merge where they meet. Encode each by itself.",
            wrong=lambda texts, encode: len(encode("".join(texts))) / sum(map(len, texts)),
        ),
        Mistake(
            "first_text",
            "only the first text counts",
            "you look at the first text, or return inside your loop",
            "When is everything added up?",
            wrong=lambda texts, encode: len(encode(texts[0])) / len(texts[0]),
        ),
        Mistake(
            "last_text",
            "only the last text counts",
            "each text's numbers replace those of the one before",
            "= forgets what was there. What adds to it?",
            wrong=lambda texts, encode: len(encode(texts[-1])) / len(texts[-1]),
        ),
        Mistake(
            "last_tokens",
            "of the tokens only those of the last text count",
            "each text's tokens replace those of the one before",
            "= forgets what was there. What adds to it?",
            wrong=lambda texts, encode: len(encode(texts[-1])) / sum(map(len, texts)),
        ),
        Mistake(
            "not_divided",
            "the number grows with the length of the texts",
            "you count all tokens and do not divide",
            "Tokens *per character*: how many characters are there?",
            wrong=lambda texts, encode: sum(len(encode(t)) for t in texts),
        ),
        Mistake(
            "whole_number",
            "the result is a whole number",
            "you divide with //, which drops what stands behind the point",
            "Which division keeps it?",
            wrong=lambda texts, encode: sum(len(encode(t)) for t in texts) // sum(map(len, texts)),
        ),
    ),
)

EXERCISES = (TOKENS_PER_CHARACTER,)
