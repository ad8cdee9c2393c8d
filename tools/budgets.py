"""What a notebook may cost: declared in its source, measured when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

OVERRUN = 2.0  # a slow or busy machine may take this many times the declared minutes
MOST_MINUTES = 2.0  # at the default scale on the reference machine, for one notebook
MOST_MEMORY_MB = 4096


@dataclass(frozen=True)
class Budget:
    """The time and memory that a notebook declares, at the default scale on two cores.

    The memory is that of its kernel; processes that a cell starts are not counted.

    Raises: ValueError saying what the source's header should hold.
    """

    minutes: float
    memory_mb: float

    def __post_init__(self) -> None:
        for name, most in (("minutes", MOST_MINUTES), ("memory_mb", MOST_MEMORY_MB)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"budget {name}={value!r} must be a number")
            if not 0 < value <= most:
                raise ValueError(f"budget {name}={value!r} must be above 0 and at most {most:g}")

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> Budget:
        """The budget in a notebook's metadata.

        >>> Budget.of({"aigc_lab": {"minutes": 1.5, "memory_mb": 900}}).minutes
        1.5
        """
        declared = metadata.get("aigc_lab")
        if not isinstance(declared, Mapping) or set(declared) != {"minutes", "memory_mb"}:
            raise ValueError(
                f"the notebook declares the budget {declared!r}; its source's header must hold, "
                "under jupyter:, aigc_lab: {minutes: 1.5, memory_mb: 900}"
            )
        return cls(**declared)

    def report(self, seconds: float, memory_mb: float) -> str:
        """What was measured, beside what was declared."""
        return (
            f"{seconds:.1f} s of {60 * self.minutes:g} s declared, "
            f"{memory_mb:.0f} MB of {self.memory_mb:.0f} MB"
        )

    def problem(self, seconds: float, memory_mb: float) -> str | None:
        """One line on an overrun, or None."""
        late = seconds > OVERRUN * 60 * self.minutes
        if not late and memory_mb <= self.memory_mb:
            return None
        what = f"more than {OVERRUN:g} times its declared time" if late else "its declared memory"
        return f"over {what}: {self.report(seconds, memory_mb)}"


def peak_memory_mb(pid: int) -> float:
    """The most memory that a process has held so far, or holds now where only that is known.

    Its children are not counted. Raises: psutil.NoSuchProcess when it has ended.
    """
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        peaks = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        if not peaks:  # one that has ended, and that nobody has asked about yet
            raise psutil.ZombieProcess(pid)
        return int(peaks[0].split()[1]) / 1024
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss) / 2**20
