"""Random choices that keep account of their own probability."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

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

    def settle(self, parts: list[str], write: Callable[[], tuple[Item, str]]) -> Item:
        """Write until the world that was written belongs to this split.

        `write` adds to `parts` and returns what it made with the world's name; a world of another
        split is taken back, together with its nats: the account is the generator's own, which
        knows of no splits.
        """
        while True:
            length, nats = len(parts), self.nats
            made, world = write()
            if home_of(world) in self._homes:
                return made
            del parts[length:]
            self.nats = nats
