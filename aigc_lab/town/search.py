"""From a text back to its probability: every way in which the generator could have written it."""

from __future__ import annotations

from collections.abc import Sequence

from aigc_lab.town.dice import LOG, Dice
from aigc_lab.town.documents import write_document


class Mismatch(Exception):
    """The text being written is no longer a beginning of the text looked for."""


class Guided(Dice):
    """Dice that repeat given outcomes, take outcome 0 from then on, and note what else there was.

    `taken` lists every outcome so far, `ways` how many outcomes each choice had.
    """

    __slots__ = ("_given", "taken", "ways")

    def __init__(self, given: Sequence[int]) -> None:
        super().__init__(seed=0)
        self._given = given
        self.taken: list[int] = []
        self.ways: list[int] = []

    def _choose(self, ways: int) -> int:
        at = len(self.taken)
        outcome = self._given[at] if at < len(self._given) else 0
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
    Notebook: 02 language modelling.

    >>> derivations("Mia walked to the moon.")
    []
    """
    found: list[float] = []
    unexplored: list[list[int]] = [[]]
    while unexplored:
        given = unexplored.pop()
        dice, parts = Guided(given), Following(text)
        try:
            write_document(dice, parts)
        except Mismatch:
            pass
        else:
            if parts.length == len(text):
                found.append(dice.nats)
        for at in range(len(given), len(dice.taken)):
            unexplored += [[*dice.taken[:at], other] for other in range(1, dice.ways[at])]
    return found
