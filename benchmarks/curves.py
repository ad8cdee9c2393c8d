"""Measured growth: curves with the exponent fitted to them, as a sheet and as a picture."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.core.files import atomic_write
from aigc_lab.training.scaling import PowerLaw, fit_power_law
from benchmarks.readme import duration, number, spread
from benchmarks.sheet import Sheet

if TYPE_CHECKING:
    from aigc_lab.viz.scaling import Panel

PICTURE = "growth.png"  # beside README.md
TITLE = "How cost grows: points are measured, lines fitted, dotted slopes expected"
SECONDS, BYTES = "seconds", "bytes"


@dataclass(frozen=True)
class Curve:
    """What was measured at each x in every round, the exponent it was expected to have, and why."""

    name: str
    x: tuple[float, ...]
    y: tuple[tuple[float, ...], ...]
    expected: float
    why: str

    @property
    def middle(self) -> list[float]:
        """The median of the rounds at each x."""
        return [statistics.median(rounds) for rounds in self.y]

    @property
    def law(self) -> PowerLaw:
        """The power law through the medians."""
        return fit_power_law(self.x, self.middle)


def expected_exponent(x: Sequence[float], cost: Callable[[Any], float]) -> float:
    """The exponent that a cost known by formula has over the very points that are measured.

    >>> round(expected_exponent([1, 2, 4], lambda n: 3 * n * n), 6)
    2.0
    """
    return fit_power_law(x, [cost(n) for n in x]).exponent


def sheet(
    title: str,
    x_name: str,
    unit: str,
    curves: Sequence[Curve],
    facts: Mapping[str, Any] | None = None,
) -> Sheet:
    """Curves over the same x as a sheet: a line for each x, and the exponents under them."""
    write = duration if unit == SECONDS else lambda size: f"{number(size / 2**20)} MiB"
    rounds = max(len(taken) for curve in curves for taken in curve.y)
    timed = f", median of {rounds} rounds (lowest to highest)" if rounds > 1 else ""
    lines = []
    for x in sorted({x for curve in curves for x in curve.x}):
        cells = [f"{x:,}"]
        for curve in curves:
            taken = dict(zip(curve.x, curve.y, strict=True)).get(x)
            cells.append(
                spread(write, statistics.median(taken), min(taken), max(taken)) if taken else ""
            )
        lines.append(tuple(cells))
    lines.append(("**exponent, fitted**", *(_law(curve.law) for curve in curves)))
    lines.append(("exponent, from the last two", *(f"{_last(curve):.2f}" for curve in curves)))
    lines.append(("exponent, expected", *(f"{curve.expected:.2f}" for curve in curves)))
    told = {f"expected, {curve.name}": curve.why for curve in curves}
    data = {"x_name": x_name, "unit": unit, "curves": [asdict(curve) for curve in curves]}
    head = (x_name, *(f"{curve.name}{timed}" for curve in curves))
    return Sheet(title, head, tuple(lines), {**(facts or {}), **told}, data=data)


def curves_of(sheet: Sheet) -> list[Curve]:
    """The curves that a sheet was written from."""
    return [
        Curve(**{**values, "x": tuple(values["x"]), "y": tuple(map(tuple, values["y"]))})
        for values in sheet.data["curves"]
    ]


def panels(record: Mapping[str, Any]) -> list[Panel]:
    """A panel for each sheet of a record that has curves."""
    from aigc_lab.viz.scaling import Panel

    made = []
    for values in record["tables"]:
        if not (values.get("data") or {}).get("curves"):
            continue
        told = Sheet.from_dict(values)
        curves = curves_of(told)
        made.append(
            Panel(
                told.title,
                told.data["x_name"],
                told.data["unit"],
                {curve.name: (curve.x, curve.middle) for curve in curves},
                {curve.name: curve.law for curve in curves},
                {curve.name: curve.expected for curve in curves},
            )
        )
    return made


def draw(record: Mapping[str, Any] | None, folder: Path) -> None:
    """Draw the curves of the record, if there are any, as a picture in a folder."""
    shown = panels(record) if record else []
    if not shown:
        return
    import io

    from aigc_lab.viz.scaling import growth_grid

    picture = io.BytesIO()
    growth_grid(shown, TITLE).savefig(picture, format="png", dpi=110, metadata={"Software": None})
    atomic_write(folder / PICTURE, picture.getvalue())


def _last(curve: Curve) -> float:
    """The slope between the two largest x: where it is not the fitted one, the curve bends."""
    (x, y), (more, cost) = sorted(zip(curve.x, curve.middle, strict=True))[-2:]
    return math.log(cost / y) / math.log(more / x)


def _law(law: PowerLaw) -> str:
    """An exponent as it is written: with what it may be off by, 19 times in 20.

    >>> _law(PowerLaw(1.0, 0.876, spread=0.0312))
    '0.88 ± 0.03'
    """
    return f"{law.exponent:.2f} ± {law.spread:.2f}"
