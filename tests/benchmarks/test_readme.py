"""The README says what the records say, and the records what the clocks said."""

from __future__ import annotations

import json
import re

import pytest

from benchmarks.race import Table, table
from benchmarks.readme import README, losses, markdown, render, topic
from benchmarks.records import RESULTS, TOPICS, read_records, tables_of
from benchmarks.sheet import Sheet

RECORDS = read_records()
STORED = [
    (name, made)
    for name, record in RECORDS.items()
    for made in tables_of(record)
    if isinstance(made, Table)
]


def test_the_readme_is_written_from_the_records():
    text = README.read_text(encoding="utf-8")
    assert text == render(text, RECORDS), "run: python -m benchmarks --write-readme"


def test_the_readme_has_a_place_for_every_topic():
    text = README.read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- from the records: (.*) -->", text)) == {*TOPICS, "where we lose"}


def test_no_other_file_lies_among_the_records():
    assert {path.stem for path in RESULTS.glob("*.json")} == set(RECORDS)


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_was_made_at_full_size_from_a_commit_as_it_stood(name):
    record = RECORDS[name]
    assert record["toy"] is False
    assert re.fullmatch(r"[0-9a-f]{40}", record["commit"])
    assert record["command"].startswith("python -m benchmarks")
    assert record["environment"]["OMP_WAIT_POLICY"] == "PASSIVE"


@pytest.mark.parametrize(("name", "made"), STORED, ids=[f"{n}: {made.title}" for n, made in STORED])
def test_what_a_record_derives_follows_from_its_seconds(name, made):
    if made.skipped:
        assert made.rows == ()
        return
    seconds = {row.name: row.seconds for row in made.rows}
    goals = {row.name: row.goal for row in made.rows}
    assert table(made.title, made.unit, made.work, seconds, made.facts, goals) == made


def test_a_table_as_markdown():
    seconds = {"ours": [0.5, 0.5, 0.5], "theirs": [1.0, 1.5, 0.25]}
    made = table("Hops", "hops", 1000, seconds, {"legs": 4}, {"theirs": 3, "ours": 1500})
    assert markdown(made).splitlines() == [
        "**Hops**",
        "",
        "|  | median of 3 rounds (lowest to highest) | hops/s | time, × the first row's |",
        "|---|---:|---:|---:|",
        "| ours | 500 ms | 2,000 | goal 1,500: reached |",
        "| theirs | 1.00 s (250 ms to 1.50 s) | 1,000 | 2.00 (0.5 to 3.00); goal 3.00: missed |",
        "",
        "legs: 4.",
    ]


HOPS = Sheet(
    "Hops",
    head=("frog", "hops"),
    lines=(("Kermit", "3"), ("Robin", "2")),
    facts={"legs": 4},
    lost=("Robin fell into the water.",),
    data={"Kermit": [1, 2]},
)


def test_a_sheet_as_markdown():
    assert markdown(HOPS).splitlines() == [
        "**Hops**",
        "",
        "| frog | hops |",
        "|---|---:|",
        "| Kermit | 3 |",
        "| Robin | 2 |",
        "",
        "legs: 4.",
    ]
    assert markdown(Sheet("Hops", skipped="it rains")) == "**Hops**: skipped, since it rains."


def test_a_sheet_survives_json_among_tables():
    race = table("Leaps", "leaps", 2, {"ours": [1.0]})
    record = {"tables": [made.to_dict() for made in (HOPS, race, Sheet("x", skipped="y"))]}
    assert tables_of(json.loads(json.dumps(record))) == [HOPS, race, Sheet("x", skipped="y")]
    assert losses({"frogs": record}) == "- frogs, Hops: Robin fell into the water."


def test_one_round_has_no_spread():
    made = table("Hops", "hops", 1000, {"ours": [0.5], "theirs": [1.0]})
    head, _, ours, theirs = markdown(made).splitlines()[2:6]
    assert head.startswith("|  | one round |")
    assert ours == "| ours | 500 ms | 2,000 |  |"
    assert theirs == "| theirs | 1.00 s | 1,000 | 2.00 |"


def test_losing_is_said_and_so_are_doubts_and_missed_goals():
    close = {"ours": [2.0, 1.0], "theirs": [1.0, 1.6], "ours, old": [1, 1]}
    goals = {"ours": 3, "theirs": 3}
    tables = [
        table("Hops", "hops", 1, close),
        table("Leaps", "leaps", 2, {"ours": [1.0], "theirs": [2.0]}, goals=goals),
        table("Jumps", "jumps", 3, {"ours": [1.0], "theirs": [3.0]}, goals=goals),
        table("Dives", "dives", 1, {"ours": [2.0, 2.0], "theirs": [1.0, 1.5]}),
        Table("x", skipped="y"),
    ]
    record = {"tables": [made.to_dict() for made in tables]}
    assert losses({"frogs": record}).splitlines() == [
        "- frogs, Hops: theirs took 1.05 (0.5 to 1.60) times as long as ours, so it is undecided.",
        "- frogs, Leaps: the goal of 3.00 leaps/s is missed.",
        "- frogs, Leaps: the goal of 3.00 × against theirs is missed.",
        "- frogs, Dives: theirs took 0.625 (0.5 to 0.75) times as long as ours.",
    ]
    assert losses({}) == "Nothing is recorded yet."


def test_a_record_of_changed_files_says_so():
    origin = {"command": "x", "started": "2026-01-01", "environment": {}, "seed": 0}
    machine = {"cpu": "c", "cores": 1, "threads": 1, "python": "3", "libraries": {}}
    record = {**origin, "machine": {**machine, "memory_bytes": None}, "load_before": 0.1}
    told = {"commit": "0123456789abcdef+changes", "others_cores": 0.25, "tables": []}
    shown = topic({**record, **told})
    assert "commit 0123456789ab+changes." in shown
    assert "cores that others kept busy meanwhile: 0.25;" in shown


def test_what_people_wrote_stays():
    text = "one\n<!-- from the records: town -->\nold\n<!-- end -->\ntwo\n"
    changed = render(text, {})
    assert changed == text.replace("old", "Not measured yet.")
    assert render(changed, {}) == changed
