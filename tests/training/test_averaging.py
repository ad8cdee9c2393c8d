"""The running average of the weights, and which weights are judged, kept and trained on."""

import pytest
import torch

from aigc_lab.training.averaging import WeightAverage
from aigc_lab.training.checkpoint import load_checkpoint, load_trained_model
from aigc_lab.training.loop import Trainer
from tests.training.test_resume import Crash, assert_same_run, train
from tests.training.tiny import TinyBatches, tiny_config, tiny_model


def test_three_updates_by_hand():
    layer = torch.nn.Linear(1, 1, bias=False)
    layer.weight.data.fill_(8.0)
    average = WeightAverage(layer, decay=0.75)
    expected = 8.0
    for step, weight in ((0, 0.0), (5, 3.0), (1000, 7.0)):  # decays 1/10, 6/15 and 0.75
        layer.weight.data.fill_(weight)
        average.update(step)
        decay = min(0.75, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * weight
    with average.worn():
        assert layer.weight.item() == pytest.approx(expected, abs=1e-6)
        with average.worn():  # once more changes nothing
            assert layer.weight.item() == pytest.approx(expected, abs=1e-6)
    assert layer.weight.item() == 7.0


def test_the_average_is_judged_and_kept_and_the_weights_train_on(tmp_path):
    settings = dict(average=0.9, lr=0.02)
    plain = Trainer(tiny_model(), TinyBatches(), tiny_config(lr=0.02))
    losses = plain.run().series("train_loss")
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(**settings), tmp_path)
    history = trainer.run()
    assert history.series("train_loss") == losses  # training itself is untouched
    assert history.last("val_loss") != plain.history.last("val_loss")

    mine = Trainer(tiny_model(), TinyBatches(), tiny_config()).model  # the average, by hand
    averages = [p.detach().clone() for p in mine.parameters()]
    again = Trainer(mine, TinyBatches(), tiny_config(lr=0.02))
    for step in range(12):
        again.train_step()
        decay = min(0.9, (1 + step) / (10 + step))
        for average, weight in zip(averages, mine.parameters(), strict=True):
            average.lerp_(weight.detach(), 1 - decay)
    last = load_trained_model(tmp_path / "last.safetensors")
    kept = zip(trainer.model.parameters(), last.parameters(), averages, strict=True)
    for worn, saved, average in kept:
        assert torch.equal(worn, saved)
        torch.testing.assert_close(worn, average, rtol=0, atol=1e-6)
    best = load_checkpoint(tmp_path / "best.safetensors")
    score = Trainer(load_trained_model(tmp_path / "best.safetensors"), TinyBatches(), tiny_config())
    assert score.evaluate()["val_loss"] == best.state["val_loss"] == trainer.best


def test_a_crashed_run_resumes_to_the_same_weights_and_the_same_average(tmp_path):
    train(tmp_path / "whole", average=0.8)
    for step in (4, 6, 11):
        with pytest.raises(RuntimeError, match="crash"):
            train(tmp_path / "crashed", Crash(step), average=0.8)
    train(tmp_path / "crashed", average=0.8)
    assert_same_run(tmp_path / "crashed", tmp_path / "whole")
    memory = load_checkpoint(tmp_path / "whole" / "last.safetensors").optimizer
    assert "WeightAverage/wte.weight:set_aside" in memory


def test_a_step_by_hand_after_a_run_goes_on_from_the_weights_in_training():
    whole = Trainer(tiny_model(), TinyBatches(), tiny_config(average=0.8, schedule="constant"))
    for _ in range(12):
        whole.train_step()
    trainer = Trainer(tiny_model(), TinyBatches(), whole.config)
    for _ in range(6):
        trainer.train_step()
        with trainer.average.worn():
            pass
    trainer.average.put_on()
    for _ in range(6):
        trainer.train_step()
    assert trainer.history.series("train_loss") == whole.history.series("train_loss")
