"""The explorer as a widget: what is selected can be read and set from Python and by hand."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from aigc_lab.core.files import atomic_write
from aigc_lab.viz.explore import show_under
from aigc_lab.viz.explorer.codes import encode
from aigc_lab.viz.explorer.modules import joined
from aigc_lab.viz.explorer.page import MODULE, STATIC, page
from aigc_lab.viz.explorer.scene import Scene
from aigc_lab.viz.explorer.selection import counts, require_place, require_word
from aigc_lab.viz.explorer.still import NO_QUERY, draw, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = (".html", ".png", ".svg")
MOST_NAMES = 60  # letters of the scenes' names that a line tells


class WrongSelection(traitlets.TraitError, ValueError):
    """What was to be selected is not there; as a TraitError it leaves the selection as it was."""


class Explorer(anywidget.AnyWidget):
    """Attention of all layers and heads, to look into by mouse, by keys and from Python.

    `view` is "map" (one head's heat map), "arcs" (the same between tokens), "grid" (all heads) or
    "flow" (from token to token through the layers). `scene`, `layer`, `head` and `query` count
    from 0; query -1 selects no token. With axis="step" the scenes are moments of one training run,
    named by their steps, and their `numbers` are drawn as curves above the slider.

    Raises: ValueError for what is not there to select, or scenes that cannot be shown.
    Notebook: 10 attention maps.
    """

    _esm = joined(MODULE)
    _css = (STATIC / "explorer.css").read_text(encoding="utf-8")

    meta = traitlets.Dict(read_only=True).tag(sync=True)
    weights = traitlets.Bytes(read_only=True).tag(sync=True)
    view = traitlets.Unicode("map").tag(sync=True)
    theme = traitlets.Unicode("auto").tag(sync=True)
    scene = traitlets.Int(0).tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    query = traitlets.Int(NO_QUERY).tag(sync=True)

    def __init__(
        self,
        scenes: Scene | Sequence[Scene],
        view: str = "map",
        axis: str = "model",
        *,
        scene: int = 0,
        layer: int = 0,
        head: int = 0,
        query: int = NO_QUERY,
        theme: str = "auto",
    ) -> None:
        self.scenes = (scenes,) if isinstance(scenes, Scene) else tuple(scenes)
        meta, weights = encode(self.scenes, axis)
        self.set_trait("meta", meta)
        self.set_trait("weights", weights)
        super().__init__(view=view, scene=scene, layer=layer, head=head, query=query, theme=theme)

    def __repr__(self) -> str:
        return f"<Explorer of {self._names()}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and the still picture for pages without widgets."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["image/png"] = base64.b64encode(picture(self.figure(), "png")).decode("ascii")
        return data, metadata

    @property
    def selection(self) -> dict[str, Any]:
        """What is selected now: view, scene, layer, head and query."""
        names = ("view", "scene", "layer", "head", "query")
        return {name: getattr(self, name) for name in names}

    def show(self) -> None:
        """Show the still picture, which a saved notebook keeps, and under it the explorer."""
        show_under(self.figure(), self, f"explore {self._names()}")

    def figure(self) -> Figure:
        """The present view and selection as a still picture."""
        shown = self.scenes[self.scene]
        return draw(shown, self.view, self.layer, self.head, self.query, self.meta["axis"])

    def save(self, path: str | Path) -> Path:
        """Write a page that any browser opens from disk (.html), or the still picture.

        The page needs no network and no Python: it carries all scenes, and begins with the
        present selection. An older file stays as it was until the new one is whole.
        Raises: ValueError for a suffix other than .html, .png and .svg; OSError.
        """
        kind = Path(path).suffix.lower()
        if kind not in KINDS:
            raise ValueError(f"{path} ends in {kind!r}; end its name in {', '.join(KINDS)}")
        if kind != ".html":
            return atomic_write(path, picture(self.figure(), kind.lstrip(".")))
        content = page(self.scenes, self.meta["axis"], **self.selection, theme=self.theme)
        return atomic_write(path, content.encode("utf-8"))

    def _names(self) -> str:
        """The scenes in a few words, the same in every run."""
        count, what = len(self.scenes), "step" if self.meta["axis"] == "step" else "scene"
        names = ", ".join(scene.name for scene in self.scenes if scene.name)
        counted = f"{count} {what}s" if count > 1 else f"one {what}"
        return f"{counted}: {names}" if 0 < len(names) <= MOST_NAMES else counted

    @traitlets.validate("view", "theme")
    def _known_word(self, proposal: dict[str, Any]) -> str:
        try:
            return require_word(proposal["trait"].name, proposal["value"])
        except ValueError as error:
            raise WrongSelection(str(error)) from None

    @traitlets.validate("scene", "layer", "head", "query")
    def _there(self, proposal: dict[str, Any]) -> int:
        name = proposal["trait"].name
        try:
            return require_place(name, proposal["value"], self._counts(name))
        except ValueError as error:
            raise WrongSelection(str(error)) from None

    @traitlets.observe("scene")
    def _stay_inside(self, _change: object) -> None:
        """A smaller model or a shorter text: the selection moves to what is there."""
        with self.hold_trait_notifications():
            for name in ("layer", "head"):
                setattr(self, name, min(getattr(self, name), self._counts(name) - 1))
            if self.query >= self._counts("query"):
                self.query = NO_QUERY

    def _counts(self, name: str) -> int:
        """How many scenes there are, or layers, heads and positions in the present one."""
        present = min(max(self.scene, 0), len(self.scenes) - 1)
        return counts(self.scenes, present)[name]
