"""What can be selected in the explorer: the same for the widget and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

from aigc_lab.viz.explorer.scene import Scene
from aigc_lab.viz.explorer.still import NO_QUERY, VIEWS

THEMES = ("auto", "light", "dark")
WORDS = {"view": VIEWS, "theme": THEMES}


def require_word(name: str, value: str) -> str:
    """A view or a theme, when it is known.

    >>> require_word("theme", "dark")
    'dark'
    """
    if value not in WORDS[name]:
        raise ValueError(f"there is no {name} {value!r}; choose {', '.join(WORDS[name])}")
    return value


def require_place(name: str, value: int, count: int) -> int:
    """A scene, layer, head or query, counted from 0, when there are enough of them.

    >>> require_place("query", NO_QUERY, count=5)
    -1
    """
    least = NO_QUERY if name == "query" else 0
    none = " (-1: none)" if name == "query" else ""
    whole = hasattr(value, "__index__")
    if not whole or not least <= value < count:
        told = value if whole else repr(value)
        raise ValueError(f"there is no {name} {told}; choose 0 to {count - 1}{none}")
    return index(value)


def counts(scenes: Sequence[Scene], scene: int) -> dict[str, int]:
    """How many scenes there are, and layers, heads and positions in one of them.

    Shapes: the scene's weights (L, H, T, T).
    """
    layers, heads, length, _ = scenes[scene].weights.shape
    return {"scene": len(scenes), "layer": layers, "head": heads, "query": length}
