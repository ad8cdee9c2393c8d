"""Pictures of growth: straight lines for power laws, and what they refuse."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from aigc_lab.training.scaling import PowerLaw, fit_power_law
from aigc_lab.viz.scaling import Panel, growth_grid, log_log

X = np.array([1.0, 10.0, 100.0])
CURVES = {"slow": (X, 2 * X**0.5), "fast": (X[::-1], X[::-1] ** 2)}
LAWS = {name: fit_power_law(*points) for name, points in CURVES.items()}


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_both_axes_are_logarithms_and_names_stand_at_the_ends():
    (axes,) = log_log(CURVES, "parameters", "loss", title="why").axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("parameters", "loss")
    assert sorted(words(axes)) == ["fast", "slow"]
    assert axes.lines[1].get_xdata().tolist() == X.tolist()  # joined from left to right
    assert not plt.get_fignums()


def test_a_law_is_drawn_through_its_points_with_its_exponent():
    (axes,) = log_log(CURVES, "x", "y", laws={"slow": LAWS["slow"]}).axes
    line, points, joined = axes.lines
    assert line.get_ydata() == pytest.approx(2 * line.get_xdata() ** 0.5)
    assert (points.get_linestyle(), joined.get_linestyle()) == ("None", "--")
    assert sorted(words(axes)) == ["fast", "slow: x^0.50"]


def test_a_panel_shows_the_expected_slope_from_the_largest_point():
    panel = Panel("memory", "positions", "bytes", CURVES, LAWS, {"fast": 1.0})
    (axes,) = growth_grid([panel], "all").axes
    dotted = [line for line in axes.lines if line.get_linestyle() == ":"]
    (slope,) = dotted
    assert sorted(slope.get_ydata()) == pytest.approx([100.0, 1000.0, 10000.0])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "slow: 0.50 ± 0.00",
        "fast: 2.00 ± 0.00 (expected 1.00)",
    ]
    assert axes.get_title() == "memory"


def test_a_law_of_two_points_has_no_spread_to_tell():
    law = PowerLaw(1.0, 2.0)
    panel = Panel("t", "x", "y", {"two": ([1, 2], [1, 4])}, {"two": law})
    (axes,) = growth_grid([panel]).axes
    assert axes.get_legend().get_texts()[0].get_text() == "two: 2.00"


def test_many_panels_stand_in_rows():
    figure = growth_grid([Panel(f"{n}", "x", "y", CURVES) for n in range(7)])
    assert len(figure.axes) == 7
    places = {axes.get_subplotspec().rowspan.start for axes in figure.axes}
    assert places == {0, 1, 2}


@pytest.mark.parametrize(
    ("points", "count"),
    [(([1, 2], [1]), "2 x and 1 y"), (([], []), "0 x"), (([0, 1], [1, 1]), "2 x and 2 y")],
)
def test_what_has_no_logarithm_is_refused(points, count):
    with pytest.raises(ValueError, match=f"the curve 'bad' has {count}"):
        log_log({"bad": points}, "x", "y")


def test_nothing_and_strangers_are_refused():
    with pytest.raises(ValueError, match="no curve was given"):
        log_log({}, "x", "y")
    with pytest.raises(ValueError, match="pass at least one Panel"):
        growth_grid([])
    with pytest.raises(
        ValueError, match=r"\['other'\] are no curves; there are \['fast', 'slow'\]"
    ):
        growth_grid([Panel("t", "x", "y", CURVES, expected={"other": 1.0})])


def test_the_measured_sizes_are_named_where_there_is_room():
    def names(xs):
        (axes,) = log_log({"a": (xs, xs)}, "x", "y").axes
        return [label.get_text() for label in axes.get_xticklabels()]

    assert names([256, 1024, 69_712]) == ["256", "1024", "70k"]
    assert "768" not in names([3 * 2**n for n in range(10)])  # too many
    assert "110" not in names([100, 110, 1000])  # too near each other


def test_a_narrow_range_has_ticks_too():
    (axes,) = log_log({"a": ([1, 2], [0.055, 0.115])}, "x", "y").axes
    shown = [tick for tick in axes.get_yticks() if 0.055 <= tick <= 0.115]
    assert shown == pytest.approx([0.06, 0.07, 0.08, 0.09, 0.1])
    assert axes.yaxis.get_major_formatter()(2e7, 0) == "20M"
