"""Measure the course's code beside its peers.

python -m benchmarks                      measure everything and print the tables
python -m benchmarks --only bpe town      measure these topics
python -m benchmarks --record             keep the results, and bring README.md up to date
python -m benchmarks --write-readme       measure nothing, only bring README.md up to date
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from benchmarks.readme import topic as topic_text
from benchmarks.readme import write_readme
from benchmarks.records import TOPICS, measure, origin_of, write_record

ROUNDS = 7


def main(words: list[str] | None = None) -> int:
    """The command line; 0 when all went well."""
    words = sys.argv[1:] if words is None else words
    asked = _parser().parse_args(words)
    if asked.write_readme:
        write_readme()
        return 0
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: do not spin while waiting
    origin, records = origin_of(words), []
    for name in asked.only or TOPICS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        record = measure(name, asked.rounds, origin, asked.toy)
        records.append(record)
        if asked.record:
            write_record(record)
            write_readme()
        if not asked.json:
            print(f"\n## {name}\n{topic_text(record)}", flush=True)
    if asked.json:
        print(json.dumps(records, ensure_ascii=False, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", nargs="+", choices=TOPICS, metavar="TOPIC", help=f"of {', '.join(TOPICS)}"
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
