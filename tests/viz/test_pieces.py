"""Tokens as boxes: what stands in them, how they are coloured, and that nothing is cut off."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from aigc_lab.viz.drawing import GREY
from aigc_lab.viz.pieces import NEW, WIDTH, token_boxes
from tests.viz.test_plots import cut_off, texts


def boxes(figure) -> list[Rectangle]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def test_each_token_has_a_box_with_its_label_and_the_text_its_count():
    figure = token_boxes({"English": [b"The", b" hen"], "one": [b"."]}, title="Cut")
    assert "2 bytes" in texts(token_boxes({"": [b"a", b"b"]}, unit="byte"))
    found = texts(figure)
    for wanted in ("Cut", "English", "The", "␣hen", "2 tokens", "1 token"):
        assert wanted in found
    assert len(boxes(figure)) == 3


def test_the_new_token_and_parts_of_characters_stand_out():
    figure = token_boxes({"": [b"a", b"he", b"\xe7\x8c", "猫".encode(), b"he"]}, highlight={b"he"})
    colours = [box.get_facecolor()[:3] for box in boxes(figure)]
    assert colours[1] == colours[4] == to_rgb(NEW)
    assert colours[2] == to_rgb(GREY)
    assert len({colours[0], colours[3]}) == 2


def test_long_texts_go_on_below():
    figure = token_boxes({"long": [b" token"] * 40})
    tops = {round(box.get_y(), 3) for box in boxes(figure)}
    assert len(tops) > 2
    assert max(box.get_x() + box.get_width() for box in boxes(figure)) <= WIDTH + 1e-6


@pytest.mark.parametrize("tokens", [[], [b"$x_1$"], [b"a" * 90], ["猫", "🙂", b"\xf0\x9f"] * 30])
def test_nothing_is_cut_off(tokens):
    figure = token_boxes({"A name of some length": tokens, "中文": [b"a"]}, title="A title")
    assert cut_off(figure) == {}


def test_labels_fit_into_their_boxes():
    figure = token_boxes({"English": [b"The", b" WWWWWW", b" hen", "图书馆".encode(), b"\xe7\x8c"]})
    figure.draw_without_rendering()
    labels = {text.get_text(): text.get_window_extent() for text in figure.axes[0].texts}
    for label in ("The", "␣hen", "图书馆", "<e7 8c>"):
        inside = [box.get_window_extent() for box in boxes(figure)]
        assert any(box.x0 <= labels[label].x0 and labels[label].x1 <= box.x1 for box in inside)


def test_no_texts_are_refused():
    with pytest.raises(ValueError, match="no texts were given"):
        token_boxes({})
