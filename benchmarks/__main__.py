"""Measure the course's code beside its peers.

python -m benchmarks                           measure everything and print the tables
python -m benchmarks --only bpe town           measure these topics
python -m benchmarks --only generation/GPT-2   measure one part of a topic
python -m benchmarks --record                  keep the results, and bring README.md up to date
python -m benchmarks --write-readme            measure nothing, only bring README.md up to date
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.race import Part, UnfairRace
from benchmarks.readme import topic as topic_text
from benchmarks.readme import write_readme
from benchmarks.records import APART, TOPICS, chosen, measure, origin_of, write_record

ROUNDS = 5
# Threads that wait look for work some microseconds long and then sleep: GNU's OpenMP counts looks.
WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "20000"}
UNFAIR, STOPPED = 1, 130  # exit codes; 130 is how shells know what Ctrl-C ended


def main(words: list[str] | None = None) -> int:
    """The command line; returns the exit code, 0 when all went well."""
    words = sys.argv[1:] if words is None else words
    parser = _parser()
    asked = parser.parse_args(words)
    if asked.write_readme:
        write_readme()
        return 0
    if asked.record and (asked.toy or any("/" in name for name in asked.only)):
        parser.error("--record keeps whole topics at full size: leave out --toy and parts")
    for name, value in WAITING.items():
        os.environ.setdefault(name, value)  # before torch is imported, which reads them then
    origin = origin_of(words)
    try:
        topics = chosen(asked.only)
    except ValueError as wrong:
        parser.error(str(wrong))
    records: list[dict[str, Any]] = []
    try:
        code = _measure(topics, asked, origin, records)
    except KeyboardInterrupt:
        code = STOPPED
        done = ", ".join(record["topic"] for record in records) or "nothing"
        print(f"interrupted; {'kept' if asked.record else 'measured'}: {done}", file=sys.stderr)
    finally:
        if asked.record:
            write_readme()
    if asked.json:
        print(json.dumps(records, ensure_ascii=False, indent=2))
    return code


def _measure(
    topics: Mapping[str, Mapping[str, Part]],
    asked: argparse.Namespace,
    origin: Mapping[str, Any],
    records: list[dict[str, Any]],
) -> int:
    """Add a record to `records` for every topic, and keep it at once where that is asked for."""
    code = 0
    for topic, parts in topics.items():
        print(f"measuring {topic} …", file=sys.stderr, flush=True)
        try:
            record = measure(topic, parts, asked.rounds, origin, asked.toy)
        except UnfairRace as unfair:
            print(f"{topic} is left out: {unfair}", file=sys.stderr, flush=True)
            code = UNFAIR
            continue
        if asked.record:
            write_record(record)
        records.append(record)
        if not asked.json:
            print(f"\n## {topic}\n{topic_text(record)}", flush=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[topic for topic in TOPICS if topic not in APART],
        metavar="TOPIC[/PART]",
        help=f"of {', '.join(TOPICS)}",
    )
    parser.add_argument(
        "--rounds", type=_whole, default=ROUNDS, help=f"turns of each contender ({ROUNDS})"
    )
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    parser.add_argument("--toy", action="store_true", help="tiny models, to try the code itself")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--record", action="store_true", help="keep the results in results/")
    what.add_argument("--write-readme", action="store_true", help="only write README.md's tables")
    return parser


def _whole(word: str) -> int:
    value = int(word)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1 round is needed")
    return value


if __name__ == "__main__":
    sys.exit(main())
