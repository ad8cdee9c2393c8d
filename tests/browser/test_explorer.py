"""The explorer's page, opened from disk by a real browser without a network."""

from __future__ import annotations

import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from aigc_lab.viz.explorer import Explorer, Scene
from tests.browser.scenes import TOKENS, scene

TOKEN, PRESSED = ".ax-token", '.ax-token[aria-pressed="true"]'
PICTURE, HEADS, LIVE = ".ax-picture canvas", ".ax-heads canvas", ".ax-live"
LABELS = ["The", "␣fox", "␣fox", "狐狸", "<e4 bd>", "</script>", "↵"]
VIEWS = ("map", "arcs", "grid", "flow")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def opened(open_page, tmp_path):
    """Save scenes as a page and open it from disk; afterwards nothing may have gone wrong."""
    pages = []

    def opened(scenes, width=1280, scheme="light", **settings):
        address = Explorer(scenes, **settings).save(tmp_path / "x.html").as_uri()
        watched = open_page(width, scheme)
        watched.page.goto(address)
        watched.page.locator(TOKEN).first.wait_for()
        watched.page.wait_for_selector("[data-drawn-ms]")
        pages.append((watched, address))
        return watched.page

    yield opened
    for watched, address in pages:
        assert watched.troubles == []
        asked = {url for url in watched.requests if not url.startswith(("data:", "blob:"))}
        assert asked == {address}


def pixels(page, canvas=PICTURE) -> np.ndarray:
    """What a canvas shows: (height, width, 3) bytes."""
    picture = Image.open(io.BytesIO(page.locator(canvas).screenshot()))
    return np.asarray(picture.convert("RGB"))


def name(page) -> str:
    return page.locator(".ax-name").text_content()


def look_bars(page) -> list[tuple[str, str]]:
    """The tokens that the shown one looks at, with their weights."""
    rows = page.locator("section", has_text="looks").locator(".ax-bars li").all()
    return [
        (row.locator(".ax-what").get_attribute("title"), row.locator(".ax-value").text_content())
        for row in rows
    ]


def test_a_click_on_a_token_shows_where_it_looks_and_what_comes_next(opened):
    shown = scene()
    page = opened(shown, layer=1, head=2)
    assert page.locator(TOKEN).all_text_contents() == LABELS
    page.locator(TOKEN).nth(4).click()
    weights = shown.weights[1, 2, 4, :5]
    order = np.argsort(-weights)
    expected = [(LABELS[key], f"{weights[key]:.2f}") for key in order if weights[key] >= 0.005]
    assert look_bars(page)[: len(expected)] == expected
    assert page.get_by_text("came").count() == 1  # the token that the text has next was foreseen
    effect = shown.effects[1, 2, 4]
    told = page.locator("section", has_text="Without this head").text_content()
    assert f"{'−' if effect < 0 else '+'}{abs(effect):.2f} nats" in told
    assert f"</script> would have {np.exp(-effect) * 100:.0f} %" in told
    best = f"looks most at {LABELS[order[0]]}, {weights[order[0]]:.2f}"
    assert page.locator(LIVE).text_content() == f"layer 1, head 2, token 4 <e4 bd> {best}"
    page.locator(TOKEN).nth(4).click()
    assert page.locator(PRESSED).count() == 0  # a second click lets go


def test_pointing_at_a_token_shows_it_and_leaving_shows_the_chosen_one_again(opened):
    page = opened(scene(), query=2)
    page.locator(TOKEN).nth(5).hover()
    page.get_by_text("Where </script> looks").wait_for()
    page.locator(".ax-name").hover()
    page.get_by_text("Where ␣fox looks").wait_for()
    assert page.locator(LIVE).text_content().startswith("layer 0, head 0, token 2 ␣fox looks")


def test_everything_can_be_done_with_the_keyboard(opened):
    page = opened([scene("one"), scene("two", tokens=TOKENS[::-1], seed=3)])
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # among the views
    assert page.locator("input:checked").first.get_attribute("value") == "arcs"
    focused = "document.activeElement.className"
    while page.evaluate(focused) != "ax-token":
        page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert page.locator(PRESSED).text_content() == "</script>"
    assert page.evaluate("document.activeElement.textContent") == "</script>"
    for key, layer, head in (("h", 0, 1), ("l", 1, 1), ("Shift+H", 1, 0)):
        page.keyboard.press(key)
        assert name(page) == f"Layer {layer} · head {head}"
    page.keyboard.press("s")
    assert page.locator(LIVE).text_content().startswith("two, layer 1, head 0, token 5")
    assert page.evaluate(focused) == "ax-token"  # though these are other tokens
    page.keyboard.press("g")
    page.locator(PICTURE).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # there is no layer above the first
    assert name(page) == "Layer 0 · head 1"
    page.keyboard.press("Enter")
    assert page.locator("input:checked").first.get_attribute("value") == "map"
    page.keyboard.press("Escape")
    assert page.locator(PRESSED).count() == 0


def test_a_key_ends_what_the_resting_pointer_shows(opened):
    page = opened(scene())
    page.locator(TOKEN).nth(2).click()  # and the pointer stays there
    page.keyboard.press("ArrowRight")
    assert page.locator(PRESSED).text_content() == LABELS[3]
    page.get_by_text(f"Where {LABELS[3]} looks").wait_for()


def test_the_arrows_go_on_from_a_token_that_was_let_go(opened):
    page = opened(scene(), query=2)
    page.locator(TOKEN).nth(2).click()
    assert page.locator(PRESSED).count() == 0
    page.keyboard.press("ArrowRight")
    assert page.locator(PRESSED).text_content() == LABELS[3]


def test_each_view_is_drawn_and_chosen_in_by_clicks(opened):
    page = opened(scene(), query=6, head=1)
    seen = {}
    for view in VIEWS:
        page.get_by_text(view.title(), exact=True).click()
        page.mouse.move(1, 1)
        seen[view] = pixels(page)
        assert len(np.unique(seen[view].reshape(-1, 3), axis=0)) > 10, view
    assert len({picture.tobytes() for picture in seen.values()}) == len(VIEWS)
    last_head = seen["grid"][34 + 158 : 34 + 300, 44 + 316 : 44 + 458]
    assert len(np.unique(last_head.reshape(-1, 3), axis=0)) > 10

    page.get_by_text("Grid", exact=True).click()
    page.locator(PICTURE).click(position={"x": 44 + 2 * 158 + 40, "y": 34 + 158 + 40})
    assert name(page) == "Layer 1 · head 2"
    page.locator(HEADS).click(position={"x": 20, "y": 20})
    assert name(page) == "Layer 0 · head 0"
    page.get_by_text("Map", exact=True).click()
    box = page.locator(PICTURE).bounding_box()
    page.locator(PICTURE).click(position={"x": 120, "y": box["height"] - 60})  # the last row
    assert page.locator(PRESSED).text_content() == "↵"
    page.get_by_text("Flow", exact=True).click()
    page.locator(PICTURE).click(position={"x": 80, "y": 60})  # the upper layer, the first token
    assert name(page) == "Layer 1 · head 0"
    assert page.locator(PRESSED).text_content() == "The"


def test_the_map_tells_masked_cells_from_weights_of_zero(opened):
    page = opened(scene(), width=1280)  # layer 0, head 0 looks at the first token only
    picture = pixels(page)
    colours, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    often = {tuple(colour.tolist()) for colour in colours[counts > 5000]}
    masked, zero, one = (0xDD,) * 3, (0xF7, 0xFB, 0xFF), (0x08, 0x30, 0x6B)
    assert {masked, zero, one} <= often


def test_all_heads_are_told_apart_by_what_silencing_them_does(opened):
    shown = scene()
    page = opened(shown, query=3)
    before = pixels(page, HEADS)
    page.get_by_text("effect", exact=True).click()
    page.get_by_text("silencing harms here").wait_for()
    picture = pixels(page, HEADS)
    assert (picture != before).any()
    effects = shown.effects[:, :, 3]
    layer, head = np.unravel_index(np.abs(effects).argmax(), effects.shape)
    place = (
        slice(3 + 48 * layer + 8, 3 + 48 * layer + 38),
        slice(3 + 48 * head + 8, 3 + 48 * head + 38),
    )
    harm, help_ = (0xD5, 0x5E, 0), (0, 0x72, 0xB2)  # the strongest has the full colour
    assert (picture[place] == (harm if effects[layer, head] > 0 else help_)).all()
    page.locator(TOKEN).last.click()  # nothing comes after it
    page.get_by_text("silencing harms on average").wait_for()


def test_what_was_not_measured_is_not_offered(opened):
    page = opened(replace(scene(), effects=None), query=3)
    page.get_by_text("Not measured for this text.").wait_for()
    assert not page.get_by_text("effect", exact=True).is_visible()


def test_effects_are_told_as_what_is_left_of_a_probability(opened):
    effects = np.zeros((2, 3, 6))
    effects[0, 0] = [8, -4, 0.004, np.nan, 0.5, -0.5]
    page = opened(replace(scene(), effects=effects))
    told = page.locator("section", has_text="Without this head")
    mean = np.nanmean(effects[0, 0])
    assert f"+{mean:.2f} nats per token, on average" in told.text_content()
    for query, words in enumerate(
        [
            "␣fox would have less than 1 % of its probability (loss +8.00 nats)",
            "␣fox would have 55 times its probability (loss −4.00 nats)",
            "The probability of 狐狸 hardly changes",
            "Not measured here.",
            "</script> would have 61 % of its probability",
            "↵ would have 165 % of its probability",
            "Nothing comes after the last token",
        ]
    ):
        page.locator(TOKEN).nth(query).click()
        assert words in told.text_content()


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_written_is_cut_off_in_a_narrow_window(opened, view):
    tokens = (*TOKENS, b" unbelievably-long-name" * 3)
    page = opened(scene(tokens=tokens), 480, view=view, query=len(tokens) - 1)
    with page.expect_download() as svg:
        page.get_by_role("button", name="SVG").click()
    cut = page.evaluate(
        """text => {
            document.body.insertAdjacentHTML("beforeend", text);
            const svg = document.body.lastElementChild;
            const {left, top, right, bottom} = svg.getBoundingClientRect();
            return Array.from(svg.querySelectorAll("text")).filter(each => {
                const box = each.getBoundingClientRect();
                return box.left < left - 1 || box.top < top - 1 || box.right > right + 1
                    || box.bottom > bottom + 1;
            }).map(each => each.textContent);
        }""",
        svg.value.path().read_text(encoding="utf-8"),
    )
    assert cut == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_token_is_readable_on_every_colour_of_the_scale(opened, theme):
    count = 101
    maps = np.tril(np.ones((1, 1, count, count)) * np.linspace(0, 1, count))
    tokens = tuple(f"{key}" for key in range(count))
    page = opened(Scene("", tokens, maps), query=count - 1, theme=theme)
    contrasts = page.evaluate(
        """() => Array.from(document.querySelectorAll(".ax-token"), token => {
            const bright = colour => {
                const linear = colour.match(/[0-9.]+/g).slice(0, 3).map(part => part / 255)
                    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05;
            };
            const {color, backgroundColor} = getComputedStyle(token);
            const [one, other] = [bright(color), bright(backgroundColor)];
            return Math.max(one / other, other / one);
        })"""
    )
    assert len(contrasts) == count
    assert min(contrasts) >= 4.5  # WCAG's level AA


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_downloaded_as_png_and_as_svg(opened, view):
    page = opened(scene(), view=view, layer=1, head=2, query=6)
    keep = "({target}) => { window.kept = target.download ?? window.kept; }"
    page.evaluate(f"() => {{ document.body.onclick = {keep}; }}")
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG").click()
    assert png.value.suggested_filename == f"attention-{view}-layer1-head2.png"
    picture = Image.open(png.value.path())
    assert picture.width == 2 * page.locator(PICTURE).bounding_box()["width"]
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 10

    with page.expect_download() as svg:
        page.get_by_role("button", name="SVG").click()
    assert svg.value.suggested_filename == f"attention-{view}-layer1-head2.svg"
    assert page.evaluate("kept") == svg.value.suggested_filename  # VS Code follows what bubbles up
    assert page.locator("a").count() == 0
    tree = ElementTree.parse(svg.value.path())
    words = [text.text for text in tree.iter(f"{SVG}text")]
    assert set(LABELS) <= set(words) if view != "grid" else {"head", "layer"} <= set(words)
    pictures = {"map": 1, "grid": 6}.get(view, 0)
    assert len(list(tree.iter(f"{SVG}image"))) == pictures
    assert list(tree.iter(f"{SVG}path"))


def test_the_theme_follows_the_system_the_page_and_the_choice(opened):
    page = opened(scene(), scheme="dark")
    root = page.locator(".aigc-explorer")

    def becomes(theme):
        page.wait_for_selector(f".aigc-explorer[data-theme={theme}]")

    becomes("dark")
    dark = pixels(page)
    page.emulate_media(color_scheme="light")
    becomes("light")
    assert pixels(page).mean() > dark.mean() + 50
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab does
    becomes("dark")
    page.evaluate("delete document.body.dataset.jpThemeLight")
    becomes("light")
    page.evaluate("document.body.classList.add('vscode-dark')")
    becomes("dark")
    page.evaluate(
        "document.body.className = ''; document.documentElement.setAttribute('theme', 'dark')"
    )
    becomes("dark")
    assert root.count() == 1
    chosen = opened(scene(), scheme="dark", theme="light")
    chosen.wait_for_selector(".aigc-explorer[data-theme=light]")


def test_scenes_are_picked_and_their_numbers_told(opened):
    page = opened(
        [scene("small"), scene("狐狸", tokens=TOKENS[:3], heads=2, seed=3)], query=6, head=2
    )
    assert page.get_by_text("loss 3 · induction 0").count() == 1
    page.get_by_text("狐狸", exact=True).first.click()
    page.get_by_text("loss 0.75 · induction 0.3").wait_for()
    assert page.locator(TOKEN).all_text_contents() == LABELS[:3]
    assert page.locator(PRESSED).count() == 0  # the shorter text has no such token
    assert page.locator(LIVE).text_content() == "狐狸, layer 0, head 1, no token chosen"
    assert name(page) == "Layer 0 · head 1"


def test_the_time_machine_slides_over_its_curves(opened):
    steps = [scene(str(50 * step), seed=step) for step in range(5)]
    page = opened(steps, axis="step")
    slider = page.get_by_role("slider")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "step 100"
    assert page.locator(".ax-legend span").all_text_contents() == ["loss 1", "induction 0.2"]
    first = pixels(page, ".ax-curves")
    box = page.locator(".ax-curves").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 9, box["y"] + 20)
    assert slider.get_attribute("aria-valuetext") == "step 200"
    assert (pixels(page, ".ax-curves") != first).any()


@pytest.mark.parametrize("width", [480, 800, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_into_narrow_and_wide_windows(opened, pictures, width, scheme):
    tokens = tuple(f" word{place}".encode() for place in range(60)) + TOKENS
    page = opened(scene(tokens=tokens), width, scheme, query=30, head=1)
    for view in VIEWS:
        page.get_by_text(view.title(), exact=True).click()
        page.mouse.move(1, 1)
        page.wait_for_timeout(50)
        overflow = """() => Array.from(document.querySelectorAll(".aigc-explorer *"))
            .filter(each => each.getBoundingClientRect().right > innerWidth).length"""
        assert page.evaluate(overflow) == 0, view
        room = page.locator(".ax-picture").bounding_box()["width"]
        assert page.locator(PICTURE).bounding_box()["width"] <= room, view
        page.screenshot(path=pictures / f"explorer-{view}-{scheme}-{width}.png", full_page=True)


def test_a_single_token_is_shown_in_every_view(opened):
    page = opened(scene(tokens=(b"A",)))
    for view in VIEWS:
        page.get_by_text(view.title(), exact=True).click()
        page.locator(TOKEN).focus()
        page.keyboard.press("End")
        assert page.locator(".ax-habit").text_content() == ""
        panel = page.locator(".ax-panel").text_content()
        assert "Where A looks" in panel
        assert "Nothing comes after the last token" in panel
