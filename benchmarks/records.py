"""The topics that can be measured, and the files that keep what was measured."""

from __future__ import annotations

import importlib
import os
import shlex
from pathlib import Path
from typing import Any

from aigc_lab.core.files import read_json, write_json
from aigc_lab.core.runtime import provenance
from benchmarks.race import Table

RESULTS = Path(__file__).resolve().parent / "results"
TOPICS = {  # the name of a topic, and the module that measures it
    "training": "benchmarks.training",
    "forward": "benchmarks.forward",
    "generation": "benchmarks.generation",
    "bpe": "benchmarks.tokenizing",
    "town": "benchmarks.writing",
    "memory": "benchmarks.memory",
}
TELLING = ("OMP_", "MALLOC_", "TOKENIZERS_PARALLELISM", "RAYON_NUM_THREADS")  # variables


def origin_of(words: list[str]) -> dict[str, Any]:
    """Where a run comes from; `words` are those of the command line, for whoever repeats it.

    To be asked once, before the run: the records that it keeps are changes to the checkout too.
    """
    return {**provenance(), "command": shlex.join(["python", "-m", "benchmarks", *words])}


def measure(topic: str, rounds: int, origin: dict[str, Any], small: bool = False) -> dict[str, Any]:
    """Hold the races of one topic, and return the record of them: plain values, ready for JSON."""
    from benchmarks.sizes import SEED

    load = _load()  # as the machine is before
    tables = importlib.import_module(TOPICS[topic]).measure(rounds, small)
    return {
        "topic": topic,
        "toy": small,
        **origin,
        "environment": {k: v for k, v in sorted(os.environ.items()) if k.startswith(TELLING)},
        "load_before": load,
        "seed": SEED,
        "tables": [table.to_dict() for table in tables],
    }


def write_record(record: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Keep a record as `<topic>.json`."""
    return write_json(folder / f"{record['topic']}.json", record)


def read_records(folder: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """The kept records by topic, in the order of `TOPICS`."""
    paths = {topic: folder / f"{topic}.json" for topic in TOPICS}
    return {topic: read_json(path) for topic, path in paths.items() if path.is_file()}


def tables_of(record: dict[str, Any]) -> list[Table]:
    """The tables in a record."""
    return [Table.from_dict(values) for values in record["tables"]]


def _load() -> float | None:
    """How many programs wanted to run over the last minute; None where the system does not say."""
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        return None
