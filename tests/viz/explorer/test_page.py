"""The page stands alone: all is in it, nothing is asked for, and no token can break out."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from aigc_lab.viz.explorer import Scene
from aigc_lab.viz.explorer.codes import encode
from aigc_lab.viz.explorer.modules import joined
from aigc_lab.viz.explorer.page import MODULE, _in_page, _opened, page


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text of those with an id."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.inside = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.inside = attributes.get("id") if tag == "script" else None

    def handle_data(self, data):
        if self.inside:
            self.texts[self.inside] = self.texts.get(self.inside, "") + data


def test_the_page_holds_all_that_the_widget_holds(make_scene):
    scenes = [make_scene(5), make_scene(3, name="other")]
    meta, weights = encode(scenes)
    texts = Elements(page(scenes, view="arcs", layer=1)).texts
    values = json.loads(texts["values"])
    assert values.pop("meta") == meta
    assert values == dict(view="arcs", scene=0, layer=1, head=0, query=-1, theme="auto")
    assert gzip.decompress(base64.b64decode(texts["weights"])) == weights


def test_the_same_scenes_make_the_same_page(make_scene):
    assert page([make_scene()]) == page([make_scene()])


def test_nothing_is_asked_for_from_outside(make_scene):
    text = page([make_scene()])
    for _, attributes in Elements(text).tags:
        for name in ("src", "href"):
            assert attributes.get(name, "data:").startswith("data:")
    assert "@import" not in text
    assert not re.search(r"url\((?!['\"]?(data:|#))", text)
    assert "default-src 'none'" in text
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)  # names of SVG, no addresses


def test_without_scripts_the_picture_stays(make_scene):
    (quiet,) = re.findall(r"<noscript>(.*?)</noscript>", page([make_scene()]), re.DOTALL)
    (picture,) = re.findall(r'src="data:image/png;base64,([^"]+)"', quiet)
    assert base64.b64decode(picture).startswith(b"\x89PNG")


def test_no_token_and_no_name_breaks_out_of_the_page():
    evil = "</script><script>alert(1)</script><!-- &amp; {title}"
    scene = Scene(f'"{evil}', (evil,), np.ones((1, 1, 1, 1)))
    read = Elements(page([scene]))
    assert json.loads(read.texts["values"])["meta"]["scenes"][0]["name"] == f'"{evil}'
    assert sum(tag == "script" for tag, _ in read.tags) == 4


def test_chinese_stays_readable(make_scene):
    text = page([make_scene(name="米娅")])
    assert "<title>Attention: 米娅</title>" in text
    assert '"name": "米娅"' in text
    assert '<meta charset="utf-8">' in text


def test_a_page_without_names_has_a_title_too(make_scene):
    assert "<title>Attention</title>" in page([make_scene(name="")])


def test_the_page_of_a_training_run_names_its_steps(make_scene):
    steps = [make_scene(name=str(step)) for step in (0, 50, 300)]
    assert "<title>Attention: training steps 0 to 300</title>" in page(steps, axis="step")


def test_a_script_ends_only_where_it_should():
    assert _in_page('"</script>" + "<!-- x"') == '"<\\/script>" + "<\\!-- x"'


def test_the_explorers_module_opens_itself_in_a_page():
    opened = _opened(joined(MODULE))
    assert "export default" not in opened
    assert re.search(r"^openExplorer\(\{.*\}\);$", opened.splitlines()[-1])
    assert not re.search(r"^\s*import\b", opened, re.MULTILINE)


@pytest.mark.parametrize("module", ["", "export default f;", "export default {};\nmore();"])
def test_a_module_that_cannot_open_is_a_fault_of_ours(module):
    with pytest.raises(RuntimeError, match=r"explorer\.js must end with one `export default"):
        _opened(module)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"view": "maps"}, "there is no view 'maps'; choose map, arcs, grid, flow"),
        ({"theme": "blue"}, "there is no theme 'blue'; choose auto, light, dark"),
        ({"scene": 2}, "there is no scene 2; choose 0 to 1"),
        ({"scene": 1, "layer": 2}, "there is no layer 2; choose 0 to 1"),
        ({"head": -1}, "there is no head -1; choose 0 to 2"),
        ({"query": 7}, r"there is no query 7; choose 0 to 6 \(-1: none\)"),
        ({"layer": "1"}, "there is no layer '1'; choose 0 to 2"),
        ({"layer": 0.5}, "there is no layer 0.5; choose 0 to 2"),
    ],
)
def test_what_is_not_there_is_refused(make_scene, wrong, complaint):
    scenes = [make_scene(7, 3), make_scene(5, 2)]
    with pytest.raises(ValueError, match=complaint):
        page(scenes, **wrong)


def test_a_setting_that_is_none_is_no_part_of_the_page(make_scene):
    with pytest.raises(TypeError, match="querry"):
        page([make_scene()], querry=1)


def test_numbers_of_numpy_can_be_selected(make_scene):
    layer, head = np.unravel_index(3, (2, 3))
    assert page([make_scene()], layer=layer, head=head) == page([make_scene()], layer=1)
