"""Curves of functions: what is drawn where, that every name is on the paper, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.functions import function_curves
from tests.viz.test_plots import cut_off, texts

X = np.linspace(0.1, 1, 20)


def test_curves_marks_and_floor_are_named():
    curves = {"surprise": (X, -np.log(X)), "line": (X, X)}
    figure = function_curves(curves, "p", "nats", {"a coin": (0.5, np.log(2))}, floor=0.25)
    for wanted in ("surprise", "line", "a coin", "floor 0.25", "p", "nats"):
        assert wanted in texts(figure)


def test_a_mark_stands_where_it_belongs():
    figure = function_curves({"line": (X, X)}, "x", "y", {"here": (0.5, 0.75)})
    (mark,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert mark.get_xydata().tolist() == [[0.5, 0.75]]


def test_the_picture_begins_at_zero_and_can_be_cut_off_above():
    axes = function_curves({"high": (X, 3 + X)}, "x", "y", top=3.5).axes[0]
    assert axes.get_ylim() == (0, 3.5)
    assert [text.get_text() for text in axes.texts] == []  # its name would stand above the top


def test_values_below_zero_stay_visible():
    axes = function_curves({"low": (X, -X)}, "x", "y").axes[0]
    assert axes.get_ylim()[0] < -1


def test_nothing_is_cut_off():
    name = "a name that takes some room"
    figure = function_curves({name: (X, X)}, "x", "y", {"mark": (0.2, 0.2)}, title="A title")
    assert cut_off(figure) == {}


@pytest.mark.parametrize("curves", [{}, {"odd": (X, X[:3])}, {"table": (np.eye(2), np.eye(2))}])
def test_what_does_not_fit_is_refused(curves):
    with pytest.raises(ValueError, match="an x and a y of the same length"):
        function_curves(curves, "x", "y")
