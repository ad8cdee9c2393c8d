"""The explorer as one HTML file that any browser opens from disk, without a network."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path

from aigc_lab.viz.explorer.codes import encode
from aigc_lab.viz.explorer.modules import joined
from aigc_lab.viz.explorer.scene import Scene
from aigc_lab.viz.explorer.selection import counts, require_place, require_word
from aigc_lab.viz.explorer.still import NO_QUERY, draw, picture

STATIC = Path(__file__).with_name("static")
MODULE = STATIC / "explorer.js"  # and what it imports
INSTEAD = (
    "The explorer could not start: it needs JavaScript, and a browser of 2023 or later. This "
    "picture stands in for it."
)
MOST_NAMES = 4  # scenes that a page's title tells
EXPORT = re.compile(r"^export default (\{[^}]*\});?\s*\Z", re.MULTILINE)
NOTHING_FROM_OUTSIDE = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
STYLE = """\
:root { color-scheme: light dark; }
body { margin: 1rem; background: Canvas; color: CanvasText; font-family: system-ui, sans-serif; }
h1 { font-size: 1.2rem; font-weight: 600; }
img { max-width: 100%; }
"""
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{style}
</style>
</head>
<body>
<h1>{title}</h1>
<div id="explorer"></div>
<noscript><p>{instead}</p>
<img alt="{title}" src="data:image/png;base64,{still}"></noscript>
<script type="application/json" id="values">{values}</script>
<script type="text/plain" id="weights">{weights}</script>
<script type="module">
{opener}
</script>
<script type="module">
{explorer}
</script>
</body>
</html>
"""


def page(
    scenes: Sequence[Scene],
    axis: str = "model",
    *,
    view: str = "map",
    scene: int = 0,
    layer: int = 0,
    head: int = 0,
    query: int = NO_QUERY,
    theme: str = "auto",
) -> str:
    """A page that shows scenes in the explorer, and asks for nothing from outside.

    It begins with what is selected here, as in the widget.
    Raises: ValueError for what is not there to select, or as `codes.encode` does.
    """
    meta, weights = encode(scenes, axis)
    require_word("view", view)
    require_word("theme", theme)
    scene = require_place("scene", scene, len(scenes))
    there = counts(scenes, scene)
    asked = dict(layer=layer, head=head, query=query)
    place = {name: require_place(name, value, there[name]) for name, value in asked.items()}
    still = picture(draw(scenes[scene], view, **place, axis=axis), "png")
    settings = {"view": view, "scene": scene, **place, "theme": theme}
    values = json.dumps({"meta": meta, **settings}, ensure_ascii=False, allow_nan=False)
    return PAGE.format(
        policy=NOTHING_FROM_OUTSIDE,
        title=html.escape(_title(scenes, axis)),
        style=STYLE + _static("explorer.css"),
        instead=INSTEAD,
        still=_base64(still),
        values=values.replace("<", "\\u003c"),  # no </script> and no <!-- in the page's data
        weights=_base64(gzip.compress(weights, compresslevel=6, mtime=0)),
        opener=_in_page(_static("page.js")),
        explorer=_in_page(_opened(joined(MODULE))),
    )


def _title(scenes: Sequence[Scene], axis: str) -> str:
    if axis == "step":
        return f"Attention: training steps {scenes[0].name} to {scenes[-1].name}"
    names = ", ".join(scene.name for scene in scenes[:MOST_NAMES] if scene.name)
    return f"Attention: {names}" if names else "Attention"


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _opened(module: str) -> str:
    """The explorer's module for a page: what it exports is opened there instead.

    >>> _opened("const render = () => {};\\nexport default { render };\\n")
    'const render = () => {};\\nopenExplorer({ render });'
    """
    opened, count = EXPORT.subn(r"openExplorer(\1);", module)
    if count != 1:
        raise RuntimeError("explorer.js must end with one `export default {…};`")
    return opened


def _in_page(script: str) -> str:
    """A script in which nothing ends the element that it stands in."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
