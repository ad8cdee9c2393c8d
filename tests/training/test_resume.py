"""A run that is killed and started again draws the same curve, bit for bit."""

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

from aigc_lab.training.checkpoint import load_checkpoint, read_metrics
from aigc_lab.training.history import Callback
from aigc_lab.training.loop import Trainer
from tests.training.tiny import TinyBatches, tiny_config, tiny_model


class KillSelf(Callback):
    """SIGKILL after writing a step's record: no clean-up of any kind runs."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step(self, record: dict) -> None:
        if record["step"] == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


def train(folder: Path, kill_at: int | None = None, **changes: object) -> None:
    model = tiny_model(dropout=0.1)
    callbacks = [KillSelf(kill_at)] if kill_at else []
    Trainer(model, TinyBatches(), tiny_config(**changes), folder, callbacks).run()


def curve(folder: Path) -> list[dict]:
    """The records without their clock."""
    records = read_metrics(folder / "metrics.jsonl")
    return [{k: v for k, v in record.items() if k != "seconds"} for record in records]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("settings", [{}, {"optimizer": "muon", "precision": "bfloat16"}])
def test_a_killed_run_resumes_to_the_same_curve_and_weights(tmp_path, settings):
    train(tmp_path / "whole", **settings)
    program = (
        "from tests.training.test_resume import *\n"
        f"train(Path({str(tmp_path / 'killed')!r}), kill_at=KILL, **{settings!r})"
    )
    for kill_at in (3, 8, 11):  # before any checkpoint, between two, and after the last but one
        code = program.replace("KILL", str(kill_at))
        root = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, "-c", code], cwd=root, timeout=60)
        assert done.returncode == -signal.SIGKILL
    with (tmp_path / "killed" / "metrics.jsonl").open("a") as file:
        file.write('{"step": 11, "train_l')  # a kill in the middle of a line
    train(tmp_path / "killed", **settings)

    assert curve(tmp_path / "killed") == curve(tmp_path / "whole")
    one = load_checkpoint(tmp_path / "killed" / "last.safetensors")
    two = load_checkpoint(tmp_path / "whole" / "last.safetensors")
    assert one.model.keys() == two.model.keys()
    assert one.optimizer.keys() == two.optimizer.keys()
    for part in ("model", "optimizer"):
        for name, tensor in getattr(one, part).items():
            assert torch.equal(tensor, getattr(two, part)[name]), name


def test_a_finished_run_is_not_trained_again(tmp_path):
    train(tmp_path)
    before = (tmp_path / "metrics.jsonl").read_bytes()
    trainer = Trainer(tiny_model(dropout=0.1), TinyBatches(), tiny_config(), tmp_path)
    history = trainer.run()
    assert history.finished
    assert (tmp_path / "metrics.jsonl").read_bytes() == before


def test_other_settings_are_refused_and_nothing_is_lost(tmp_path):
    train(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=r"other train settings: lr=0\.003 \(now 0\.001\)"):
        train(tmp_path, lr=1e-3)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_run_json_tells_the_whole_story(tmp_path):
    train(tmp_path)
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["configs"]["train"]["steps"] == run["steps_done"] == 12
    assert run["configs"]["model"]["n_layer"] == 2
    assert run["seed"] == 0
    assert run["machine"]["libraries"]["torch"] == version("torch")
    assert run["started"] <= run["finished"]
