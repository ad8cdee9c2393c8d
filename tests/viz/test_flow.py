"""The flow of information is attention rollout, edge by edge."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.model.heads import rollout
from aigc_lab.viz.flow import FAINTEST, flow_edges, token_flow


@pytest.fixture
def maps():
    """Causal weights (L, H, T, T) = (3, 2, 5, 5)."""
    weights = np.tril(np.random.default_rng(0).random((3, 2, 5, 5)))
    return weights / weights.sum(axis=-1, keepdims=True)


def test_two_layers_by_hand():
    half = np.array([[1.0, 0.0], [0.5, 0.5]])
    upper, lower = flow_edges(np.stack([half, half]), query=1)[::-1]
    np.testing.assert_allclose(upper, [[0, 0], [0.25, 0.75]])
    np.testing.assert_allclose(lower, [[0.25, 0], [0.1875, 0.5625]])


@pytest.mark.parametrize("query", [0, 2, 4])
def test_the_shares_at_the_bottom_are_the_querys_row_of_rollout(maps, query):
    layers = maps.mean(axis=1)
    shares = flow_edges(layers, query)[0].sum(axis=0)
    np.testing.assert_allclose(shares, rollout(layers)[-1, query], atol=1e-12)


def test_nothing_is_lost_on_the_way(maps):
    edges = flow_edges(maps.mean(axis=1), query=4)
    np.testing.assert_allclose(edges.sum(axis=(1, 2)), 1)
    np.testing.assert_allclose(edges[0].sum(axis=1), edges[1].sum(axis=0))  # in = out


def test_the_picture_has_a_line_for_each_edge_and_dots_for_each_state(maps):
    figure = token_flow(maps, "abcde", query=3, title="flow")
    lines, *dots = figure.axes[0].collections
    edges = flow_edges(maps.mean(axis=1), query=3)
    assert len(lines.get_segments()) == (edges >= FAINTEST).sum()
    assert len(dots) == 4  # the embeddings, and after each of 3 layers
    sizes = dots[-1].get_sizes()
    assert sizes[3] == sizes.max() > 0
    assert sizes[[0, 1, 2, 4]].tolist() == [0, 0, 0, 0]
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    shares = edges[0].sum(axis=0)
    assert labels[0] == f"a\n{shares[0]:.0%}"
    assert labels[4] == "e"
    assert figure.get_suptitle() == "flow"


def test_lines_lead_from_lower_tokens_up(maps):
    figure = token_flow(maps, "abcde", query=3)
    for (x_below, y_below), (x_above, y_above) in figure.axes[0].collections[0].get_segments():
        assert y_above == y_below + 1
        assert x_below <= x_above + 1e-9


def test_what_cannot_be_drawn_is_refused(maps):
    with pytest.raises(ValueError, match="there is no query 5 among 5 tokens; choose 0 to 4"):
        token_flow(maps, "abcde", query=5)
    with pytest.raises(ValueError, match=r"pass an array \(L, H, T, T\)"):
        token_flow(maps[0], "abcde", query=0)
    with pytest.raises(ValueError, match="4 tokens arrived for weights of 5 positions"):
        token_flow(maps, "abcd", query=0)
