"""Metrics on disk: whole lines, whatever comes between."""

import errno
import json
from pathlib import Path

import pytest

from aigc_lab.training import checkpoint
from aigc_lab.training.metrics import MetricsLog, append_metrics, read_metrics

FULL = Path("/dev/full")


def test_metrics_survive_a_line_cut_short(tmp_path):
    path = tmp_path / "metrics.jsonl"
    for step in (1, 2):
        append_metrics(path, {"step": step, "train_loss": 1 / 3})
    with path.open("a") as file:
        file.write('{"step": 3, "train_loss"')
    assert read_metrics(path) == [{"step": s, "train_loss": 1 / 3} for s in (1, 2)]


def test_a_whole_last_record_without_its_newline_counts_as_cut(tmp_path):
    # "12" may be the beginning of "123", so only the newline says that a line is whole.
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}')
    assert read_metrics(path) == [{"step": 1}]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told_with_the_name_of_the_curve():
    with pytest.raises(OSError, match="could not add to /dev/full: No space left") as caught:
        append_metrics(FULL, {"step": 1})
    assert caught.value.errno == errno.ENOSPC


def test_metrics_past_a_step_are_dropped(tmp_path):
    log = MetricsLog(tmp_path / "metrics.jsonl")
    assert log.keep_until(5) == []
    for step in (0, 1, 2, 2, 3):
        log.append({"step": step})
    assert log.keep_until(2) == [{"step": s} for s in (0, 1, 2, 2)]
    log.append({"step": 3})
    assert [record["step"] for record in read_metrics(log.path)] == [0, 1, 2, 2, 3]


def test_numbers_that_json_cannot_hold_become_null(tmp_path):
    path = tmp_path / "metrics.jsonl"
    append_metrics(path, {"step": 1, "score": float("nan"), "loss": float("inf")})
    assert json.loads(path.read_text()) == {"step": 1, "score": None, "loss": None}


@pytest.mark.parametrize("line", ["not json", '"step"', '{"stop": 1}', "7"])
def test_a_bad_line_in_the_middle_is_named(tmp_path, line):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n' + line + '\n{"step": 2}\n')
    with pytest.raises(ValueError, match=r"metrics\.jsonl, line 2: expected a JSON object"):
        read_metrics(path)


def test_no_metrics_file_is_said_so(tmp_path):
    with pytest.raises(ValueError, match="there is no metrics file"):
        read_metrics(tmp_path / "metrics.jsonl")


def test_notebooks_find_it_beside_the_checkpoints():
    assert checkpoint.read_metrics is read_metrics
