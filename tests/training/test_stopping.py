"""How a run keeps its best, and stops: spoiled weights, a full disk, Ctrl-C."""

import math
import os
import signal

import pytest

from aigc_lab.training.checkpoint import load_checkpoint, load_trained_model
from aigc_lab.training.history import Callback
from aigc_lab.training.loop import Trainer, TrainingDiverged
from aigc_lab.training.metrics import read_metrics
from tests.training.tiny import TinyBatches, tiny_config, tiny_model


class Poisoned(Callback):
    """Spoils a weight after some step, as an exploding update would."""

    def __init__(self, step: int, value: float) -> None:
        self.step, self.value = step, value

    def on_start(self, trainer: Trainer) -> None:
        self.model = trainer.model

    def on_step(self, record: dict) -> None:
        if record["step"] == self.step:
            self.model.ln_f.weight.data[0] = self.value


def test_the_best_weights_are_kept(tmp_path):
    config = tiny_config(steps=30, lr=0.02, schedule="constant")
    spoil = Poisoned(26, 300.0)  # too late to mend by the last step
    Trainer(tiny_model(), TinyBatches(), config, tmp_path, [spoil]).run()
    evaluations = [r for r in read_metrics(tmp_path / "metrics.jsonl") if "val_loss" in r]
    best = min(evaluations, key=lambda record: record["val_loss"])
    assert 0 < best["step"] < 30
    assert load_checkpoint(tmp_path / "best.safetensors").state["step"] == best["step"]
    again = Trainer(load_trained_model(tmp_path / "best.safetensors"), TinyBatches(), config)
    assert again.evaluate()["val_loss"] == best["val_loss"]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path, value):
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path, [Poisoned(7, value)])
    with pytest.raises(TrainingDiverged, match=r"step 8: loss nan.*last good.*last\.safetensors"):
        trainer.run()
    checkpoint = load_checkpoint(tmp_path / "last.safetensors")
    assert checkpoint.state["step"] == 5
    assert all(tensor.isfinite().all() for tensor in checkpoint.model.values())


def test_spoiled_weights_are_never_saved(tmp_path):
    trainer = Trainer(
        tiny_model(), TinyBatches(), tiny_config(), tmp_path, [Poisoned(10, math.nan)]
    )
    with pytest.raises(TrainingDiverged, match="step 10: the weights overflowed"):
        trainer.run()
    assert load_checkpoint(tmp_path / "last.safetensors").state["step"] == 5


def test_a_save_that_the_disk_refused_is_made_up_for_by_running_again(tmp_path, monkeypatch):
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(checkpoint_every=12), tmp_path)
    save, full = trainer.folder.save, [OSError(28, "No space left on device")]
    monkeypatch.setattr(trainer.folder, "save", lambda *told: _raise_or(save, full, *told))
    with pytest.raises(OSError, match="No space left"):
        trainer.run()
    assert not (tmp_path / "last.safetensors").exists()
    assert not trainer.history.finished
    assert trainer.run().finished
    assert load_checkpoint(tmp_path / "last.safetensors").state["step"] == 12


def _raise_or(act, errors, *told):
    """Raise the errors, one a call, and then act."""
    if errors:
        raise errors.pop()
    act(*told)


class PressCtrlC(Callback):
    """Ctrl-C in the middle of a step, once or twice."""

    def __init__(self, step: int, times: int = 1) -> None:
        self.step, self.times = step, times

    def on_step(self, record: dict) -> None:
        if record["step"] == self.step:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers Ctrl-C otherwise")
def test_ctrl_c_saves_returns_and_can_be_continued(tmp_path):
    whole = Trainer(tiny_model(), TinyBatches(), tiny_config()).run()
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path, [PressCtrlC(7)])
    history = trainer.run()
    assert (trainer.step, history.finished) == (7, False)
    assert not trainer.model.training
    assert load_checkpoint(tmp_path / "last.safetensors").state["step"] == 7
    again = Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path)
    assert again.run().series("train_loss") == whole.series("train_loss")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers Ctrl-C otherwise")
def test_a_second_ctrl_c_stops_at_once():
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(), None, [PressCtrlC(3, times=2)])
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert trainer.step == 3
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
