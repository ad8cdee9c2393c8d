"""A picture that answers to sliders, beside a still one that makes the point by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDGET = "application/vnd.jupyter.widget-view+json"


class Shown(NamedTuple):
    """The widgets that one run of a cell shows."""

    run: str
    widgets: WeakSet[Any]


_shown: dict[str, Shown] = {}  # by cell: what its newest run shows


def explore(
    draw: Callable[..., Any], still: Figure | None = None, **choices: Sequence[Any]
) -> None:
    """Show `still`, and under it a slider for each choice that calls `draw` again.

    `draw` takes one keyword for each of `choices` and returns a figure, or anything else that a
    notebook can show. Where no widgets run (a web page, a print-out) the still picture stands
    alone; without one it is what `draw` gives for the first of all choices.
    Raises: ValueError for no choices, or an empty one.
    """
    if not choices or not all(len(values) for values in choices.values()):
        raise ValueError(f"explore needs at least one value for each choice; {choices} arrived")
    if still is None:
        still = draw(**{name: values[0] for name, values in choices.items()})
    show_under(still, sliders(draw, choices), f"get sliders: {', '.join(choices)}")


def show_under(still: Any, widget: Any, purpose: str) -> None:
    """Show a picture, and under it a widget; what the cell's last run showed is closed.

    A page without widgets shows `purpose` in its place, which goes on after "Run this cell to".
    """
    from IPython.display import display

    _take_the_place(widget)
    display(still)
    view = {"model_id": widget.model_id, "version_major": 2, "version_minor": 0}
    display({WIDGET: view, "text/plain": f"(Run this cell to {purpose}.)"}, raw=True)


def _take_the_place(widget: Any) -> None:
    """Close what an earlier run of this cell showed, unless another cell shows it too.

    Jupyter keeps every widget, and all that it holds, until it is closed.
    """
    if widget.comm is None:  # closed before, and shown again
        widget.open()
    cell, run = _cell()
    if cell is None:
        return
    before = _shown.get(cell)
    if before is None or before.run != run:
        _shown[cell] = Shown(run, WeakSet())
    _shown[cell].widgets.add(widget)
    wanted = {each for shown in _shown.values() for each in shown.widgets}
    for old in set(before.widgets if before else ()) - wanted:
        _close(old)


def _cell() -> tuple[str | None, str | None]:
    """The cell that is being run and this run of it; None where the notebook's page names none."""
    import IPython

    kernel = getattr(IPython.get_ipython(), "kernel", None)
    request = getattr(kernel, "get_parent", dict)()  # not every kernel has it
    return request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id")


def _close(widget: Any) -> None:
    """Close a widget and those in it, a slider's function and a panel's model with them."""
    for part in getattr(widget, "children", ()):
        _close(part)
    widget.close()


def sliders(draw: Callable[..., Any], choices: dict[str, Sequence[Any]]) -> Any:
    """The box of sliders, over the output that they redraw."""
    import ipywidgets
    from IPython.display import display

    controls = {
        name: ipywidgets.SelectionSlider(
            options=[(str(value), value) for value in values],
            description=name.replace("_", " "),
            style={"description_width": "initial"},
            continuous_update=False,
        )
        for name, values in choices.items()
    }
    picture = ipywidgets.Output()

    def redraw(_change: object = None) -> None:
        with picture:
            picture.clear_output(wait=True)
            display(draw(**{name: control.value for name, control in controls.items()}))

    for control in controls.values():
        control.observe(redraw, names="value")
    return ipywidgets.VBox([*controls.values(), picture])
