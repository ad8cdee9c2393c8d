"""What the explorer's front end and the model behind it tell each other."""

from __future__ import annotations

import pytest

from aigc_lab.viz.explorer.modules import joined
from aigc_lab.viz.explorer.page import MODULE, STATIC
from tests.browser.harness import MODEL, add

# Counts what looks at the page from outside the explorer: two observers, and the system's theme.
WATCHED = """
window.watching = 0;
const counted = (kind, begin, end) => {
    const {[begin]: start, [end]: stop} = kind.prototype;
    const seen = new Set();
    kind.prototype[begin] = function (...what) {
        if (!seen.has(this)) watching++;
        seen.add(this);
        return start.apply(this, what);
    };
    kind.prototype[end] = function (...what) {
        if (seen.delete(this)) watching--;
        return stop.apply(this, what);
    };
};
counted(MutationObserver, "observe", "disconnect");
counted(ResizeObserver, "observe", "disconnect");
class MediaList {
    matches = false;
    addEventListener() { watching++; }
    removeEventListener() { watching--; }
}
window.matchMedia = () => new MediaList();
"""
NAMES = "[...document.querySelectorAll('.ax-name')].map(each => each.textContent)"


@pytest.fixture
def harness(open_page):
    """A page into which explorers of two scenes are put by hand, with a model of the test's own."""
    watched = open_page()
    page = watched.page
    page.set_content("<!doctype html><body></body>")
    page.add_style_tag(content=(STATIC / "explorer.css").read_text(encoding="utf-8"))
    module = joined(MODULE).replace("export default", "window.explorer =")
    page.add_script_tag(content=module, type="module")
    page.wait_for_function("window.explorer")
    page.add_script_tag(content=MODEL)
    yield page
    assert watched.troubles == []


def test_a_choice_is_set_in_the_model_and_saved(harness):
    add(harness, "a")
    harness.locator(".ax-token").nth(3).click()
    harness.keyboard.press("h")
    harness.keyboard.press("f")
    saved = harness.evaluate("a.model.saved")
    assert [(each["query"], each["head"], each["view"]) for each in saved] == [
        (3, 0, "map"),
        (3, 1, "map"),
        (3, 1, "flow"),
    ]


def test_a_change_of_the_model_is_drawn(harness):
    add(harness, "a")
    before = harness.evaluate("a.el.querySelector('canvas').toDataURL()")
    harness.evaluate(
        "() => { a.model.set('layer', 1); a.model.set('head', 2); a.model.set('query', 4); }"
    )
    harness.get_by_text("Layer 1 · head 2").wait_for()
    assert harness.locator('.ax-token[aria-pressed="true"]').text_content() == "<e4 bd>"
    assert harness.evaluate("a.el.querySelector('canvas').toDataURL()") != before
    harness.evaluate("a.model.set('view', 'arcs')")
    harness.wait_for_function("a.el.querySelector('input:checked').value === 'arcs'")
    assert harness.evaluate("a.model.saved") == []  # what Python set is not sent back to it
    assert float(harness.evaluate("a.el.dataset.drawnMs")) >= 0


def test_keys_stay_inside_except_those_that_run_a_cell(harness):
    add(harness, "a")
    harness.evaluate(
        """() => {
            window.heard = [];
            document.body.addEventListener("keydown", event => heard.push(event.key));
        }"""
    )
    harness.locator(".ax-heads canvas").focus()
    for key in ("b", "m", "Escape", "ArrowDown", "Shift+Enter", "Control+s", "Enter"):
        harness.keyboard.press(key)
    assert harness.evaluate("heard") == ["Enter", "Control", "s"]


def test_explorers_on_one_page_keep_to_themselves(harness):
    add(harness, "a")
    add(harness, "b")
    second = harness.locator(".aigc-explorer").nth(1)
    second.locator(".ax-token").nth(2).click()
    harness.keyboard.press("l")
    second.get_by_text("Arcs", exact=True).click()
    assert harness.evaluate(NAMES) == ["Layer 0 · head 0", "Layer 1 · head 0"]
    checked = "[...document.querySelectorAll('.ax-top input:checked')].map(each => each.value)"
    assert harness.evaluate(checked) == ["map", "arcs"]
    assert harness.evaluate("a.model.saved") == []


def test_two_views_of_one_model_show_the_same(harness):
    add(harness, "a")
    harness.evaluate("() => { window.again = addExplorer(a.model); }")
    harness.locator(".aigc-explorer").nth(1).locator(".ax-token").nth(2).click()
    harness.keyboard.press("l")
    assert harness.evaluate(NAMES) == ["Layer 1 · head 0", "Layer 1 · head 0"]


def test_what_is_taken_away_leaves_nothing_behind(harness):
    harness.add_script_tag(content=WATCHED)
    add(harness, "a")
    assert harness.evaluate("[a.model.listeners.length > 0, watching]") == [True, 3]
    harness.evaluate("a.stop()")
    assert harness.locator(".aigc-explorer").count() == 0
    assert harness.evaluate("[a.model.listeners.length, watching]") == [0, 0]


@pytest.mark.parametrize("shift", [1, 2])
def test_weights_are_read_wherever_they_lie_in_memory(harness, shift):
    add(harness, "a")
    add(harness, "b", shift)
    canvases = "[...document.querySelectorAll('.ax-picture canvas')].map(each => each.toDataURL())"
    first, second = harness.evaluate(canvases)
    assert first == second


def test_it_waits_for_weights_that_have_not_arrived(harness):
    add(harness, "a")
    picture = "a.el.querySelector('.ax-picture canvas').toDataURL()"
    first = harness.evaluate(picture)
    harness.evaluate("() => { window.whole = a.model.get('weights'); }")
    harness.evaluate("a.model.set('weights', new DataView(new ArrayBuffer(8)))")
    harness.evaluate("a.model.set('head', 1)")
    assert harness.evaluate(picture) == first  # nothing is drawn of what is not there
    harness.evaluate("a.model.set('weights', whole)")
    harness.get_by_text("Layer 0 · head 1").wait_for()
    assert harness.evaluate(picture) != first


def test_what_is_done_before_the_weights_arrive_does_no_harm(harness):
    add(harness, "a")
    harness.evaluate("a.stop()")
    harness.evaluate(
        """() => {
            window.whole = a.model.get("weights");
            a.model.set("weights", new DataView(new ArrayBuffer(8)));
            window.b = addExplorer(a.model);
        }"""
    )
    for canvas in harness.locator("canvas").all():
        canvas.dispatch_event("pointermove")
        canvas.click()
        canvas.dblclick()
    harness.keyboard.press("h")
    harness.get_by_text("Arcs", exact=True).click()
    harness.get_by_role("button", name="SVG").click()
    assert harness.evaluate("a.model.saved") == []
    harness.evaluate("a.model.set('weights', whole)")
    harness.get_by_text("Layer 0 · head 0").wait_for()


def test_a_selection_that_the_scene_does_not_have_is_not_sent(harness):
    add(harness, "a")
    harness.evaluate("() => { a.model.set('head', 2); a.model.set('view', 'grid'); }")
    harness.locator(".ax-picture canvas").focus()
    harness.keyboard.press("ArrowRight")
    assert harness.evaluate("a.model.get('head')") == 2
    harness.evaluate("a.model.set('scene', 1)")  # it has two heads, and the model is told by Python
    harness.get_by_text("Layer 0 · head 1").wait_for()


def test_the_time_machine_keeps_the_selection_from_step_to_step(harness):
    add(harness, "a", axis="step")
    harness.evaluate("() => { a.model.set('layer', 1); a.model.set('query', 5); }")
    harness.get_by_role("slider").press("ArrowRight")
    saved = harness.evaluate("a.model.saved")[-1]
    assert (saved["scene"], saved["layer"], saved["query"]) == (1, 1, 5)
    assert (
        harness.locator(".ax-live").text_content().startswith("step 20, layer 1, head 0, token 5")
    )


def test_it_can_be_made_before_it_stands_in_the_page(harness):
    add(harness, "a")
    harness.evaluate(
        """async () => {
            const el = document.createElement("div");
            window.explorer.render({model: a.model, el});
            await new Promise(requestAnimationFrame);
            document.body.append(el);
        }"""
    )  # JupyterLab does so
    harness.locator(".aigc-explorer").nth(1).get_by_text("Layer 0 · head 0").wait_for()
    canvases = "[...document.querySelectorAll('.ax-picture canvas')].map(each => each.toDataURL())"
    first, late = harness.evaluate(canvases)
    assert late == first
