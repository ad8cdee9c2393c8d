"""Curves over layers: heights in powers of ten, one scale, gaps where no number is, names."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.residual import MOST_TICKS, by_layer
from tests.viz.test_plots import cut_off, texts

GROWS = 10.0 ** np.arange(5)


def test_heights_are_powers_of_ten_on_one_scale():
    figure = by_layer({"size": {"grows": GROWS}, "gradient": {"shrinks": 1 / GROWS}})
    size, gradient = figure.axes
    assert size.lines[0].get_ydata().tolist() == [0, 1, 2, 3, 4]
    assert gradient.lines[0].get_ydata().tolist() == [0, -1, -2, -3, -4]
    assert size.get_ylim() == gradient.get_ylim() == (-5, 5)
    labels = [label.get_text() for label in size.get_yticklabels()]
    assert labels == ["1e-05", "0.001", "0.1", "10", "1000", "100000"]


def test_panels_layers_and_curves_are_named():
    figure = by_layer({"size": {"grows": GROWS}, "gradient": {"": 1 / GROWS}}, title="Depth")
    for wanted in ("size", "gradient", "layer", "grows", "Depth"):
        assert wanted in texts(figure)
    assert [text.get_text() for text in figure.axes[1].texts] == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_a_curve_stops_where_there_is_no_number_to_draw(bad):
    axes = by_layer({"size": {"grows": [1.0, 10.0, bad]}}).axes[0]
    assert np.isnan(axes.lines[0].get_ydata()).tolist() == [False, False, True]
    assert axes.texts[0].xy[1] == 1.0  # the name stands beside the last height there is


def test_many_powers_of_ten_get_few_ticks():
    axes = by_layer({"size": {"far": [1e-17, 1e30]}}).axes[0]
    assert 3 <= len(axes.get_yticks()) <= MOST_TICKS


def test_nothing_is_cut_off():
    curves = {"a name that takes room": GROWS, "another of these names": GROWS * 1.01}
    assert cut_off(by_layer({"size": curves, "gradient": curves}, title="A title")) == {}


@pytest.mark.parametrize("panels", [{}, {"size": {}}, {"size": {"table": np.ones((2, 2))}}])
def test_what_cannot_be_drawn_is_refused(panels):
    with pytest.raises(ValueError, match="pass"):
        by_layer(panels)
