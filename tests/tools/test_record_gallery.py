"""The recorder of the gallery: what it writes, and that it goes on where it was stopped."""

from __future__ import annotations

import json
import math

import pytest

from aigc_lab.core.files import read_json, write_json
from aigc_lab.training import faults
from aigc_lab.training.faults import Curves
from aigc_lab.training.gallery import load_gallery
from tools import record_gallery


class Stopped(Exception):
    """The power failed."""


@pytest.fixture
def made(monkeypatch):
    """Which runs were made; runs cost nothing here."""
    runs = []

    def run(fault, seed):
        if len(runs) == 5:
            runs.append(None)
            raise Stopped
        runs.append((fault, seed))
        return Curves(fault, seed, [4.16666], [0], [4.1], [4.2], "ab")

    monkeypatch.setattr(faults, "run", run)
    return runs


def test_it_goes_on_where_it_was_stopped(made, tmp_path):
    with pytest.raises(Stopped):
        record_gallery.record(tmp_path)
    assert read_json(tmp_path / "run.json")["finished"] is None
    started = read_json(tmp_path / "run.json")["started"]
    record_gallery.record(tmp_path)
    assert [run for run in made if run] == record_gallery.wanted()
    run = read_json(tmp_path / "run.json")
    assert run["started"] == started
    assert run["finished"] is not None
    assert {"machine", "commit", "command", "seeds", "settings"} < set(run)
    gallery = load_gallery(tmp_path)
    assert {name: [run.seed for run in runs] for name, runs in gallery.items()} == run["seeds"]
    assert gallery["no_mask"][0] == Curves("no_mask", 0, [4.167], [0], [4.1], [4.2], "ab")


def test_the_seeds_of_a_part_are_those_of_all_faults():
    names = [fault for fault, _ in record_gallery.wanted()[: len(faults.FAULTS) + 1]]
    assert names == ["healthy", *faults.FAULTS]


def test_another_commit_does_not_go_on_with_a_record(made, tmp_path):
    write_json(tmp_path / "run.json", {**record_gallery.describe(), "commit": "older"})
    with pytest.raises(ValueError, match="was recorded with another commit; remove the folder"):
        record_gallery.record(tmp_path)
    assert made == []


def test_a_loss_that_is_no_number_is_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        record_gallery.line_of(Curves("lr_high", 0, [math.nan]))


def test_a_line_is_one_line_of_json():
    line = record_gallery.line_of(Curves("healthy", 1, [1.23456], sample="a\nb"))
    assert line.count("\n") == 1
    assert json.loads(line)["train_loss"] == [1.235]
