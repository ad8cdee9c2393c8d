"""The explorer's modules as they stand, not joined: they work alone, and count as Python does."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.model.heads import first_token_score, previous_token_score, rollout
from aigc_lab.viz.explorer import Scene
from aigc_lab.viz.explorer.page import STATIC
from tests.browser.harness import MODEL, add, made_model
from tests.browser.scenes import causal_maps

START = 'import explorer from "./explorer.js"; window.explorer = explorer;'


@pytest.fixture
def apart(open_page):
    """A page whose browser loads the modules one by one, as they import each other."""
    watched = open_page()
    page = watched.page

    def serve(route):
        name = route.request.url.rpartition("/")[2]
        body = (STATIC / name).read_text(encoding="utf-8") if name else "<!doctype html><body>"
        kind = "text/javascript" if name else "text/html"
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    page.route("**/*", serve)
    page.goto("http://explorer.test/")
    page.add_style_tag(content=(STATIC / "explorer.css").read_text(encoding="utf-8"))
    page.add_script_tag(content=START, type="module")
    page.wait_for_function("window.explorer")
    page.add_script_tag(content=MODEL)
    yield page
    assert watched.troubles == []


def test_no_module_lacks_an_import(apart):
    """Joined they share one scope, so that an import that was forgotten shows only here."""
    page = apart
    for name, axis in (("a", "model"), ("b", "step")):
        add(page, name, axis=axis)
    for element in page.locator(".aigc-explorer").all():
        for view in ("Map", "Arcs", "Grid", "Flow"):
            element.get_by_text(view, exact=True).click()
            for token in (6, 4):
                element.locator(".ax-token").nth(token).click()
            element.get_by_text("effect", exact=True).click()
            for canvas in element.locator("canvas").all():
                canvas.click(position={"x": 60, "y": 40})
            for key in ("l", "h", "ArrowRight", "s", "Home"):
                page.keyboard.press(key)
            for kind in ("PNG", "SVG"):
                with page.expect_download():
                    element.get_by_role("button", name=kind).click()
    assert page.locator(".ax-legend span").count() == 2


@pytest.fixture
def attention(apart):
    """Weights of 3 layers of 2 heads on 11 tokens; and what a script makes of them as they came."""
    maps = causal_maps(3, 2, 11, seed=5)
    scene = Scene("", tuple("abcdefghijk"), maps)

    def made(script):
        return apart.evaluate(
            f"""async () => {{
                const {{readScenes}} = await import("./weights.js");
                const [{{attention}}] = readScenes({made_model([scene])});
                {script}
            }}"""
        )

    return maps, made


def test_every_weight_arrives(attention):
    maps, made = attention
    rows = made(
        """return [0, 1, 2].map(layer => [0, 1].map(head => [...Array(11).keys()].map(
            query => Array.from(attention.row(layer, head, query), value => value / 65535))));"""
    )
    for layer, head, query in np.ndindex(maps.shape[:3]):
        seen = maps[layer, head, query, : query + 1]
        np.testing.assert_allclose(rows[layer][head][query], seen, atol=1e-5)


def test_habits_are_the_scores_of_heads(attention):
    maps, made = attention
    habits = made("return [0, 1, 2].map(layer => [0, 1].map(h => attention.habits(layer, h)));")
    own = np.diagonal(maps, axis1=-2, axis2=-1)[..., 1:].mean(axis=-1)
    expected = {
        "first": first_token_score(maps),
        "before": previous_token_score(maps),
        "itself": own,
    }
    for name, scores in expected.items():
        told = [[habit[name] for habit in layer] for layer in habits]
        np.testing.assert_allclose(told, scores, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("query", [0, 6, 10])
def test_the_flow_is_attention_rollout(attention, query):
    maps, made = attention
    flow = made(
        f"""const {{flowInto}} = await import("./rollout.js");
        const {{levels, edges}} = flowInto(attention, {query});
        return {{levels: levels.map(each => Array.from(each)), edges}};"""
    )
    layers = maps.mean(axis=1)
    held = np.eye(11)[query]
    np.testing.assert_allclose(flow["levels"][3], held)
    for layer in (2, 1, 0):
        shares = held[:, None] * (layers[layer] + np.eye(11)) / 2  # (from above, to below)
        drawn = {
            (edge["from"], edge["to"]): edge for edge in flow["edges"] if edge["layer"] == layer
        }
        assert set(drawn) == set(zip(*np.nonzero(shares > 0.004), strict=True))
        for (above, below), edge in drawn.items():
            assert edge["part"] == pytest.approx(shares[above, below], abs=1e-4)
            assert edge["stays"] == (above == below)
        held = shares.sum(axis=0)
        np.testing.assert_allclose(flow["levels"][layer], held, atol=3e-3)
    np.testing.assert_allclose(flow["levels"][0], rollout(layers)[-1, query], atol=3e-3)


def test_only_the_small_pictures_of_one_theme_are_kept(attention):
    _, made = attention
    assert made(
        """const {thumb, mapPicture} = await import("./heat.js");
        const palette = name => ({name, ramp: new Uint32Array(65536)});
        const first = thumb(attention, 1, 0, palette("light"));
        const again = thumb(attention, 1, 0, palette("light")) === first;
        mapPicture(attention, 1, 0, 11, palette("light"));
        thumb(attention, 2, 1, palette("light"));
        const light = attention.thumbs.size;
        const other = thumb(attention, 1, 0, palette("dark")) !== first;
        return [again, light, other, attention.thumbs.size];"""
    ) == [True, 2, True, 1]
