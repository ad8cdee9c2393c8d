"""What is measured and is no race against the clock: lines of words, and the data behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sheet:
    """Lines under a head, in words, beside the numbers that they were written from.

    `data` holds those numbers, curves too: plain values, which only the record shows. `lost` are
    the sentences that belong among what we lose; `skipped` is the reason when there are no lines.

    >>> Sheet("Hops", ("frog", "hops"), (("Kermit", "3"),)).lines
    (('Kermit', '3'),)
    """

    title: str
    head: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    skipped: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; `from_dict` is the way back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Sheet:
        """The sheet that `to_dict` wrote down."""
        lines = tuple(tuple(line) for line in values["lines"])
        told = {"head": tuple(values["head"]), "lines": lines, "lost": tuple(values["lost"])}
        return cls(**{**values, **told})
