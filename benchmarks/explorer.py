"""The attention explorer in a browser: how long it takes to open and to draw, and its memory.

The page is the one that `Explorer.save` writes, opened from disk. From a click to the drawn picture
counts as the learner has it: until the browser is about to show the next frame.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.race import Part
from benchmarks.readme import duration, number, spread
from benchmarks.sheet import Sheet
from benchmarks.sizes import SEED
from tools.chromium import CHROMIUM, NO_CHROMIUM, open_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from aigc_lab.viz.explorer import Scene

TITLE = "the page of all heads, from disk"
LARGE, TOY = (12, 12, 256), (2, 2, 8)  # layers, heads, tokens
GOAL = 0.1  # seconds from a click to the drawn picture
WINDOW = {"width": 1280, "height": 1000}
OPENED = "opening the page, to the first picture"
VIEWS = ("arcs", "grid", "flow", "map")  # opened in this order; the page begins with the map
CLICKS = {  # what is clicked in each view, as the page's JavaScript does it
    "opened": "document.querySelector('input[value={view}]').click()",
    "another token": "document.querySelectorAll('.ax-token')[{token}].click()",
    "another head": "document.querySelector('.ax-picture canvas').dispatchEvent("
    "new KeyboardEvent('keydown', {{key: 'h', bubbles: true}}))",
}
NOTE_FIRST = """new MutationObserver(() => { window.firstDrawn ??= performance.now(); })
    .observe(document, {subtree: true, attributes: true, attributeFilter: ["data-drawn-ms"]});"""
TIMED = """async () => {{
    const started = performance.now();
    {click};
    await new Promise(requestAnimationFrame);
    return (performance.now() - started) / 1000;
}}"""


def random_scene(layers: int, heads: int, length: int) -> Scene:
    """Random causal attention with everything that the explorer can show beside it."""
    from aigc_lab.viz.explorer import Scene

    rng = np.random.default_rng(SEED)
    scores = rng.normal(scale=2, size=(layers, heads, length, length)).astype(np.float32)
    weights = np.exp(np.where(np.tri(length, dtype=bool), scores, -np.inf))
    weights /= weights.sum(axis=-1, keepdims=True)
    tokens = tuple(f" word{place}".encode() for place in range(length))
    predictions = tuple(tuple((token, 0.2) for token in tokens[:5]) for _ in tokens)
    effects = rng.normal(size=(layers, heads, length - 1))
    return Scene("random", tokens, weights, predictions, effects)


def _page(rounds: int, small: bool) -> list[Sheet]:
    """One page opened anew in every round, and clicked in every view."""
    if CHROMIUM is None:
        return [Sheet(TITLE, skipped=NO_CHROMIUM)]
    from aigc_lab.viz.explorer import Explorer

    size = TOY if small else LARGE
    with TemporaryDirectory() as folder, open_chromium() as browser:
        path = Explorer(random_scene(*size)).save(Path(folder, "explorer.html"))
        turns = [_turn(browser, path.as_uri(), size[-1]) for _ in range(rounds + 1)][1:]  # warm
        facts = {
            "heads": f"{size[0]} layers × {size[1]}, {size[2]} tokens",
            "size of the page": _mebibytes(path.stat().st_size),
            "memory of its process, above an empty page's": _mebibytes(_memory(browser, path)),
            "browser": f"Chromium {browser.version}, without a GPU",
            "window": f"{WINDOW['width']} × {WINDOW['height']}",
        }
    return [sheet({name: [turn[name] for turn in turns] for name in turns[0]}, facts)]


def sheet(seconds: dict[str, list[float]], facts: dict[str, str]) -> Sheet:
    """What each action took, with the clicks that miss the goal among what we lose.

    >>> sheet({OPENED: [2.0], "map, opened": [0.2, 0.3]}, {}).lost
    ('map, opened took 250 ms (200 ms to 300 ms), above the goal of 100 ms.',)
    """
    told = {
        name: spread(duration, statistics.median(taken), min(taken), max(taken))
        for name, taken in seconds.items()
    }
    slow = [name for name in seconds if name != OPENED and statistics.median(seconds[name]) > GOAL]
    lost = tuple(f"{each} took {told[each]}, above the goal of {duration(GOAL)}." for each in slow)
    rounds = max(map(len, seconds.values()))
    head = ("", f"median of {rounds} rounds (lowest to highest)")
    return Sheet(TITLE, head, tuple(told.items()), facts, lost, {"seconds": seconds})


def _turn(browser: Browser, address: str, length: int) -> dict[str, float]:
    """The seconds of everything that is done with the page once."""
    with _opened(browser, address) as page:
        taken = {OPENED: page.evaluate("window.firstDrawn / 1000")}
        for view in VIEWS:
            for name, click in CLICKS.items():
                script = TIMED.format(click=click.format(view=view, token=length - 1))
                taken[f"{view}, {name}"] = page.evaluate(script)
            page.evaluate(TIMED.format(click=CLICKS["another token"].format(token=length // 2)))
    return taken


@contextmanager
def _opened(browser: Browser, address: str) -> Iterator[Page]:
    """A page of its own that has drawn its explorer."""
    page = browser.new_page(viewport=WINDOW)
    page.add_init_script(NOTE_FIRST)
    page.goto(address)
    page.wait_for_selector("[data-drawn-ms]")  # not a function: the page lets nobody evaluate
    yield page
    page.close()


def _memory(browser: Browser, path: Path) -> int:
    """Bytes that the process of an opened page holds for itself, less those of an empty page."""
    empty = browser.new_page(viewport=WINDOW)
    before = _largest_renderer(browser)
    with _opened(browser, path.as_uri()):
        after = _largest_renderer(browser)
    empty.close()
    return after - before


def _largest_renderer(browser: Browser) -> int:
    """The memory of the largest process that holds pages; idle ones stand ready beside it."""
    import psutil

    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [each["id"] for each in told if each["type"] == "renderer"]
    return max(psutil.Process(each).memory_full_info().uss for each in renderers)


def _mebibytes(size: int) -> str:
    return f"{number(size / 2**20)} MiB"


PARTS: dict[str, Part] = {"page": _page}
