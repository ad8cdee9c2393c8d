"""Looking inside: the interactive explorer of attention, its scenes, and its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aigc_lab.viz.explorer.scene import Scene, scene_of

if TYPE_CHECKING:
    from aigc_lab.viz.explorer.widget import Explorer

__all__ = ["Explorer", "Scene", "scene_of"]


def __getattr__(name: str) -> Any:
    """`Explorer`, loaded when it is asked for: widgets take their time, and a page needs none."""
    if name == "Explorer":
        from aigc_lab.viz.explorer.widget import Explorer

        return Explorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
