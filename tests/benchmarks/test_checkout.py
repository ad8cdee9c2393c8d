"""Earlier records are no changes to what is measured; everything else is."""

from __future__ import annotations

import pytest

from benchmarks import records
from benchmarks.checkout import ROOT, WRITTEN, git, only_records_differ
from benchmarks.readme import README
from benchmarks.records import RESULTS, origin_of


@pytest.fixture
def checkout(tmp_path):
    for name in ("aigc_lab/code.py", "benchmarks/race.py", "benchmarks/README.md", RECORD):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as committed")
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    if git(tmp_path, "init") is None:
        pytest.skip("git is not here")
    git(tmp_path, "add", ".")
    assert git(tmp_path, *who, "commit", "--message=all") is not None
    return tmp_path


RECORD = "benchmarks/results/town.json"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ([], True),
        ([RECORD, "benchmarks/README.md"], True),
        (["benchmarks/race.py"], False),
        ([RECORD, "aigc_lab/code.py"], False),
    ],
)
def test_only_what_a_run_writes_may_differ(checkout, changed, expected):
    for name in changed:
        (checkout / name).write_text("changed")
    assert only_records_differ(checkout) is expected
    git(checkout, "add", ".")
    assert only_records_differ(checkout) is expected


def test_a_folder_without_a_history_is_not_called_clean(tmp_path):
    assert only_records_differ(tmp_path / "nowhere") is False


def test_what_a_run_writes_is_where_it_is_written():
    assert [(ROOT / path).resolve() for path in WRITTEN] == [RESULTS, README]


@pytest.mark.parametrize(
    ("told", "others", "expected"),
    [
        ("abc+changes", False, "abc"),
        ("abc+changes", True, "abc+changes"),
        ("abc", True, "abc"),
        (None, True, None),
    ],
)
def test_the_commit_of_a_record(monkeypatch, told, others, expected):
    monkeypatch.setattr(records, "provenance", lambda: {"commit": told})
    monkeypatch.setattr(records, "only_records_differ", lambda: not others)
    origin = origin_of(["--only", "town", "it's"])
    assert origin["commit"] == expected
    assert origin["command"] == """python -m benchmarks --only town 'it'"'"'s'"""
