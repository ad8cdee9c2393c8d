"""Random choices that keep account of their own probability."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from aigc_lab.town.draft import Draft

Item = TypeVar("Item")
Phrase = tuple  # the name of a phrase, and the index of the noun in each of its slots
Tell = Callable[[Phrase], object]
Opening = Callable[["Dice", Tell], tuple[Item, str]]

HOMES = 20  # worlds are dealt into this many homes; a split is a set of homes
SPLITS: dict[str, frozenset[int]] = {
    "test": frozenset({0}),
    "validation": frozenset({1}),
    "train": frozenset(range(2, HOMES)),
    "all": frozenset(range(HOMES)),
}
LOG = [0.0, *(math.log(n) for n in range(1, 10001))]


def home_of(world: str) -> int:
    """The home of a world, a fixed number in 0 … HOMES-1 that decides its split.

    >>> home_of("Mia in the garden") == home_of("Mia in the garden")
    True
    """
    return zlib.crc32(world.encode()) % HOMES


class Dice:
    """Every choice of the generator goes through here, and its surprise is added to `nats`.

    Units: `nats` is -log of the probability of all choices so far.
    Source: Shannon 1948, §6 (the entropy of successive choices adds up).
    Notebook: 02 language modelling.

    >>> dice = Dice(seed=0)
    >>> dice.roll(6) in range(6), round(dice.nats, 3)
    (True, 1.792)
    """

    __slots__ = ("_homes", "_random", "nats")

    def __init__(self, seed: int, split: str = "all") -> None:
        if split not in SPLITS:
            raise ValueError(f"split {split!r} is not known; choose one of {', '.join(SPLITS)}")
        self._random = random.Random(seed).random
        self._homes = SPLITS[split]
        self.nats = 0.0

    def roll(self, n: int) -> int:
        """A whole number in 0 … n-1, each equally likely."""
        self.nats += LOG[n]
        return int(self._random() * n)

    def chance(self, numerator: int, denominator: int) -> bool:
        """True with probability numerator/denominator."""
        hit = self._random() * denominator < numerator
        ways = numerator if hit else denominator - numerator
        self.nats += LOG[denominator] - LOG[ways]
        return hit

    def share(self, weights: Sequence[int]) -> int:
        """An index, each as likely as its weight says."""
        rest = self._random() * sum(weights)
        for index, weight in enumerate(weights):  # noqa: B007 (the index is the result)
            rest -= weight
            if rest < 0:
                break
        self.nats += LOG[sum(weights)] - LOG[weight]
        return index

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, each equally likely."""
        return items[self.roll(len(items))]

    def draw(self, items: list[Item]) -> Item:
        """Take one of the items out of the list, each equally likely."""
        return items.pop(self.roll(len(items)))

    def settle(self, draft: Draft, opening: Opening[Item]) -> Item:
        """Draw worlds until one belongs to this split, and tell that one in the draft.

        `opening` draws a world, tells its phrases one by one, and returns what it made with the
        world's name. Phrases wait until the world is settled: one of another split is forgotten
        before anything of it is put into words, together with its nats. (The account is the
        generator's own, which knows of no splits.)
        """
        nats = self.nats
        while True:
            told: list[Phrase] = []
            made, world = opening(self, told.append)
            if home_of(world) in self._homes:
                for phrase in told:
                    draft.tell(phrase)
                return made
            self.nats = nats
