"""All heads in one picture: each map in its place, and no thin line lost."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.layers import FINEST, layers_grid, mosaic, pool


def test_each_head_stands_in_its_row_and_column():
    maps = np.arange(2 * 3).reshape(2, 3, 1, 1) / 10 + np.zeros((2, 3, 2, 2))
    whole = mosaic(maps)
    assert whole.shape == (2 * 2 + 1, 3 * 2 + 2)
    np.testing.assert_array_equal(whole[::3, ::3], [[0.0, 0.1, 0.2], [0.3, 0.4, 0.5]])
    assert np.isnan(whole[2]).all()
    assert np.isnan(whole[:, [2, 5]]).all()


def test_short_maps_are_kept_as_they_are():
    weights = np.tril(np.random.default_rng(0).random((2, 3, 5, 5)))
    lower = np.tril(np.ones((5, 5), dtype=bool))
    np.testing.assert_array_equal(pool(weights)[..., lower], weights[..., lower])
    assert (pool(weights)[..., ~lower] == -1).all()


def test_a_thin_line_does_not_fade():
    length = 3 * FINEST - 1  # does not divide
    cells = pool(np.eye(length, k=-1)[None, None])[0, 0]
    assert cells.shape == (FINEST, FINEST)
    assert (np.diag(cells) == 1).all()
    assert (cells[np.triu_indices(FINEST, k=1)] == -1).all()
    assert (cells[np.tril_indices(FINEST, k=-2)] == 0).all()


def test_without_a_mask_nothing_is_marked_as_forbidden():
    assert pool(np.full((1, 1, 4, 4), 0.25)).min() == 0.25


def test_the_picture_has_a_row_for_each_layer_and_a_column_for_each_head():
    weights = np.tril(np.full((2, 3, 5, 5), 0.2))
    figure = layers_grid(weights, title="all of them", selected=(1, 2))
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0", "1"]
    (frame,) = axes.patches
    assert (frame.get_xy(), frame.get_width()) == ((2 * 6 - 0.5, 6 - 0.5), 5)
    assert figure.get_suptitle() == "all of them"
    assert layers_grid(weights).axes[0].patches[:] == []


@pytest.mark.parametrize(
    ("maps", "complaint"),
    [
        (np.ones((3, 2, 2)), r"pass an array \(L, H, T, T\)"),
        (np.full((1, 1, 2, 2), -1.0), "attention weights lie within 0 and 1"),
    ],
)
def test_what_is_no_attention_is_refused(maps, complaint):
    with pytest.raises(ValueError, match=complaint):
        layers_grid(maps)
