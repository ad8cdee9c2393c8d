"""Tokens in a line: as running text while it fits, then upright, then as positions."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.drawing import new_figure
from aigc_lab.viz.token_line import NAMES_UP_TO, NARROWEST, WIDEST, token_line


def test_a_short_text_runs_on_and_longer_tokens_get_more_room():
    line = token_line([b" a", b" walked", "米娅".encode()], 3)
    assert not line.upright
    assert line.labels == ["␣a", "␣walked", "米娅"]
    assert line.width == pytest.approx(NARROWEST)
    room = np.diff(line.places)
    assert (room > 0).all()
    assert token_line([b" walked"] * 12, 12).width > NARROWEST


def test_a_longer_text_stands_upright_and_each_token_takes_as_much():
    line = token_line([b" walked"] * 40, 40)
    assert line.upright
    assert line.named
    np.testing.assert_allclose(np.diff(line.places), 0.2)


def test_a_very_long_text_is_told_by_positions():
    count = NAMES_UP_TO + 36
    line = token_line([b"a"] * count, count)
    assert not line.named
    assert line.width == pytest.approx(WIDEST)
    axes = new_figure(3, 2).subplots()
    line.write(axes)
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["0", "16", "32", "48", "64", "80", "96"]


def test_shares_are_told_from_five_percent_on():
    line = token_line("abc", 3, np.array([0.051, 0.9, 0.049]))
    assert line.labels == ["a\n5%", "b\n90%", "c"]
    many = token_line(["walked"] * 40, 40, np.full(40, 0.5))
    assert many.labels[0] == "walked  50%"
    assert token_line("abc", 3, np.array([0.5, 0.5, 0])).depth > token_line("abc", 3).depth


def test_the_chosen_token_is_orange():
    axes = new_figure(3, 2).subplots()
    token_line("abc", 3).write(axes, chosen=1)
    colours = [label.get_color() for label in axes.get_xticklabels()]
    assert colours[1] == "#D55E00"
    assert colours[0] == colours[2] != colours[1]


def test_a_token_for_each_position():
    with pytest.raises(ValueError, match="2 tokens arrived for weights of 3 positions"):
        token_line("ab", 3)
