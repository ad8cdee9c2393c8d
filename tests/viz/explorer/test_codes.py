"""What the browser gets can be read back, and JSON can hold it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aigc_lab.viz.explorer import Scene
from aigc_lab.viz.explorer.codes import MOST_BYTES, encode, weight_bytes, weight_codes


def decode(meta, codes):
    """The weights of each scene, read as the browser does: number after number."""
    scenes = []
    for scene in meta["scenes"]:
        layers, heads, length = scene["layers"], scene["heads"], len(scene["tokens"])
        weights = np.zeros((layers, heads, length, length))
        at = scene["start"]
        for layer in range(layers):
            for head in range(heads):
                for query in range(length):
                    row = np.frombuffer(codes, dtype="<u2", count=query + 1, offset=at)
                    weights[layer, head, query, : query + 1] = row / 65535
                    at += 2 * (query + 1)
        scenes.append(weights)
    assert at == len(codes)
    return scenes


def test_every_weight_can_be_read_back(make_scene):
    scenes = [make_scene(5, 2, 3), make_scene(1, 1, 1), make_scene(7, 3, 2)]
    read = decode(*encode(scenes))
    for scene, weights in zip(scenes, read, strict=True):
        np.testing.assert_allclose(weights, scene.weights, atol=0.5 / 65535 + 1e-7)


def test_the_nearest_code_is_taken():
    codes = np.frombuffer(weight_codes(np.array([[[[1.7 / 65535]]]])), dtype="<u2")
    assert codes.tolist() == [2]


def test_what_is_told_beside_the_weights():
    scene = Scene(
        name="two",
        tokens=(b" a", b"\xe4\xbd"),
        weights=np.tril(np.full((1, 2, 2, 2), 0.5)),
        predictions=(((b"\n", 0.75), ("球", 0.123456789)), ()),
        effects=np.array([[[0.25], [np.nan]]]),
        numbers={"loss": np.float32(1.5)},
    )
    meta, _ = encode([scene], axis="model")
    assert meta == {
        "axis": "model",
        "scenes": [
            {
                "name": "two",
                "tokens": ["␣a", "<e4 bd>"],
                "start": 0,
                "layers": 1,
                "heads": 2,
                "predictions": [[["↵", 0.75], ["球", 0.12346]], []],
                "effects": [[[0.25], [None]]],
                "numbers": {"loss": 1.5},
            }
        ],
    }
    assert json.loads(json.dumps(meta, allow_nan=False)) == meta


def test_without_predictions_there_is_a_row_for_each_position(make_scene):
    meta, _ = encode([make_scene(3)])
    assert meta["scenes"][0]["predictions"] == [[], [], []]
    assert meta["scenes"][0]["effects"] is None


def test_labels_do_not_depend_on_the_fonts_of_this_machine(monkeypatch):
    monkeypatch.setattr("aigc_lab.viz.fonts.has_glyphs", lambda family, text: False)
    meta, _ = encode([Scene("", ("米娅",), np.ones((1, 1, 1, 1)))])
    assert meta["scenes"][0]["tokens"] == ["米娅"]


@pytest.mark.parametrize("names", [("0", "100", "2000"), ("0", "0.5", "1e3")])
def test_steps_are_numbers_that_rise(make_scene, names):
    meta, _ = encode([make_scene(name=name) for name in names], axis="step")
    assert [scene["name"] for scene in meta["scenes"]] == list(names)


@pytest.mark.parametrize("names", [("0", "before"), ("100", "0"), ("5", "5")])
def test_other_steps_are_refused(make_scene, names):
    with pytest.raises(ValueError, match="names are numbers that rise"):
        encode([make_scene(name=name) for name in names], axis="step")


def test_what_cannot_be_shown_is_refused(make_scene):
    with pytest.raises(ValueError, match="the explorer shows scenes, and none arrived"):
        encode([])
    with pytest.raises(ValueError, match="and ndarray arrived; make one by scene_of"):
        encode([np.eye(3)])
    with pytest.raises(ValueError, match="there is no axis 'time'; choose 'model' or 'step'"):
        encode([make_scene()], axis="time")


def test_too_much_for_a_browser_is_refused(make_scene, monkeypatch):
    scene = make_scene(5)
    assert weight_bytes(scene) == len(weight_codes(scene.weights))
    monkeypatch.setattr("aigc_lab.viz.explorer.codes.MOST_BYTES", 2 * weight_bytes(scene))
    encode([scene, scene])
    with pytest.raises(ValueError, match="give a shorter text or fewer scenes"):
        encode([scene, scene, scene])


def test_gpt2_small_on_256_tokens_is_well_within_the_bound():
    six_scenes = 6 * 12 * 12 * 256 * 257
    assert six_scenes < MOST_BYTES
