"""The topics that can be measured, and the files that keep what was measured."""

from __future__ import annotations

import importlib
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aigc_lab.core.files import read_json, write_json
from aigc_lab.core.runtime import provenance
from benchmarks.checkout import only_records_differ
from benchmarks.load import Others, load_average
from benchmarks.race import Part, Table
from benchmarks.sheet import Sheet

RESULTS = Path(__file__).resolve().parent / "results"
TOPICS = {  # the name of a topic, and the module that has its parts in PARTS
    "training": "benchmarks.training",
    "forward": "benchmarks.forward",
    "generation": "benchmarks.generation",
    "bpe": "benchmarks.tokenizing",
    "town": "benchmarks.writing",
    "memory": "benchmarks.memory",
    "growth": "benchmarks.growth",
    "explorer": "benchmarks.explorer",
    "shakespeare": "benchmarks.shakespeare",
    "shakespeare-long": "benchmarks.published",
}
APART = ("shakespeare-long",)  # too long to be a part of everything: to be asked for by name
TELLING = ("OMP_", "GOMP_", "MALLOC_", "TOKENIZERS_PARALLELISM", "RAYON_NUM_THREADS")
CHANGES = "+changes"  # what a commit's name ends with when files differ from it


def origin_of(words: Sequence[str]) -> dict[str, Any]:
    """Where a run comes from; `words` are those of the command line, for whoever repeats it.

    To be asked once, before the run: its own work is load, and its records change the checkout.
    """
    load, origin = load_average(), provenance()
    origin["command"] = shlex.join(["python", "-m", "benchmarks", *words])
    if (origin["commit"] or "").endswith(CHANGES) and only_records_differ():
        origin["commit"] = origin["commit"].removesuffix(CHANGES)
    return {**origin, "load_before": load}


def chosen(names: Sequence[str]) -> dict[str, dict[str, Part]]:
    """The parts to measure by topic and name; `names` are topics, or single parts as topic/part.

    Raises: ValueError for a topic or a part that there is not.
    """
    found: dict[str, dict[str, Part]] = {}
    for name in names:
        topic, slash, part = name.partition("/")
        if topic not in TOPICS:
            raise ValueError(f"{topic!r} is not a topic; choose from {', '.join(TOPICS)}")
        parts = importlib.import_module(TOPICS[topic]).PARTS
        if slash and part not in parts:
            raise ValueError(f"{topic} has no part {part!r}; choose from {', '.join(parts)}")
        found.setdefault(topic, {}).update({part: parts[part]} if slash else parts)
    return found


def measure(
    topic: str,
    parts: Mapping[str, Part],
    rounds: int,
    origin: Mapping[str, Any],
    small: bool = False,
) -> dict[str, Any]:
    """Hold the races of a topic, and return the record of them: plain values, ready for JSON."""
    from benchmarks.sizes import SEED

    others = Others()
    tables = [table for part in parts.values() for table in part(rounds, small)]
    return {
        "topic": topic,
        "toy": small,
        **origin,
        "environment": {k: v for k, v in sorted(os.environ.items()) if k.startswith(TELLING)},
        "others_cores": others.cores(),
        "seed": SEED,
        "tables": [table.to_dict() for table in tables],
    }


def write_record(record: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """Keep a record as `<topic>.json`."""
    return write_json(folder / f"{record['topic']}.json", record)


def read_records(folder: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """The kept records by topic, in the order of `TOPICS`."""
    paths = {topic: folder / f"{topic}.json" for topic in TOPICS}
    return {topic: read_json(path) for topic, path in paths.items() if path.is_file()}


def tables_of(record: Mapping[str, Any]) -> list[Table | Sheet]:
    """The tables in a record: of races, and of what is no race."""
    return [
        (Sheet if "lines" in values else Table).from_dict(values) for values in record["tables"]
    ]
