"""A training run, watched: a progress bar, and in a notebook a curve that grows."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

from aigc_lab.training.history import FIELDS, Callback, History, Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from aigc_lab.training.loop import Trainer

LOSSES = {"training": "train_loss", "validation": "val_loss"}
FAR = 10.0  # times the floor


def live(
    floor: float | None = None, baselines: dict[str, float] | None = None, redraw_every: float = 2.0
) -> list[Callback]:
    """The callbacks that show a run: a progress bar, and in a notebook the growing curve too.

    The floor is the one that the run records, where it knows one, unless another is given.

    Units: `floor` and `baselines` in nats per token, `redraw_every` in seconds.
    Notebook: 06 training.
    """
    watchers: list[Callback] = [LiveProgress()]
    if in_notebook():
        watchers.append(LiveCurve(floor, baselines, redraw_every))
    return watchers


class LiveProgress(Callback):
    """One line: how far, the newest losses, how fast."""

    def on_start(self, trainer: Trainer) -> None:
        from tqdm.auto import tqdm

        total = trainer.config.steps
        self.bar = tqdm(total=total, initial=trainer.step, unit="step", desc="training")
        self.shown: dict[str, str] = {}
        self.first: Record | None = None

    def on_step(self, record: Record) -> None:
        self.shown["train"] = f"{record['train_loss']:.3f}"
        self.first = self.first or record
        if (seconds := record["seconds"] - self.first["seconds"]) > 0:
            rate = (record["tokens"] - self.first["tokens"]) / seconds
            self.shown["tok/s"] = f"{rate:,.0f}"
        self.bar.set_postfix(self.shown, refresh=False)
        self.bar.update(record["step"] - self.bar.n)

    def on_eval(self, record: Record) -> None:
        if "val_loss" in record:
            self.shown["val"] = f"{record['val_loss']:.3f}"
            if "val_floor" in record:
                self.shown["floor"] = f"{record['val_floor']:.3f}"
            self.bar.set_postfix(self.shown, refresh=False)

    def on_end(self, history: History) -> None:
        self.bar.close()


class LiveCurve(Callback):
    """The loss so far, drawn again at most every `redraw_every` seconds."""

    def __init__(
        self,
        floor: float | None = None,
        baselines: dict[str, float] | None = None,
        redraw_every: float = 2.0,
    ) -> None:
        self.floor, self.baselines, self.redraw_every = floor, baselines, redraw_every
        self.display: Any = None

    def on_start(self, trainer: Trainer) -> None:
        self.history, self.steps = trainer.history, trainer.config.steps
        self.display, self._drawn_at = None, 0.0
        self._draw()

    def on_step(self, record: Record) -> None:
        self._draw()

    def on_eval(self, record: Record) -> None:
        self._draw()

    def on_end(self, history: History) -> None:
        self._draw(now=True)

    def _draw(self, now: bool = False) -> None:
        if not now and time.perf_counter() - self._drawn_at < self.redraw_every:
            return
        from IPython.display import Image, display

        figure = training_curve(self.history, self.floor, self.baselines, self.steps)
        picture = Image(data=_png(figure))
        if self.display is None:
            self.display = display(picture, display_id=True)
        else:
            self.display.update(picture)
        self._drawn_at = time.perf_counter()


def training_curve(
    history: History,
    floor: float | None = None,
    baselines: dict[str, float] | None = None,
    steps: int | None = None,
) -> Figure:
    """The losses of a run over its steps, and beside them each extra evaluation's curve.

    Where the losses come from far above the floor, equal heights are equal ratios, so that one can
    see how near they get.

    Units: `floor` (the least any model can reach; the recorded one if None) and `baselines` in nats
    per token.
    Notebook: 06 training.
    """
    from aigc_lab.viz.drawing import make_logarithmic, new_figure
    from aigc_lab.viz.plots import draw_losses, draw_scores

    floor = history.last("val_floor") if floor is None else floor
    losses = {name: history.series(key) for name, key in LOSSES.items()}
    scores = {
        name: history.series(name)
        for name in sorted({name for record in history.records for name in record} - set(FIELDS))
    }
    figure = new_figure(12.0 if scores else 7.6, 3.8)
    panels = figure.subplots(1, 2 if scores else 1, squeeze=False)[0]
    drawn = {name: curve for name, curve in losses.items() if curve[0]}
    highest = max((value for _, values in drawn.values() for value in values), default=0.0)
    if floor is not None and highest > FAR * floor > 0:
        make_logarithmic(panels[0])
    draw_losses(panels[0], drawn, floor, baselines)
    if scores:
        draw_scores(panels[1], scores)
    for panel in panels:
        panel.set_xlim(0, steps)
    return figure


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook, which can show pictures."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    return file.getvalue()
