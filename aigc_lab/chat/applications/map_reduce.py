"""A text longer than the context: cut into pieces, each piece worked on, the results joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aigc_lab.chat.applications.application import Prompt
from aigc_lab.chat.applications.asking import AnySpeaker, count_tokens, say_all

MOST_ROUNDS = 5
CHINESE_STOP = "。"
BEHIND_A_SENTENCE = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？])(?![。！？])")
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


def map_reduce_many(
    texts: Sequence[str],
    speaker: AnySpeaker,
    limit: int,
    asks: Sequence[Ask],
    *,
    max_tokens: int = 64,
    by_paragraph: bool = True,
) -> list[MapReduced]:
    """Ask for each piece of a text alone and join the answers; again, while they are too long.

    A piece is a paragraph. With what is asked of it it has at most `limit` tokens: a paragraph that
    has more, or all of the text if not `by_paragraph`, is cut between sentences. Each text has its
    own way to ask, and the pieces of all texts are asked together.

    Units: `limit` and `max_tokens` in tokens of the speaker; together they must fit its context.
    Raises: ValueError for a text of nothing, or a sentence that is too long alone.
    Source: Dean and Ghemawat 2004 (MapReduce).
    Notebook: 12 applications.
    """
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
            job.cut_again()
    return [MapReduced(*job.first, job.text, job.rounds) for job in jobs]


class _Job:
    """One text on its way: its pieces, and then what was said to them as its new text."""

    def __init__(self, text: str, ask: Ask, speaker: AnySpeaker, limit: int) -> None:
        self.text, self.ask, self.limit, self.rounds = text, ask, limit, 0
        self.size = lambda piece: count_tokens(speaker, ask(piece.strip()))
        self.between = "" if CHINESE_STOP in text else " "

    def cut(self, by_paragraph: bool) -> None:
        paragraphs = [line.strip() for line in self.text.splitlines() if line.strip()]
        if not by_paragraph:
            paragraphs = [self.between.join(paragraphs)]
        self.pieces: list[str] = []
        for whole in filter(None, paragraphs):
            fits = self.size(whole) <= self.limit
            self.pieces += [whole] if fits else self._packed(cut_at_sentences(whole))
        if not self.pieces:
            raise ValueError("the text has no sentence; give one at least")

    def cut_again(self) -> None:
        """Cut what was said: behind every answer, though it may not end as a sentence does."""
        told = [part for result in self.results for part in cut_at_sentences(result)]
        self.pieces = self._packed([self.between + each.strip() for each in told if each.strip()])

    def take(self, results: list[str]) -> None:
        if self.rounds == 0:
            self.first = tuple(self.pieces), tuple(results)
        self.results = results
        self.text, self.rounds = self.between.join(results), self.rounds + 1

    def _packed(self, parts: Sequence[str]) -> list[str]:
        return [each.strip() for each in pieces(parts, self.size, self.limit)]

    def is_too_long(self) -> bool:
        return self.size(self.text) > self.limit


def cut_at_sentences(text: str) -> list[str]:
    """A text cut behind each sentence; put together, the parts are the text again.

    A sentence ends at a stop, a question mark or an exclamation mark, in English with a space
    behind it (3.5 is one number); what comes after the last is a part, too.

    >>> cut_at_sentences("Is it 3.5? Yes! And more")
    ['Is it 3.5?', ' Yes!', ' And more']
    >>> cut_at_sentences("是吗？是的。还有")
    ['是吗？', '是的。', '还有']
    """
    return [part for part in BEHIND_A_SENTENCE.split(text) if part]


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
