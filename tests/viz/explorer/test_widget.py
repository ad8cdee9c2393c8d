"""The explorer from Python: what is selected, what is shown, and what is written."""

from __future__ import annotations

import base64
import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
import traitlets

from aigc_lab.viz.explore import WIDGET
from aigc_lab.viz.explorer import Explorer
from aigc_lab.viz.explorer.still import VIEWS


@pytest.fixture
def explorer(make_scene):
    scenes = [make_scene(7, 3, 2, name="large"), make_scene(5, 2, 1, name="small")]
    return Explorer(scenes, layer=2, head=1, query=6)


def test_the_selection_is_what_was_asked_for(explorer):
    assert explorer.selection == {"view": "map", "scene": 0, "layer": 2, "head": 1, "query": 6}
    explorer.view, explorer.layer, explorer.query = "flow", 0, -1
    assert explorer.selection == {"view": "flow", "scene": 0, "layer": 0, "head": 1, "query": -1}


def test_one_scene_needs_no_list(make_scene):
    explorer = Explorer(make_scene(3, 1, 2))
    assert len(explorer.meta["scenes"]) == 1
    assert len(explorer.weights) == 1 * 2 * 6 * 2
    assert explorer.selection == {"view": "map", "scene": 0, "layer": 0, "head": 0, "query": -1}


def test_the_browser_hears_of_everything_it_draws(explorer):
    state = explorer.get_state()
    names = {"meta", "weights", "view", "theme", "scene", "layer", "head", "query"}
    assert names <= set(state)
    assert "export default" in state["_esm"]
    assert ".aigc-explorer" in state["_css"]


def test_a_click_in_the_browser_is_seen_in_python(explorer):
    explorer.set_state({"layer": 1, "query": 3})  # what arrives from the page
    assert (explorer.layer, explorer.query) == (1, 3)


def test_numbers_of_numpy_can_be_selected(explorer):
    explorer.layer, explorer.head = np.unravel_index(3, (3, 2))
    assert (explorer.layer, explorer.head) == (1, 1)
    assert type(explorer.layer) is int


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("view", "maps", "there is no view 'maps'; choose map, arcs, grid, flow"),
        ("theme", "blue", "there is no theme 'blue'; choose auto, light, dark"),
        ("scene", 2, "there is no scene 2; choose 0 to 1"),
        ("layer", 3, "there is no layer 3; choose 0 to 2"),
        ("head", -1, "there is no head -1; choose 0 to 1"),
        ("query", 7, r"there is no query 7; choose 0 to 6 \(-1: none\)"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_changes(
    explorer, make_scene, name, value, complaint
):
    before = explorer.selection
    with pytest.raises(ValueError, match=complaint):
        setattr(explorer, name, value)
    with pytest.raises(traitlets.TraitError, match=complaint):
        explorer.set_state({name: value})
    assert explorer.selection == before
    with pytest.raises(ValueError, match=complaint):
        Explorer(explorer.scenes, **{name: value})


def test_a_wrong_type_is_refused(explorer):
    with pytest.raises(traitlets.TraitError, match="layer"):
        explorer.layer = 1.5


def test_in_a_smaller_scene_the_selection_moves_to_what_is_there(explorer):
    explorer.scene = 1
    assert explorer.selection == {"view": "map", "scene": 1, "layer": 1, "head": 0, "query": -1}
    explorer.set_state({"scene": 0, "layer": 2, "query": 6})  # all at once
    assert explorer.selection["layer"] == 2
    assert explorer.selection["query"] == 6


def test_what_stays_possible_stays_selected(explorer):
    explorer.layer, explorer.query = 1, 4
    explorer.scene = 1
    assert (explorer.layer, explorer.query) == (1, 4)


def test_a_notebook_keeps_the_picture_and_the_same_words_each_time(explorer, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing, raw=False: shown.append(thing))
    explorer.show()
    figure, bundle = shown
    assert figure.get_suptitle() == "large, layer 2, head 1"
    assert bundle[WIDGET]["model_id"] == explorer.model_id
    assert bundle["text/plain"] == "(Run this cell to explore 2 scenes: large, small.)"


def test_the_value_of_a_cell_carries_the_picture_too(explorer):
    data, _ = explorer._repr_mimebundle_()
    assert data["text/plain"] == repr(explorer) == "<Explorer of 2 scenes: large, small>"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert WIDGET in data


def test_many_names_are_not_told(make_scene):
    steps = Explorer(
        [make_scene(2, 1, 1, name=str(1000 + step)) for step in range(20)], axis="step"
    )
    assert repr(steps) == "<Explorer of 20 steps>"
    assert repr(Explorer(make_scene(name=""))) == "<Explorer of one scene>"


def test_a_step_is_called_so(make_scene):
    steps = Explorer([make_scene(2, 1, 1, name=step) for step in (0, 100)], axis="step", scene=1)
    assert repr(steps) == "<Explorer of 2 steps: 0, 100>"
    assert steps.figure().get_suptitle() == "step 100, layer 0, head 0"


@pytest.mark.parametrize("view", VIEWS)
def test_the_figure_follows_the_view(explorer, view):
    explorer.view = view
    title = explorer.figure().get_suptitle()
    wanted = {"grid": "large", "flow": "large, all layers"}
    assert title == wanted.get(view, "large, layer 2, head 1")


def test_it_is_saved_by_its_suffix(explorer, tmp_path):
    assert explorer.save(tmp_path / "seen.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in explorer.save(str(tmp_path / "seen.SVG")).read_text(encoding="utf-8")
    text = explorer.save(tmp_path / "seen.html").read_text(encoding="utf-8")
    assert '"layer": 2, "head": 1, "query": 6' in text
    assert '"theme": "auto"' in text


@pytest.mark.parametrize("name", ["seen.jpg", "seen"])
def test_another_suffix_is_refused_before_anything_is_written(explorer, tmp_path, name):
    with pytest.raises(ValueError, match=r"end its name in \.html, \.png, \.svg"):
        explorer.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_older_page_survives_a_failure(explorer, tmp_path, monkeypatch):
    page = Path(tmp_path, "seen.html")
    page.write_text("older")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "disk full")))
    with pytest.raises(OSError, match="disk full"):
        explorer.save(page)
    assert page.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["seen.html"]


def test_a_closed_explorer_and_its_weights_are_let_go(make_scene):
    explorer = Explorer(make_scene(3, 1, 2))
    seen = weakref.ref(explorer)
    explorer.close()
    del explorer
    gc.collect()
    assert seen() is None
