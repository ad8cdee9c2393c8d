"""Clock faces and curves by position: what they show, that nothing is cut off, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.positions import by_position, clocks
from tests.viz.test_plots import cut_off, overlapping, texts

CURVES = dict(rotary=np.linspace(1, 0.9, 23), learned=np.linspace(1, 0.1, 23))


def ends_of_hands(axes):
    return [tuple(line.get_xydata()[0]) for line in axes.lines if line.get_marker() == "o"]


class TestClocks:
    def test_a_hand_points_to_right_and_up(self):
        hands = np.array([[[0.0, 1.0], [1.0, 0.0]], [[0.6, 0.8], [0.0, -1.0]]])
        figure = clocks(hands, ["position 0", "position 1"], ["fast", "slow"])
        assert [ends_of_hands(axes) for axes in figure.axes] == [
            *([(0.0, 1.0)], [(1.0, 0.0)], [(0.6, 0.8)], [(0.0, -1.0)])
        ]

    def test_hands_that_share_a_face_differ_in_colour_and_dashes(self):
        figure = clocks(np.ones((1, 1, 2, 2)), ["here"], ["pair 0"])
        hands = [line for line in figure.axes[0].lines if line.get_linewidth() == 2]
        assert len({hand.get_color() for hand in hands}) == 2
        assert len({hand.get_linestyle() for hand in hands}) == 2

    def test_a_long_hand_stays_on_its_face(self):
        axes = clocks([[[3.0, 4.0]]], [""], [""]).axes[0]
        assert axes.get_xlim()[1] > 5

    def test_nothing_is_cut_off(self):
        hands = np.ones((3, 5, 2)) / 2
        rows = ["position 0", "position 1,000,000", "位置 7"]
        figure = clocks(hands, rows, ["$x_1$", "b", "c", "d", "1/1000"], "Hands of five speeds")
        assert cut_off(figure) == {}
        assert {*rows, "$x_1$", "Hands of five speeds"} <= set(texts(figure))

    def test_it_refuses_names_that_do_not_fit(self):
        with pytest.raises(
            ValueError, match=r"shape \(2, 3, 2\) arrived with 2 rows and 4 columns"
        ):
            clocks(np.ones((2, 3, 2)), ["a", "b"], ["c"] * 4)


class TestByPosition:
    def test_it_shades_what_training_never_saw(self):
        figure = by_position(CURVES, "share right", seen=11, lines={"guess": 0.125})
        axes = figure.axes[0]
        shade = axes.patches[0].get_extents().transformed(axes.transData.inverted())
        assert (round(shade.x0, 1), round(shade.x1, 1)) == (10.5, 22.5)
        assert {"rotary", "learned", "guess", "longer than in training"} <= set(texts(figure))
        assert cut_off(figure) == {}

    def test_names_are_not_written_over_one_another(self):
        curves = {name: np.ones(7) for name in ("none", "sinusoidal", "learned", "rotary")}
        assert overlapping(by_position(curves, "share right")) == []

    def test_it_refuses_what_is_no_curve(self):
        with pytest.raises(ValueError, match=r"'a': \(2, 3\)"):
            by_position({"a": np.ones((2, 3))}, "share right")
        with pytest.raises(ValueError, match="at least one"):
            by_position({}, "share right")
