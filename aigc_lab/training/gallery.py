"""Curves that went wrong, as recorded, and bands of seeds: is my loss reasonable?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from aigc_lab.core.files import data_folder
from aigc_lab.training.faults import EVAL_EVERY, HEALTHY, Curves

RECORD = "gallery"
FILE = "curves.jsonl"
BAND_SEEDS = 16  # healthy runs that make the band; the recorded ones beyond them are fresh
MARGIN = 0.5  # by how much of its width a band is widened, above and below, before judging
PATIENCE = 2  # measurements in a row outside, on one side, until a curve counts as gone
INSIDE, ABOVE, BELOW = "inside", "above", "below"
LOSSES = ("train_loss", "val_loss", "honest_loss")
GAP = "gap"  # validation as measured, minus training: what differs from seed to seed cancels


@dataclass(frozen=True)
class Band:
    """Where several healthy runs were at each measured step: the lowest, the middle, the highest.

    Shapes: four arrays (N,).
    """

    steps: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Verdict:
    """Where a curve is against a band: inside all along, or from which step above or below it."""

    side: str
    step: int | None = None

    def __str__(self) -> str:
        return self.side if self.step is None else f"{self.side} from step {self.step}"


def load_gallery(folder: str | Path | None = None) -> dict[str, list[Curves]]:
    """The recorded runs by fault, in the order of their seeds; "healthy" are those without one.

    How they were made stands in `run.json` beside them (`tools/record_gallery.py`).
    Raises: ValueError when there is no record in the folder.
    Notebook: 06 training.
    """
    path = Path(folder or data_folder() / "runs" / RECORD) / FILE
    if not path.is_file():
        raise ValueError(f"no gallery is recorded at {path}; run tools/record_gallery.py first")
    gallery: dict[str, list[Curves]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        curves = Curves(**json.loads(line))
        gallery.setdefault(curves.fault, []).append(curves)
    return {fault: sorted(runs, key=lambda one: one.seed) for fault, runs in gallery.items()}


def points(curves: Curves, loss: str) -> tuple[np.ndarray, np.ndarray]:
    """The steps and values of one of a run's losses, or of the gap, as they are judged.

    The training loss of a single batch jumps about, so its mean over the steps since the last
    evaluation stands for them. The gap is the measured validation loss minus that mean.

    Raises: ValueError for a loss that is none of train_loss, val_loss, honest_loss, gap.

    >>> curves = Curves("healthy", seed=0, train_loss=[4.0] * 5 + [2.0] * 15)
    >>> steps, values = points(curves, "train_loss")
    >>> steps.tolist(), values.tolist()
    ([10, 20], [3.0, 2.0])
    """
    if loss == GAP:
        steps, training = points(curves, "train_loss")
        return steps, points(curves, "val_loss")[1][1:] - training
    if loss not in LOSSES:
        raise ValueError(f"loss={loss!r} is not known; choose one of {', '.join((*LOSSES, GAP))}")
    values = np.asarray(getattr(curves, loss), dtype=float)
    if loss != "train_loss":
        return np.asarray(curves.eval_steps), values
    means = values[: len(values) // EVAL_EVERY * EVAL_EVERY].reshape(-1, EVAL_EVERY).mean(axis=1)
    return EVAL_EVERY * np.arange(1, len(means) + 1), means


def healthy_band(gallery: dict[str, list[Curves]], loss: str = "val_loss") -> Band:
    """The band of the gallery's first `BAND_SEEDS` healthy runs.

    Raises: ValueError for a gallery without healthy runs, and as `points` and `make_band`.
    """
    runs = [points(run, loss) for run in gallery.get(HEALTHY, ())[:BAND_SEEDS]]
    if not runs:
        raise ValueError(f"the gallery holds {list(gallery)}, but no run called {HEALTHY!r}")
    return make_band(runs[0][0], [values for _, values in runs])


def make_band(steps: Sequence[int] | np.ndarray, runs: ArrayLike) -> Band:
    """The band of several runs measured at the same steps.

    Shapes: steps (N,); runs (S, N), one row for each of at least two seeds.
    Raises: ValueError when the shapes do not fit.

    >>> band = make_band([0, 10], [[4.0, 3.0], [4.5, 2.0], [4.25, 2.25]])
    >>> band.low.tolist(), band.middle.tolist(), band.high.tolist()
    ([4.0, 2.0], [4.25, 2.25], [4.5, 3.0])
    """
    steps, values = np.asarray(steps), np.asarray(runs, dtype=float)
    if values.ndim != 2 or len(values) < 2 or values.shape[1:] != steps.shape or not len(steps):
        raise ValueError(
            f"runs of shape {values.shape} do not fit steps of shape {steps.shape}; pass (S, N) "
            "losses of at least 2 seeds, and the N steps at which all of them were measured"
        )
    return Band(steps, values.min(axis=0), np.median(values, axis=0), values.max(axis=0))


def judge(
    steps: Sequence[int] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    band: Band,
    margin: float = MARGIN,
    patience: int = PATIENCE,
) -> Verdict:
    """Is this loss reasonable? The first step from which a curve is outside the band, if any.

    The band is widened by `margin` times its width on either side: a few seeds do not show the
    whole range. A curve is out once `patience` measurements in a row are outside on one side;
    a loss that is not a number counts as above.

    Raises: ValueError for no losses, for steps that do not rise or at which the band says nothing,
        for a negative margin or no patience.
    Notebook: 06 training.

    >>> band = make_band([0, 10, 20, 30], [[4.0, 3.0, 2.0, 1.8], [4.2, 3.2, 2.4, 2.0]])
    >>> str(judge([0, 10, 20, 30], [4.1, 3.0, 2.9, 2.9], band))
    'above from step 20'
    """
    steps, values = np.asarray(steps), np.asarray(values, dtype=float)
    known = steps.size and np.isin(steps, band.steps).all() and (np.diff(steps) > 0).all()
    if steps.shape != values.shape or not known:
        raise ValueError(
            f"{values.shape} losses at {steps.shape} steps do not fit a band that was measured at "
            f"steps {band.steps.tolist()}; give one loss a step, at some of these steps, in order"
        )
    if margin < 0 or patience < 1:
        raise ValueError(
            f"margin={margin} must be 0 or more (widths of the band), and patience={patience} 1 or "
            "more (measurements in a row)"
        )
    at = np.searchsorted(band.steps, steps)
    room = margin * (band.high - band.low)[at]
    below = values < band.low[at] - room
    above = ~(values <= band.high[at] + room)  # nan too
    first = {side: _lasting(out, patience) for side, out in ((ABOVE, above), (BELOW, below))}
    found = {side: at for side, at in first.items() if at is not None}
    if not found:
        return Verdict(INSIDE)
    side = min(found, key=found.__getitem__)
    return Verdict(side, int(steps[found[side]]))


def _lasting(out: np.ndarray, patience: int) -> int | None:
    """Where the first stretch of `patience` true values in a row begins."""
    together = 0
    for at, outside in enumerate(out):
        together = together + 1 if outside else 0
        if together == patience:
            return at - patience + 1
    return None
