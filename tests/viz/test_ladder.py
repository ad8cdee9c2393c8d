"""The ladder: a panel a text, a rung a contestant, values, intervals and floors where they are."""

import pytest
from matplotlib.colors import to_hex

from aigc_lab.viz.drawing import COLOURS
from aigc_lab.viz.ladder import ladder

PANELS = {
    "Town": {"mine": (0.41, 0.39, 0.43), "guess": (2.81, 2.78, 2.84)},
    "我的 $x$ 文本.txt": {"gpt2": (0.81, None, None), "mine": (5.1, 4.9, 5.6)},
}
FLOORS = {"Town": 0.1693, "我的 $x$ 文本.txt": None}


def dots(axes):
    """Values drawn, by row."""
    found = {}
    for line in axes.lines:
        if line.get_marker() == "o":
            found[line.get_ydata()[0]] = line.get_xdata()[0]
    return found


def test_each_value_stands_on_the_rung_of_its_name():
    figure = ladder(PANELS, FLOORS)
    town, mine = figure.axes
    assert [label.get_text() for label in town.get_yticklabels()] == ["mine", "guess", "gpt2"]
    assert dots(town) == {0: 0.41, 1: 2.81}
    assert dots(mine) == {0: 5.1, 2: 0.81}
    assert mine.get_title() == "我的 $x$ 文本.txt"
    colours = {to_hex(line.get_color()).upper() for line in town.lines if line.get_marker() == "o"}
    assert colours == set(COLOURS[:2])


def test_all_panels_share_one_logarithmic_scale_and_the_first_is_on_top():
    town, mine = ladder(PANELS, FLOORS).axes
    assert town.get_xscale() == "log"
    assert town.get_xlim() == mine.get_xlim()
    low, high = town.get_xlim()
    assert low < 0.1693
    assert high > 5.6
    assert town.get_ylim()[0] > town.get_ylim()[1]


def test_intervals_are_drawn_where_they_are_known():
    _, mine = ladder(PANELS, FLOORS).axes
    (bar,) = mine.containers
    (segment,) = bar.lines[2][0].get_segments()
    assert [point[0] for point in segment] == pytest.approx([4.9, 5.6])


def test_the_floor_is_a_line_from_which_the_strips_begin():
    town, mine = ladder(PANELS, FLOORS).axes
    assert "floor 0.169" in [text.get_text() for text in town.texts]
    assert not [text for text in mine.texts if "floor" in text.get_text()]
    strips = [line for line in town.lines if line.get_linewidth() == 4]
    assert [line.get_xdata()[0] for line in strips] == [0.1693, 0.1693]
    assert not [line for line in mine.lines if line.get_linewidth() == 4]


def test_values_are_written_beside_and_nothing_is_cut_off():
    figure = ladder(PANELS, FLOORS, title="who predicts what")
    figure.canvas.draw()
    town, mine = figure.axes
    assert [text.get_text() for text in town.texts] == ["0.410", "2.81", "floor 0.169"]
    width, height = figure.canvas.get_width_height()
    for axes in (town, mine):
        for text in [*axes.texts, *axes.get_yticklabels(), axes.title]:
            box = text.get_window_extent()
            assert box.x0 >= 0
            assert box.x1 <= width
            assert box.y0 >= 0
            assert box.y1 <= height
    assert figure.get_suptitle() == "who predicts what"


def test_a_value_below_the_floor_is_written_right_of_the_strip():
    axes = ladder({"Town": {"cheat": (0.06, None, None)}}, {"Town": 0.17}).axes[0]
    (number,) = [text for text in axes.texts if text.get_text() == "0.060"]
    assert number.xy[0] == 0.17


def test_one_panel_without_floors():
    (axes,) = ladder({"Town": PANELS["Town"]}).axes
    assert dots(axes) == {0: 0.41, 1: 2.81}


@pytest.mark.parametrize(
    ("panels", "floors", "message"),
    [
        ({}, {}, "0 panels arrived, some without a contestant; give at least one text"),
        ({"Town": {}}, {}, "1 panels arrived, some without a contestant"),
        ({"Town": {"a": (0.0, None, None)}}, {}, "a on Town has the value 0.0 and the interval"),
        ({"Town": {"a": (float("nan"), None, None)}}, {}, "a on Town has the value nan"),
        ({"Town": {"a": (1.0, 1.1, 1.2)}}, {}, "the interval 1.1 to 1.2; give 0 < low <= value"),
        ({"Town": {"a": (1.0, None, 1.1)}}, {}, "interval None to 1.1; give .* None for both"),
        ({"Town": {"a": (1.0, 5.0, None)}}, {}, "the interval 5.0 to None; give 0 < low <= value"),
        ({"Town": {"a": (1.0, -5.0, None)}}, {}, "the interval -5.0 to None; give 0 < low"),
        (
            {"Town": {"a": (1.0, None, None)}},
            {"Town": float("inf")},
            r"of \['Town'\] are .* finite",
        ),
        (
            {"Town": {"a": (1.0, None, None)}},
            {"Town": float("nan")},
            r"of \['Town'\] are .* finite",
        ),
        ({"Town": {"a": (1.0, None, None)}}, {"Twon": 0.1}, r"floors of \['Twon'\] are of no pan"),
        ({"Town": {"a": (1.0, None, None)}}, {"Town": 0.0}, r"floors of \['Town'\] are of no pan"),
    ],
)
def test_what_cannot_be_drawn_is_named(panels, floors, message):
    with pytest.raises(ValueError, match=message):
        ladder(panels, floors)
