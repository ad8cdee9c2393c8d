"""A recipe under torchrun: two processes make the run of one, and only the first one speaks."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from aigc_lab.training import recipe_run
from aigc_lab.training.metrics import read_metrics
from aigc_lab.training.parallel import Team
from tests.training.processes import carried_out, torchrun
from tests.training.tiny_recipe import complaint

RUN = ["python-docs", "--steps", "6", "--preset", "nano", "--device", "cpu"]
RUN += ["--precision", "float32", "--batch-size", "4", "--accumulate", "2", "--text", "notes.txt"]


def test_two_processes_make_the_run_of_one_and_go_on_from_it(call, tmp_path):
    started = torchrun(2, "-m", "aigc_lab.training", *RUN, "--out", "two", "--json")
    two = carried_out(started, tmp_path)
    assert two.returncode == 0, two.stderr
    told = json.loads(two.stdout)  # one document: the second process is silent
    assert told["finished"] is True
    assert told["plan"]["processes"] == 2
    assert "shared by 2 processes" in two.stderr
    assert call(*RUN, "--out", "one").code == 0
    curves = [read_metrics(Path(name) / "metrics.jsonl") for name in ("two", "one")]
    assert len(curves[0]) == len(curves[1]) == 6 + 2
    for mine, theirs in zip(*curves, strict=True):
        del mine["seconds"], theirs["seconds"]
        assert mine == pytest.approx(theirs, rel=1e-4)
    again = call(*RUN, "--out", "two")  # what a team began, one may go on with
    assert "finished already" in again.out


def test_more_processes_than_rows_are_refused(call, monkeypatch):
    @contextmanager
    def three(device: str):
        yield Team(0, 3, torch.device("cpu"))

    monkeypatch.setattr(recipe_run, "team", three)
    said = call(*RUN, "--out", "three")
    assert said.code == 1
    assert "batch_size=4 rows do not split over 3 processes" in complaint(said)
    assert not Path("three").exists()
