"""Sliders redraw; without widgets the still picture and one plain line remain."""

import gc
import itertools
import weakref
from types import SimpleNamespace

import pytest
import torch
from ipywidgets import IntSlider

from aigc_lab.viz.drawing import new_figure
from aigc_lab.viz.explore import WIDGET, explore, show_under, sliders


@pytest.fixture
def shown(monkeypatch):
    """Everything that is displayed."""
    found = []
    monkeypatch.setattr(
        "IPython.display.display", lambda thing, raw=False: found.append((thing, raw))
    )
    return found


def test_the_still_picture_comes_first_and_then_the_sliders(shown):
    still = new_figure(1, 1)
    explore(lambda size: None, still, size=[3, 5])
    assert shown[0] == (still, False)
    bundle, raw = shown[1]
    assert raw
    assert len(bundle[WIDGET]["model_id"]) == 32
    assert bundle["text/plain"] == "(Run this cell to get sliders: size.)"


def test_without_a_still_picture_the_first_choices_are_drawn(shown):
    explore(lambda size, name: (size, name), size=[3, 5], name="ab")
    assert shown[0] == ((3, "a"), False)


def test_moving_a_slider_draws_again_with_all_values(shown):
    box = sliders(lambda size, name: (size, name), {"size": [3, 5], "name": "ab"})
    first, second, _ = box.children
    first.value = 5
    second.value = "b"
    assert [thing for thing, _ in shown] == [(5, "a"), (5, "b")]


@pytest.mark.parametrize("choices", [{}, {"size": []}])
def test_nothing_to_choose_from_is_refused(choices):
    with pytest.raises(ValueError, match="at least one value for each choice"):
        explore(lambda **_: None, **choices)


class TestCells:
    """What a cell shows takes the place of what it showed when it was run before."""

    @pytest.fixture
    def run(self, shown, monkeypatch):
        """Run a "cell" of this name, which shows some widgets."""
        runs = itertools.count()

        def run(cell, *widgets):
            request = {"header": {"msg_id": str(next(runs))}, "metadata": {"cellId": cell}}
            kernel = SimpleNamespace(get_parent=lambda: request)
            monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=kernel))
            for widget in widgets:
                show_under("a picture", widget, "play")

        return run

    def test_what_the_last_run_showed_is_closed_and_collected(self, run):
        held = SimpleNamespace(model=weakref.WeakSet())

        def one():
            model = torch.nn.Linear(2, 2)
            held.model.add(model)
            return sliders(lambda size: model, {"size": [3, 5]})

        run("a", one(), one())
        gc.collect()
        assert len(held.model) == 2  # both are on the page
        run("a", one())
        gc.collect()
        assert len(held.model) == 1

    def test_a_widget_that_is_shown_again_stays_open(self, run):
        first, second = IntSlider(1), IntSlider(2)
        for _ in range(2):
            run("a", first, second)
            assert first.comm is not None
            assert second.comm is not None

    def test_a_widget_that_another_cell_shows_stays_open(self, run):
        widget = IntSlider(1)
        run("a", widget)
        run("b", widget)
        run("a", IntSlider(2))
        assert widget.comm is not None
        run("b", IntSlider(3))
        assert widget.comm is None

    def test_where_no_cell_has_a_name_nothing_is_closed(self, run):
        widget = IntSlider(1)
        run(None, widget)
        run(None, IntSlider(2))
        assert widget.comm is not None
