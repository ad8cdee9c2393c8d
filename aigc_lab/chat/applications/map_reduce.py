"""A text longer than the context: cut into pieces, each piece worked on, the results joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aigc_lab.chat.applications.application import Prompt
from aigc_lab.chat.applications.asking import AnySpeaker, count_tokens, say_all
from aigc_lab.chat.applications.grammar import sentences

MOST_ROUNDS = 5
CHINESE_STOP = "。"
Ask = Callable[[str], Prompt]


@dataclass(frozen=True)
class MapReduced:
    """The pieces of a long text, what was said to each, and all of that in one.

    `rounds` is how often results had to be worked on again because together they were too long.
    """

    pieces: tuple[str, ...]
    results: tuple[str, ...]
    text: str
    rounds: int


def map_reduce(
    text: str,
    speaker: AnySpeaker,
    limit: int,
    ask: Ask,
    *,
    max_tokens: int = 64,
    by_paragraph: bool = True,
) -> MapReduced:
    """Ask for each piece of a text alone and join the answers; again, while they are too long.

    A piece is a paragraph. With what is asked of it it has at most `limit` tokens: a paragraph that
    has more, or all of the text if not `by_paragraph`, is cut between sentences.

    Units: `limit` and `max_tokens` in tokens of the speaker; together they must fit its context.
    Raises: ValueError for a text without sentences, or a sentence that is too long alone.
    Source: Dean and Ghemawat 2004 (MapReduce).
    Notebook: 12 applications.
    """
    options = {"max_tokens": max_tokens, "by_paragraph": by_paragraph}
    return map_reduce_many([text], speaker, limit, [ask], **options)[0]


def map_reduce_many(
    texts: Sequence[str],
    speaker: AnySpeaker,
    limit: int,
    asks: Sequence[Ask],
    *,
    max_tokens: int = 64,
    by_paragraph: bool = True,
) -> list[MapReduced]:
    """`map_reduce` for many texts, each with its own way to ask; all pieces are asked together."""
    jobs = [_Job(*each, speaker, limit) for each in zip(texts, asks, strict=True)]
    for job in jobs:
        job.cut(by_paragraph)
    waiting = jobs
    while waiting:
        prompts = [job.ask(piece) for job in waiting for piece in job.pieces]
        said = iter(say_all(speaker, prompts, max_tokens))
        for job in waiting:
            job.take([next(said) for _ in job.pieces])
        waiting = [job for job in waiting if job.is_too_long() and job.rounds < MOST_ROUNDS]
        for job in waiting:
            job.cut(by_paragraph=False)
    return [MapReduced(*job.first, job.text, job.rounds) for job in jobs]


class _Job:
    """One text on its way: its pieces, and then what was said to them as its new text."""

    def __init__(self, text: str, ask: Ask, speaker: AnySpeaker, limit: int) -> None:
        self.text, self.ask, self.limit, self.rounds = text, ask, limit, 0
        self.size = lambda piece: count_tokens(speaker, ask(piece))
        self.between = "" if CHINESE_STOP in text else " "

    def cut(self, by_paragraph: bool) -> None:
        paragraphs = [line.strip() for line in self.text.splitlines() if line.strip()]
        if not by_paragraph:
            paragraphs = [self.between.join(paragraphs)]
        self.pieces: list[str] = []
        for whole in paragraphs:
            fits = self.size(whole) <= self.limit
            parts = sentences(whole)
            self.pieces += [whole] if fits else pieces(parts, self.size, self.limit, self.between)
        if not self.pieces:
            raise ValueError("the text has no sentence; give one at least")

    def take(self, results: list[str]) -> None:
        if self.rounds == 0:
            self.first = tuple(self.pieces), tuple(results)
        self.text, self.rounds = self.between.join(results), self.rounds + 1

    def is_too_long(self) -> bool:
        return self.size(self.text) > self.limit


def pieces(
    whole: Sequence[str], count: Callable[[str], int], limit: int, between: str = ""
) -> list[str]:
    """Sentences put together, in their order, into as few pieces as `limit` allows.

    Raises: ValueError for a sentence that is longer than `limit` alone.
    Notebook: 12 applications.

    >>> pieces(["One.", "Two.", "Three."], len, limit=9)
    ['One.Two.', 'Three.']
    """
    made: list[str] = []
    for sentence in whole:
        longer = f"{made[-1]}{between}{sentence}" if made else sentence
        if made and count(longer) <= limit:
            made[-1] = longer
        elif count(sentence) <= limit:
            made.append(sentence)
        else:
            raise ValueError(
                f"{sentence!r} counts {count(sentence)} alone and the limit is {limit}; "
                "raise the limit or cut the sentence"
            )
    return made
