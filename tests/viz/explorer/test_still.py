"""The still pictures of the explorer show the selection."""

from __future__ import annotations

import pytest

from aigc_lab.viz.explorer.still import draw, picture


def frames(figure):
    """The rectangles that frame what is selected: (x, y, width, height)."""
    return [
        (*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in figure.axes[0].patches
    ]


def test_the_map_frames_the_query(make_scene):
    assert frames(draw(make_scene(5), "map", 1, 2, query=3)) == [(-0.5, 2.5, 4, 1)]
    assert frames(draw(make_scene(5), "map", 1, 2)) == []


def test_the_map_is_that_of_the_head(make_scene):
    scene = make_scene(5)
    drawn = draw(scene, "map", 1, 2).axes[0].images[0].get_array()
    assert drawn[4].tolist() == pytest.approx(scene.weights[1, 2, 4].tolist())


def test_the_grid_frames_the_head(make_scene):
    (frame,) = frames(draw(make_scene(5), "grid", 1, 2))
    assert frame == (2 * 6 - 0.5, 1 * 6 - 0.5, 5, 5)  # maps of 5 cells, and one between two


def test_without_a_query_the_flow_ends_at_the_last_token(make_scene):
    scene = make_scene(5)
    last, asked = (draw(scene, "flow", 0, 0, query) for query in (-1, 4))
    heights = [figure.axes[0].collections[0].get_segments() for figure in (last, asked)]
    assert len(heights[0]) == len(heights[1])
    assert all((a == b).all() for a, b in zip(*heights, strict=True))


def test_an_unknown_view_is_refused(make_scene):
    with pytest.raises(ValueError, match="there is no view 'tree'; choose map, arcs, grid, flow"):
        draw(make_scene(), "tree", 0, 0)


def test_a_figure_becomes_a_file(make_scene):
    figure = draw(make_scene(), "arcs", 0, 0)
    assert picture(figure, "png").startswith(b"\x89PNG")
    assert b"<svg" in picture(figure, "svg")
