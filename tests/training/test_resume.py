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
from safetensors.torch import save_file

from aigc_lab.training import run_folder
from aigc_lab.training.checkpoint import KEY, load_checkpoint
from aigc_lab.training.history import Callback, History
from aigc_lab.training.loop import Trainer
from aigc_lab.training.metrics import read_metrics
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

SETTINGS = [{}, {"optimizer": "muon", "precision": "bfloat16"}]


class Crash(Callback):
    """Dies after writing a step's record; by SIGKILL no clean-up of any kind runs."""

    def __init__(self, step: int, by_signal: bool = False) -> None:
        self.step, self.by_signal = step, by_signal

    def on_step(self, record: dict) -> None:
        if record["step"] == self.step:
            if self.by_signal:
                os.kill(os.getpid(), signal.SIGKILL)
            raise RuntimeError("crash")


def train(folder: Path, *callbacks: Callback, **changes: object) -> None:
    model = tiny_model(dropout=0.1)
    Trainer(model, TinyBatches(), tiny_config(**changes), folder, callbacks).run()


def assert_same_run(one: Path, two: Path) -> None:
    curves = [read_metrics(folder / "metrics.jsonl") for folder in (one, two)]
    for record in [*curves[0], *curves[1]]:
        assert record.pop("seconds") >= 0.0  # the clock is the one thing that may differ
    assert curves[0] == curves[1]
    first, second = (load_checkpoint(folder / "last.safetensors") for folder in (one, two))
    for part in ("model", "optimizer"):
        tensors, others = getattr(first, part), getattr(second, part)
        assert tensors.keys() == others.keys()
        assert all(torch.equal(tensor, others[name]) for name, tensor in tensors.items())


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_run_that_crashes_at_any_step_resumes_to_the_same_run(tmp_path, settings):
    train(tmp_path / "whole", **settings)
    for step in range(1, 13):
        with pytest.raises(RuntimeError, match="crash"):
            train(tmp_path / "crashed", Crash(step), **settings)
        torch.rand(step)  # the state of the caller's random numbers must not matter
    train(tmp_path / "crashed", **settings)
    assert_same_run(tmp_path / "crashed", tmp_path / "whole")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_killed_in_the_middle_of_a_line_resumes_to_the_same_run(tmp_path):
    train(tmp_path / "whole", optimizer="muon")
    program = (
        "from tests.training.test_resume import *\n"
        f"train(Path({str(tmp_path / 'killed')!r}), Crash(8, by_signal=True), optimizer='muon')"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, timeout=120)
    assert done.returncode == -signal.SIGKILL
    with (tmp_path / "killed" / "metrics.jsonl").open("a") as file:
        file.write('{"step": 9, "train_l')
    train(tmp_path / "killed", optimizer="muon")
    assert_same_run(tmp_path / "killed", tmp_path / "whole")


def test_a_finished_run_is_not_trained_again(tmp_path):
    train(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in ("metrics.jsonl", "run.json")}
    trainer = Trainer(tiny_model(dropout=0.1), TinyBatches(), tiny_config(), tmp_path)
    _, losses = trainer.run().series("val_loss")
    assert trainer.history.finished
    assert trainer.best == min(losses)  # or a resumed run would overwrite its best weights
    assert (tmp_path / "metrics.jsonl").read_bytes() == before["metrics.jsonl"]
    run = json.loads((tmp_path / "run.json").read_text())
    assert [again["from_step"] for again in run.pop("resumed")] == [12]
    assert run == json.loads(before["run.json"])


def test_other_settings_or_data_are_refused_and_nothing_is_lost(tmp_path):
    train(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=r"other train settings: lr=0\.003 \(now 0\.001\)"):
        train(tmp_path, lr=1e-3)
    with pytest.raises(ValueError, match=r"other model settings: n_layer=2 \(now 3\)"):
        Trainer(tiny_model(n_layer=3, dropout=0.1), TinyBatches(), tiny_config(), tmp_path)
    with pytest.raises(ValueError, match="other data settings: first_batch="):
        Trainer(tiny_model(dropout=0.1), TinyBatches(seed=1), tiny_config(), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_run_may_go_on_with_its_batches_in_another_number_of_parts(tmp_path):
    def train(folder: Path, accumulate: int, *callbacks: Callback) -> History:
        config = tiny_config(accumulate=accumulate)
        return Trainer(tiny_model(), TinyBatches(), config, folder, callbacks).run()

    whole = train(tmp_path / "whole", 1)
    with pytest.raises(RuntimeError, match="crash"):
        train(tmp_path / "cut", 1, Crash(7))
    cut = train(tmp_path / "cut", 4)
    for name in ("train_loss", "grad_norm", "val_loss"):
        steps, values = cut.series(name)
        assert (steps, values) == (
            whole.series(name)[0],
            pytest.approx(whole.series(name)[1], 1e-4),
        )
    stored = load_checkpoint(tmp_path / "cut" / "last.safetensors").state["configs"]
    assert stored["train"]["accumulate"] == 4


def test_a_run_from_before_a_setting_existed_goes_on_with_its_default(tmp_path):
    train(tmp_path / "whole")
    train(tmp_path / "old", steps=12, checkpoint_every=5, average=0.0)
    path = tmp_path / "old" / "last.safetensors"
    old = load_checkpoint(path)
    for part, name in (("train", "average"), ("train", "compile"), ("model", "qk_norm")):
        old.state["configs"][part].pop(name)
    tensors = {f"model/{name}": tensor for name, tensor in old.model.items()}
    tensors |= {f"optimizer/{name}": tensor for name, tensor in old.optimizer.items()}
    save_file(tensors, path, metadata={KEY: json.dumps(old.state)})
    train(tmp_path / "old")
    assert_same_run(tmp_path / "old", tmp_path / "whole")
    with pytest.raises(ValueError, match=r"other train settings: average=0\.0 \(now 0\.5\)"):
        train(tmp_path / "old", average=0.5)


def test_looking_at_a_run_writes_nothing(tmp_path):
    train(tmp_path, checkpoint_every=5, steps=7)
    (tmp_path / "last.safetensors").rename(tmp_path / "kept")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    Trainer(tiny_model(dropout=0.1), TinyBatches(), tiny_config(steps=7), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_run_json_tells_the_whole_story(tmp_path):
    train(tmp_path)
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["configs"]["train"]["steps"] == run["steps_done"] == 12
    assert run["configs"]["model"]["n_layer"] == 2
    assert run["seed"] == 0
    assert run["machine"]["libraries"]["torch"] == version("torch")
    assert run["started"] <= run["finished"]


@pytest.mark.parametrize("step", [5, 12])
def test_run_json_catches_up_with_a_checkpoint_after_which_the_kill_came(
    tmp_path, monkeypatch, step
):
    write = run_folder.write_json

    def killed(path: Path, story: dict) -> None:
        if story.get("steps_done") == step:
            raise SystemExit("killed")
        write(path, story)

    monkeypatch.setattr(run_folder, "write_json", killed)
    with pytest.raises(SystemExit):
        train(tmp_path)
    monkeypatch.setattr(run_folder, "write_json", write)
    state = load_checkpoint(tmp_path / "last.safetensors").state
    trainer = Trainer(tiny_model(dropout=0.1), TinyBatches(), tiny_config(), tmp_path)
    trainer.folder.begin(trainer.step)
    run = json.loads((tmp_path / "run.json").read_text())
    assert (run["steps_done"], run["seconds"]) == (state["step"], state["seconds"])
    assert (step, state["seconds"] > 0) == (state["step"], True)
    assert run["finished"] == state["finished"]
    assert (run["finished"] is not None) == (step == 12)
    assert [again["from_step"] for again in run["resumed"]] == [step]


def test_run_json_keeps_the_callers_notes_of_the_start_and_of_every_resumption(tmp_path):
    notes = {"initialisation": "positions begin as sinusoids", "data": "9 parts A, 1 part B"}

    def run(notes: object) -> dict:
        model = tiny_model(dropout=0.1)
        Trainer(model, TinyBatches(), tiny_config(), tmp_path, notes=notes).run()
        return json.loads((tmp_path / "run.json").read_text())

    assert run(notes)["notes"] == notes
    told = run({"data": "A alone from here"})
    assert told["notes"] == notes
    assert told["resumed"][0]["notes"] == {"data": "A alone from here"}
    assert "notes" not in run(None)["resumed"][1]


@pytest.mark.parametrize("notes", [{"lr": 0.1}, {1: "one"}, ["a mixture"], "a mixture"])
def test_notes_are_texts_by_name(tmp_path, notes):
    with pytest.raises(ValueError, match=r"^notes=.*; give a dict of texts"):
        Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path / "new", notes=notes)
    assert not (tmp_path / "new").exists()
