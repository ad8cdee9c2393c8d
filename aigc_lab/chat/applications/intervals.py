"""How far a share of right answers can be trusted, given how many were asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist


def wilson_interval(right: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Bounds of a rate, of which `right` out of `total` is what was seen.

    Unlike rate ± 1.96 standard errors it never leaves 0 … 1, and says something also where every
    answer was right: 20 of 20 may well be a rate of 0.84.

    Raises: ValueError for no answers, more right ones than answers, or a confidence outside 0 … 1.
    Source: Wilson 1927; Brown, Cai and DasGupta 2001, section 3.1.1.
    Notebook: 12 applications.

    >>> [round(bound, 3) for bound in wilson_interval(20, 20)]
    [0.839, 1.0]
    """
    if total < 1 or not 0 <= right <= total:
        raise ValueError(
            f"{right} right of {total} answers is no rate; count at least 1 answer, and no more "
            "right ones than answers"
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence} must lie between 0 and 1, as 0.95 does")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = right / total
    middle = rate + z * z / (2 * total)
    margin = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    low, high = (middle - margin) / scale, (middle + margin) / scale
    return max(0.0, low), min(1.0, high) if right < total else 1.0


@dataclass(frozen=True)
class Rate:
    """A share of right answers: what was counted, and the 95% interval of what it stands for.

    Raises: ValueError as `wilson_interval` does.

    >>> Rate(19, 20).rate, str(Rate(19, 20))
    (0.95, '95% (76-99)')
    """

    right: int
    total: int

    def __post_init__(self) -> None:
        wilson_interval(self.right, self.total)  # refuses what is no rate

    @classmethod
    def of(cls, marks: Iterable[bool]) -> Rate:
        """The share of True."""
        marks = list(marks)
        return cls(sum(marks), len(marks))

    @property
    def rate(self) -> float:
        """The share that was seen."""
        return self.right / self.total

    @property
    def low(self) -> float:
        """The lower bound of the interval."""
        return wilson_interval(self.right, self.total)[0]

    @property
    def high(self) -> float:
        """The upper bound of the interval."""
        return wilson_interval(self.right, self.total)[1]

    def __str__(self) -> str:
        return f"{self.rate:.0%} ({100 * self.low:.0f}-{100 * self.high:.0f})"
