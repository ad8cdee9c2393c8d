"""Sliders redraw; without widgets the still picture and one plain line remain."""

import pytest

from aigc_lab.viz.drawing import new_figure
from aigc_lab.viz.explore import WIDGET, explore, sliders


@pytest.fixture
def shown(monkeypatch):
    """Everything that is displayed."""
    found = []
    monkeypatch.setattr(
        "IPython.display.display", lambda thing, raw=False: found.append((thing, raw))
    )
    return found


def test_the_still_picture_comes_first_and_then_the_sliders(shown):
    still = new_figure(1, 1)
    explore(lambda size: None, still, size=[3, 5])
    assert shown[0] == (still, False)
    bundle, raw = shown[1]
    assert raw
    assert len(bundle[WIDGET]["model_id"]) == 32
    assert bundle["text/plain"] == "(Run this cell to get sliders: size.)"


def test_without_a_still_picture_the_first_choices_are_drawn(shown):
    explore(lambda size, name: (size, name), size=[3, 5], name="ab")
    assert shown[0] == ((3, "a"), False)


def test_moving_a_slider_draws_again_with_all_values(shown):
    box = sliders(lambda size, name: (size, name), {"size": [3, 5], "name": "ab"})
    first, second, _ = box.children
    first.value = 5
    second.value = "b"
    assert [thing for thing, _ in shown] == [(5, "a"), (5, "b")]


@pytest.mark.parametrize("choices", [{}, {"size": []}])
def test_nothing_to_choose_from_is_refused(choices):
    with pytest.raises(ValueError, match="at least one value for each choice"):
        explore(lambda **_: None, **choices)
