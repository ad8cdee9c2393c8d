"""Settling a world: of the worlds drawn, only the one of this split is told and paid for."""

import math
from types import SimpleNamespace

import pytest

from aigc_lab.town.dice import HOMES, SPLITS, Dice, home_of


def draw_a_world(dice, tell):
    """Two numbers, told one by one as they are drawn."""
    numbers = [dice.roll(100), dice.roll(50)]
    for number in numbers:
        tell(("number", number))
    return numbers, f"world {numbers}"


@pytest.mark.parametrize("split", SPLITS)
def test_only_the_settled_world_is_told_and_paid_for(split):
    drawn = []

    def opening(dice, tell):
        drawn.append(draw_a_world(dice, tell))
        return drawn[-1]

    for seed in range(300):
        dice, told = Dice(seed, split), []
        numbers = dice.settle(SimpleNamespace(tell=told.append), opening)
        assert told == [("number", number) for number in numbers]
        assert dice.nats == pytest.approx(math.log(100 * 50))
        assert home_of(drawn[-1][1]) in SPLITS[split]
    homes = {home_of(world) for _, world in drawn}
    assert homes == set(range(HOMES))  # worlds of other splits were drawn, too
