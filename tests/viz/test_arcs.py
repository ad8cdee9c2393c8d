"""Arcs: one for each weight that can be seen, from the token that looks to what it looks at."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.arcs import FAINTEST, arc_diagram, bows

WEIGHTS = np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.6, 0.39, 0.01]])
TOKENS = ("a", "b", "c")


def ends(figure):
    """Where each arc begins and ends, by the places of the tokens: (key, query)."""
    axes = figure.axes[0]
    places = list(axes.get_xticks())
    curves = axes.collections[0].get_segments()
    return [
        tuple(int(np.argmin(np.abs(places - x))) for x in curve[[0, -1], 0]) for curve in curves
    ]


def test_each_look_at_another_token_is_an_arc_the_faintest_first():
    figure = arc_diagram(WEIGHTS, TOKENS)
    arcs, dots = figure.axes[0].collections
    assert ends(figure) == [(0, 1), (1, 2), (0, 2)]
    np.testing.assert_allclose(arcs.get_array(), [0.25, 0.39, 0.6])
    assert list(arcs.get_linewidths()) == sorted(arcs.get_linewidths())
    np.testing.assert_allclose(np.sort(dots.get_array()), [0.75, 1.0])  # 0.01 cannot be seen


def test_a_query_shows_its_own_arcs_and_shares():
    figure = arc_diagram(WEIGHTS, TOKENS, query=2)
    assert ends(figure) == [(1, 2), (0, 2)]
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["a\n60%", "b\n39%", "c"]


def test_longer_arcs_are_higher():
    short, long = bows(np.array([1.0, 0.0]), np.array([2.0, 3.0]), width=3.0)
    assert short[:, 1].max() < long[:, 1].max() == pytest.approx(1)
    np.testing.assert_allclose([long[0], long[-1]], [[0, 0], [3, 0]], atol=1e-9)


def test_nothing_but_looks_at_itself_can_be_drawn_too():
    figure = arc_diagram(np.eye(3), TOKENS, title="itself")
    assert ends(figure) == []
    assert figure.get_suptitle() == "itself"


def test_the_faintest_are_left_out():
    weights = np.array([[1, 0], [FAINTEST / 2, 1 - FAINTEST / 2]])
    assert ends(arc_diagram(weights, "ab")) == []


@pytest.mark.parametrize(
    ("weights", "query", "complaint"),
    [
        (np.full((2, 2), 0.5), None, "weights look ahead"),
        (np.ones((2, 3)) / 3, None, r"weights of shape \(2, 3\) arrived"),
        (np.eye(3), 3, "there is no query 3 among 3 tokens; choose 0 to 2"),
        (np.eye(3), -1, "there is no query -1 among 3 tokens"),
        (np.eye(4), None, "3 tokens arrived for weights of 4 positions"),
    ],
)
def test_what_cannot_be_drawn_is_refused(weights, query, complaint):
    with pytest.raises(ValueError, match=complaint):
        arc_diagram(weights, TOKENS, query)
