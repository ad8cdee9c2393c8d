"""Whether the machine was quiet: what others took of it before and during a measurement."""

from __future__ import annotations

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")
IDLE = (3, 4)  # of its first line: waiting for work, and waiting for a disk
GUESTS = 8  # from here on: virtual machines of ours, which the first two figures count already


def load_average() -> float | None:
    """How many programs wanted to run over the last minute; None where the system does not say."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None


class Others:
    """Counts the work of everybody but us: this process and the children that it waited for."""

    def __init__(self) -> None:
        self._then = self._now()

    def cores(self) -> float | None:
        """How many cores others kept busy, on average since the beginning, to two digits.

        Time that a virtual machine's host gave to others counts too. None where the system does
        not say: only Linux does.
        """
        if self._then is None:
            return None
        seconds, work = (now - then for now, then in zip(self._now(), self._then, strict=True))
        return max(0.0, round(work / seconds, 2)) if seconds > 0 else None

    @staticmethod
    def _now() -> tuple[float, float] | None:
        """The time, and the seconds of work that others have done."""
        try:
            line = STAT.read_text(encoding="ascii").partition("\n")[0]
        except OSError:
            return None
        ticks = [int(figure) for figure in line.split()[1:]][:GUESTS]
        busy = sum(figure for place, figure in enumerate(ticks) if place not in IDLE)
        return time.monotonic(), busy / os.sysconf("SC_CLK_TCK") - sum(os.times()[:4])
