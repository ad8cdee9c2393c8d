"""A run's curve on disk: its records, one JSON object a line."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from aigc_lab.core.files import atomic_write


class MetricsLog:
    """The records of a run, one JSON object a line; a kill costs at most the line being written."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def append(self, record: dict[str, Any]) -> None:
        """Add one record at the end; numbers that JSON cannot hold (nan, inf) become null."""
        append_metrics(self.path, record)

    def keep_until(self, step: int) -> list[dict[str, Any]]:
        """Forget the records past `step`, and return those kept.

        A resumed run does those steps again, so that its curve has neither a gap nor a double.
        """
        old = read_metrics(self.path) if self.path.exists() else []
        kept = [record for record in old if record["step"] <= step]
        atomic_write(self.path, "".join(_line(record) for record in kept).encode())
        return kept

    def sync(self) -> None:
        """Wait until the lines are on the disk itself."""
        if self.path.exists():
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())


def append_metrics(path: str | Path, record: dict[str, Any]) -> None:
    """Add one record to a metrics file.

    Raises: OSError naming the file when the disk refuses; the records before are still whole.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(_line(record).encode())
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"could not add to {path}: {reason}; the records before are still whole"
        raise OSError(error.errno, message) from error


def read_metrics(path: str | Path) -> list[dict[str, Any]]:
    """The records of a metrics file; a last line cut off by a kill is left out.

    Raises: ValueError naming the first line that is no record.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no metrics file at {path}; a run writes metrics.jsonl")
    records, lines = [], path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):  # after the last newline: nothing, or a cut
        try:
            record = json.loads(line)
        except ValueError:
            record = None  # no JSON
        whole = isinstance(record, dict) and isinstance(record.get("step"), int)
        if not whole or any(isinstance(value, str | list | dict) for value in record.values()):
            raise ValueError(
                f"{path}, line {number}: expected a JSON object of numbers with a step, got "
                f"{line[:60]!r}; remove the line"
            )
        records.append(record)
    return records


def _line(record: dict[str, Any]) -> str:
    plain = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in record.items()
    }
    return json.dumps(plain, allow_nan=False) + "\n"
