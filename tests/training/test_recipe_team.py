"""A recipe under torchrun: two processes make the run of one, and only the first one speaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_lab.training.checkpoint import read_metrics
from tests.cli.conftest import prose

ROOT = Path(__file__).parents[2]
RUN = ["--steps", "6", "--preset", "nano", "--device", "cpu", "--precision", "float32"]
RUN += ["--batch-size", "4", "--accumulate", "2", "--text", "notes.txt"]


def command(folder: Path, processes: int, *words: str) -> subprocess.CompletedProcess:
    """`python -m aigc_lab.training python-docs`, or the same by torchrun."""
    start = ["-m", "aigc_lab.training", "python-docs", *words]
    if processes > 1:
        team = ["--standalone", f"--nproc-per-node={processes}"]
        start = ["-m", "torch.distributed.run", *team, *start]
    environment = {
        **os.environ,
        **{"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
    }
    return subprocess.run(
        [sys.executable, *start],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def place(tmp_path):
    (tmp_path / "notes.txt").write_text(prose())
    return tmp_path


def test_two_processes_make_the_run_of_one_and_go_on_from_it(place):
    two = command(place, 2, *RUN, "--out", "two", "--json")
    assert two.returncode == 0, two.stderr
    told = json.loads(two.stdout)  # one document: the second process is silent
    assert told["finished"] is True
    assert told["plan"]["processes"] == 2
    assert "shared by 2 processes" in two.stderr
    one = command(place, 1, *RUN, "--out", "one", "--json")
    assert one.returncode == 0, one.stderr
    curves = [read_metrics(place / name / "metrics.jsonl") for name in ("two", "one")]
    assert len(curves[0]) == len(curves[1]) == 6 + 2
    for mine, theirs in zip(*curves, strict=True):
        del mine["seconds"], theirs["seconds"]
        assert mine == pytest.approx(theirs, rel=1e-4)
    again = command(place, 1, *RUN, "--out", "two")  # what a team began, one may go on with
    assert "finished already" in again.stdout


def test_more_processes_than_rows_are_refused(place):
    done = command(place, 3, *RUN, "--out", "three")
    assert done.returncode != 0
    assert "batch_size=4 rows do not split over 3 processes" in done.stderr
    assert not (place / "three").exists()
