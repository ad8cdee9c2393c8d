"""From a text back to its probability: every way in which the generator could have written it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from aigc_lab.town.dice import LOG, Dice, Item, Opening, Phrase
from aigc_lab.town.documents import write_document
from aigc_lab.town.draft import Draft
from aigc_lab.town.language import Language

Choices = tuple[int, ...]  # the outcomes of a series of choices


class Mismatch(Exception):
    """The text being written is no longer a beginning of the text looked for."""


class ToldEnough(Exception):
    """The opening has told one phrase more than is known already."""


class Guided(Dice):
    """Dice that repeat given outcomes, take outcome 0 from then on, and note what else there was.

    `taken` lists every outcome so far, `ways` how many outcomes each choice had.
    """

    __slots__ = ("_given", "taken", "ways")

    def __init__(self, given: Iterable[int]) -> None:  # nothing is random here, so nothing seeded
        self._given = iter(given)
        self.taken: list[int] = []
        self.ways: list[int] = []
        self.nats = 0.0

    def _choose(self, ways: int) -> int:
        outcome = next(self._given, 0)
        self.taken.append(outcome)
        self.ways.append(ways)
        return outcome

    def roll(self, n: int) -> int:
        """The given outcome of a choice among n."""
        self.nats += LOG[n]
        return self._choose(n)

    def chance(self, numerator: int, denominator: int) -> bool:
        """The given outcome of a yes-or-no choice, 0 being no."""
        hit = bool(self._choose(2))
        self.nats += LOG[denominator] - LOG[numerator if hit else denominator - numerator]
        return hit

    def share(self, weights: Sequence[int]) -> int:
        """The given outcome of a weighted choice."""
        index = self._choose(len(weights))
        self.nats += LOG[sum(weights)] - LOG[weights[index]]
        return index

    def settle(self, draft: Draft, opening: Opening[Item]) -> Item:
        """One of the worlds that the text goes on with, the choice among them being one more.

        Raises: Mismatch when it goes on with none.
        """
        parts: Following = draft.parts  # as `derivations` gave them
        worlds = _worlds(opening, draft.language, parts.target, parts.length)
        if not worlds:
            raise Mismatch
        dice = Guided(worlds[self._choose(len(worlds))])
        made, _ = opening(dice, draft.tell)
        self.nats += dice.nats
        return made


class Following(list[str]):
    """The parts of a text being written, which must follow the text looked for."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.target, self.length = target, 0

    def append(self, part: str) -> None:
        """Add a part.

        Raises: Mismatch when the target does not go on with it.
        """
        if not self.target.startswith(part, self.length):
            raise Mismatch
        self.length += len(part)
        super().append(part)


def derivations(text: str) -> list[float]:
    """-log of the probability of each way in which the generator can write this very text.

    The search is exhaustive: it gives up a way only when what is written so far is no beginning
    of the text. An empty list means that the generator never writes it; one entry, that the
    grammar is unambiguous there and the entry is -log P(text).

    Units: nats.

    >>> derivations("Mia walked to the moon.")
    []
    """
    found: list[float] = []

    def write(dice: Guided) -> None:
        parts = Following(text)
        try:
            write_document(dice, parts)
        except Mismatch:
            return
        if parts.length == len(text):
            found.append(dice.nats)

    _every_way(write)
    return found


def _every_way(run: Callable[[Guided], None], given: Sequence[int] = ()) -> None:
    """Run with every possible series of choices that begins with the given ones."""
    unexplored = [given]
    while unexplored:
        given = unexplored.pop()
        dice = Guided(given)
        run(dice)
        for at in range(len(given), len(dice.taken)):
            unexplored += [[*dice.taken[:at], other] for other in range(1, dice.ways[at])]


@lru_cache(maxsize=64)  # a search writes the same beginning of a document many times over
def _worlds(opening: Opening, language: Language, text: str, start: int) -> list[Choices]:
    """The choices that make each world which, when told, stands in the text from `start` on."""

    def going_on(choices: Choices, told: int, end: int) -> Iterator[Choices]:
        sentences = _next_sentences(opening, language, choices, told)
        for length, ways in sentences.items():
            for way in ways.get(text[end : end + length], ()):
                if length == 0:
                    yield way
                else:
                    yield from going_on(way, told + 1, end + length)

    return list(going_on((), 0, start))


@lru_cache(maxsize=256)  # an opening depends on its dice alone: what it may tell holds for any text
def _next_sentences(
    opening: Opening, language: Language, choices: Choices, told: int
) -> dict[int, dict[str, list[Choices]]]:
    """By length, what an opening may say next, and with what choices; "" where it has ended.

    The given choices are those with which it has told its first `told` phrases.
    """
    found: dict[int, dict[str, list[Choices]]] = {}

    def begin(dice: Guided) -> None:
        phrases: list[Phrase] = []

        def tell(phrase: Phrase) -> None:
            phrases.append(phrase)
            if len(phrases) > told:
                raise ToldEnough

        sentence = ""
        try:
            opening(dice, tell)
        except ToldEnough:
            name, *nouns = phrases[-1]
            sentence = language.say[name](*nouns)
        ways = found.setdefault(len(sentence), {})
        ways.setdefault(sentence, []).append(tuple(dice.taken))

    _every_way(begin, choices)
    return found
