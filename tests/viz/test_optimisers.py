"""Paths down a landscape: what is drawn is what was given."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.optimisers import descents

X, Y = np.linspace(-3, 3, 13), np.linspace(-1, 1, 5)
HEIGHTS = X**2 + 7 * Y[:, None] ** 2  # (5, 13)
PATH = np.array([[-3.0, 1.0], [-1.0, -0.5], [0.5, 0.25]])


def test_each_path_has_a_panel_with_its_own_points():
    figure = descents({"slow": PATH, "quick": PATH[::2], "third": PATH[:1]}, HEIGHTS, X, Y)
    shown = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in shown] == ["slow", "quick", "third"]
    lines = [axes.lines[1].get_xydata() for axes in shown]  # after the cross of the lowest point
    np.testing.assert_array_equal(lines[0], PATH)
    np.testing.assert_array_equal(lines[1], PATH[::2])


def test_the_cross_stands_at_the_lowest_point():
    (axes,) = descents({"": PATH}, HEIGHTS, X, Y).axes
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0.0, 0.0]])


@pytest.mark.parametrize(
    ("many", "across", "up"),
    [(1, ["a"], ["b"]), (2, ["a", "a"], ["b", ""]), (3, ["", "a", "a"], ["b", "", "b"])],
)
def test_the_outer_panels_name_the_axes(many, across, up):
    figure = descents({str(n): PATH for n in range(many)}, HEIGHTS, X, Y, x_name="a", y_name="b")
    shown = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_xlabel() for axes in shown] == across
    assert [axes.get_ylabel() for axes in shown] == up


def test_a_path_that_leaves_does_not_stretch_the_map():
    (axes,) = descents({"": PATH * 1e6}, HEIGHTS, X, Y).axes
    assert axes.get_xlim() == (-3, 3)
    assert axes.get_ylim() == (-1, 1)


@pytest.mark.parametrize("paths", [{}, {"a": np.zeros(3)}, {"a": np.zeros((0, 2))}])
def test_paths_that_are_none_are_refused(paths):
    with pytest.raises(ValueError, match=r"points \(N, 2\)"):
        descents(paths, HEIGHTS, X, Y)


def test_heights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(13, 5\).*pass \(Y, X\)"):
        descents({"": PATH}, HEIGHTS.T, X, Y)


@pytest.mark.parametrize("height", [3.0, np.nan, np.inf])
def test_a_landscape_without_hills_is_refused(height):
    with pytest.raises(ValueError, match=r"heights from .* pass finite ones that are not all"):
        descents({"": PATH}, np.full((5, 13), height), X, Y)


@pytest.mark.parametrize("height", [np.nan, np.inf])
def test_a_hole_in_the_landscape_is_refused(height):
    heights = HEIGHTS.copy()
    heights[1, 2] = height
    with pytest.raises(ValueError, match="pass finite ones"):
        descents({"": PATH}, heights, X, Y)
