"""What is asked for is measured, and what is measured is kept, whatever comes next."""

from __future__ import annotations

import json
from functools import partial

import pytest

from benchmarks import __main__ as command
from benchmarks import records
from benchmarks.race import UnfairRace, table
from benchmarks.readme import README, write_readme
from benchmarks.records import APART, TOPICS, chosen, read_records

CLEAN = "0123456789abcdef0123456789abcdef01234567"
TOWN = ["--only", "town", "--toy"]


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Records and README of a run in this test lie here; every race takes no time."""
    readme, folder = tmp_path / "README.md", tmp_path / "results"
    readme.write_bytes(README.read_bytes())
    write = partial(write_readme, readme=readme, folder=folder)
    monkeypatch.setattr(command, "write_record", partial(records.write_record, folder=folder))
    monkeypatch.setattr(command, "write_readme", write)
    for topic in TOPICS:
        module = records.importlib.import_module(TOPICS[topic])
        monkeypatch.setattr(module, "PARTS", {"one": hop, "two": hop})
    return folder


def hop(rounds, small):
    return [table("Hops", "hops", 1, {"ours": [1.0] * rounds, "theirs": [2.0] * rounds})]


def test_one_run_of_everything_names_one_commit_and_one_command(results, monkeypatch):
    states = []

    def provenance():
        states.append(results.exists())
        origin = {"commit": CLEAN if len(states) == 1 else CLEAN + "+changes", "started": "2026"}
        machine = {"cpu": "c", "cores": 1, "threads": 1, "python": "3", "libraries": {}}
        return {**origin, "machine": {**machine, "memory_bytes": None}}

    monkeypatch.setattr(records, "provenance", provenance)
    assert command.main(["--record", "--rounds", "3"]) == 0
    kept = read_records(results)
    assert list(kept) == [topic for topic in TOPICS if topic not in APART]
    assert states == [False]  # asked once, when nothing was written yet
    assert {record["commit"] for record in kept.values()} == {CLEAN}
    wanted = "python -m benchmarks --record --rounds 3"
    assert {record["command"] for record in kept.values()} == {wanted}
    tables = [made for record in kept.values() for made in record["tables"]]
    assert {len(row["seconds"]) for made in tables for row in made["rows"]} == {3}


def test_what_was_measured_before_an_interruption_is_kept(results, monkeypatch, capsys):
    monkeypatch.setattr(records.importlib.import_module(TOPICS["bpe"]), "PARTS", {"one": stop})
    assert command.main(["--only", "town", "bpe", "forward", "--record"]) == 130
    assert list(read_records(results)) == ["town"]
    readme = (results.parent / "README.md").read_text(encoding="utf-8")
    assert readme.count("| theirs | 2.00 s |") == 2  # of both parts
    assert "interrupted; kept: town\n" in capsys.readouterr().err


def stop(rounds, small):
    raise KeyboardInterrupt


def test_an_interrupted_topic_keeps_its_earlier_record(results, monkeypatch):
    assert command.main(["--only", "bpe", "--record"]) == 0
    before = (results / "bpe.json").read_bytes()
    monkeypatch.setattr(
        records.importlib.import_module(TOPICS["bpe"]), "PARTS", {"one": hop, "two": stop}
    )
    assert command.main(["--only", "bpe", "--record"]) == 130
    assert (results / "bpe.json").read_bytes() == before


def test_an_interrupted_run_still_prints_its_json(results, monkeypatch, capsys):
    monkeypatch.setattr(records.importlib.import_module(TOPICS["bpe"]), "PARTS", {"one": stop})
    assert command.main(["--only", "town", "bpe", "--json"]) == 130
    assert [record["topic"] for record in json.loads(capsys.readouterr().out)] == ["town"]


def test_an_unfair_race_costs_the_other_topics_nothing(results, monkeypatch, capsys):
    def cheat(rounds, small):
        raise UnfairRace("theirs took the bus")

    monkeypatch.setattr(records.importlib.import_module(TOPICS["forward"]), "PARTS", {"one": cheat})
    assert command.main(["--only", "forward", "town", "--record"]) == 1
    assert list(read_records(results)) == ["town"]
    assert "forward is left out: theirs took the bus\n" in capsys.readouterr().err


def test_a_part_of_a_topic_is_measured_alone(results, capsys):
    assert command.main(["--only", "town/two", "bpe", "--json", "--rounds", "1"]) == 0
    town, bpe = json.loads(capsys.readouterr().out)
    assert (town["topic"], len(town["tables"])) == ("town", 1)
    assert (bpe["topic"], len(bpe["tables"])) == ("bpe", 2)
    assert not results.exists()  # nobody asked to record


def test_what_takes_long_is_measured_when_it_is_named(results):
    assert command.main(["--only", *APART, "--record", "--rounds", "1"]) == 0
    assert list(read_records(results)) == list(APART)


def test_every_topic_has_parts_that_can_be_named():
    for topic, parts in chosen(list(TOPICS)).items():
        for part in parts:
            assert chosen([f"{topic}/{part}"]) == {topic: {part: parts[part]}}
    assert list(chosen(["generation"])["generation"]) == ["small", "big", "GPT-2", "bundled"]


def test_the_command_prints_json(capsys):
    assert command.main([*TOWN, "--rounds", "2", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["command"] == "python -m benchmarks --only town --toy --rounds 2 --json"
    assert record["toy"] is True
    assert len(record["tables"][0]["rows"][0]["seconds"]) == 2


def test_the_command_prints_tables(capsys):
    assert command.main([*TOWN, "--rounds", "1"]) == 0
    assert "| ours |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "frogs"], "'frogs' is not a topic; choose from training, forward"),
        (["--only", "town/frogs"], "town has no part 'frogs'; choose from one, two"),
        (["--only", "town/"], "town has no part ''; choose from one, two"),
        (["--rounds", "0"], "at least 1 round is needed"),
        (["--record", "--write-readme"], "not allowed with argument"),
        (["--record", "--toy"], "--record keeps whole topics at full size"),
        (["--record", "--only", "town/one"], "--record keeps whole topics at full size"),
    ],
)
def test_wrong_words_are_refused(words, message, capsys, results):
    with pytest.raises(SystemExit, match="2"):
        command.main(words)
    assert message in capsys.readouterr().err
    assert not results.exists()
