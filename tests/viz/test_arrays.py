"""Small arrays as cells and bars: the numbers they show, what is grey, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from aigc_lab.viz.arrays import array_maps, bar_panels, short
from aigc_lab.viz.maps import FORBIDDEN
from tests.viz.test_plots import cut_off, texts


class TestArrayMaps:
    def test_cells_carry_their_numbers_and_names(self):
        figure = array_maps({"scores": [[0.0, 2.5], [-1.0, 0.665]]}, ["the", "cat"], ["a", "b"])
        found = texts(figure)
        for wanted in ("scores", "the", "cat", "a", "b", "0", "2.5", "-1", "0.67"):
            assert wanted in found

    def test_all_arrays_share_one_scale_around_zero(self):
        figure = array_maps({"small": [[1.0]], "large": [[-4.0, 2.0]]})
        for axes in figure.axes:
            assert axes.images[0].get_clim() == (-4.0, 4.0)

    def test_the_scale_can_be_given(self):
        (axes,) = array_maps({"shares": [[0.1, 0.02]]}, top=1).axes
        assert axes.images[0].get_clim() == (-1.0, 1.0)
        assert [text.get_color() for text in axes.texts] == ["black", "black"]

    @pytest.mark.parametrize(
        ("array", "sign"), [([[0.0, -np.inf]], "0"), (np.array([[True, False]]), "✓")]
    )
    def test_what_a_mask_forbids_is_grey_and_has_no_number(self, array, sign):
        axes = array_maps({"masked": array}).axes[0]
        assert axes.images[0].get_array().mask.tolist() == [[False, True]]
        assert axes.get_facecolor()[:3] == to_rgb(FORBIDDEN)
        assert [text.get_text() for text in axes.texts] == [sign]

    def test_a_mask_does_not_stretch_the_scale_of_the_numbers(self):
        figure = array_maps({"mask": [[True]], "weights": [[0.5]]})
        assert figure.axes[1].images[0].get_clim() == (-0.5, 0.5)

    def test_large_arrays_carry_no_numbers(self):
        assert not array_maps({"large": np.zeros((15, 15))}).axes[0].texts

    @pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 12), (40, 40)])
    def test_nothing_is_cut_off(self, shape):
        rows = [f"a row's long name {number}" for number in range(shape[0])]
        arrays = {"one": np.ones(shape), "a longer name above it": np.ones(shape)}
        figure = array_maps(arrays, rows, None, "query", "key", "What it shows")
        assert cut_off(figure) == {}

    @pytest.mark.parametrize(
        ("arrays", "rows", "words"),
        [
            ({}, None, "no array"),
            ({"q": [1.0, 2.0]}, None, r"'q' has shape \(2,\)"),
            ({"q": [[1.0, 2.0]]}, ["a", "b"], "2 names arrived for the 1 rows of 'q'"),
        ],
    )
    def test_it_says_what_does_not_fit(self, arrays, rows, words):
        with pytest.raises(ValueError, match=words):
            array_maps(arrays, rows)


class TestBarPanels:
    def test_bars_have_the_values_and_the_labels(self):
        figure = bar_panels({"scores": [2.0, -1.0], "weights": [0.95, 0.05]}, ["cat", "the"])
        lengths = [[bar.get_width() for bar in axes.patches] for axes in figure.axes]
        assert lengths == [[2.0, -1.0], [0.95, 0.05]]
        assert {"scores", "weights", "cat", "the", "2", "-1", "0.95"} <= set(texts(figure))

    def test_the_forbidden_is_a_grey_strip(self):
        axes = bar_panels({"masked": [1.0, -np.inf]}, ["cat", "the"]).axes[0]
        assert [text.get_text() for text in axes.texts] == ["1", "forbidden"]
        assert to_rgb(FORBIDDEN) in [patch.get_facecolor()[:3] for patch in axes.patches]

    def test_panels_can_share_a_scale(self):
        figure = bar_panels({"a": [1.0], "b": [0.1]}, ["cat"], within=(0, 1))
        assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()

    @pytest.mark.parametrize("values", [[1.0, 0.0, -np.inf], [-3.0, -2.0, -1.0], [0.0, 0.0, 0.0]])
    def test_nothing_is_cut_off(self, values):
        figure = bar_panels({"a": values, "a very long name of a panel": values}, ["x", "y", "cat"])
        assert cut_off(figure) == {}

    def test_it_says_what_does_not_fit(self):
        with pytest.raises(ValueError, match=r"2 labels need arrays of 2 numbers.*'a': \(3,\)"):
            bar_panels({"a": [1, 2, 3]}, ["x", "y"])


def test_short_numbers():
    assert [short(n) for n in (0.0, -0.004, 9.99, 99.96)] == ["0", "0", "9.99", "100"]
