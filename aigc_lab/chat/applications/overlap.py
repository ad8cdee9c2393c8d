"""Likeness of two texts as numbers, and why exactness is asked for where it can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aigc_lab.town.language import cut_at_nouns

LONGEST_GRAM = 6
BETA = 2  # what is missing counts twice as much as what is too much


def chrf(said: str, answer: str) -> float:
    """Character n-gram F-score of an answer, 0 to 1, for n from 1 to 6; spaces do not count.

    It rewards likeness: half right is half a point, in any language. But a wrong name in a long
    sentence costs little, and the right words in the wrong order cost hardly more.

    Source: Popović 2015 (chrF).
    Notebook: 12 applications.

    >>> round(chrf("Mia ran to the park.", "Mia ran to the park."), 2)
    1.0
    >>> round(chrf("Mia ran to the park.", "Tom ran to the park."), 2)
    0.77
    """
    said, answer = "".join(said.split()), "".join(answer.split())
    precisions, recalls = [], []
    for n in range(1, LONGEST_GRAM + 1):
        mine, theirs = _grams(said, n), _grams(answer, n)
        if mine and theirs:
            shared = sum((mine & theirs).values())
            precisions.append(shared / sum(mine.values()))
            recalls.append(shared / sum(theirs.values()))
    if not any(precisions):
        return 0.0
    precision, recall = (sum(each) / len(each) for each in (precisions, recalls))
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def words(text: str) -> list[str]:
    """The words of a text without signs and capitals; Chinese is cut at Town's own nouns.

    >>> words("The red ball!"), words("米娅去了花园。")
    (['the', 'red', 'ball'], ['米娅', '去了', '花园'])
    """
    spaced = "".join(sign if sign.isalnum() else " " for sign in cut_at_nouns(text).lower())
    return spaced.split()


def _grams(text: Sequence[str], n: int) -> Counter:
    return Counter(text[start : start + n] for start in range(len(text) - n + 1))
