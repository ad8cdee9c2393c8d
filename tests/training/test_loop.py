"""The loop: what it computes, and what it tells."""

import math
import re
from contextlib import contextmanager

import pytest
import torch
import torch.nn.functional as F

from aigc_lab.town.batches import Exam
from aigc_lab.training.history import FIELDS, Callback, History
from aigc_lab.training.loop import Trainer
from aigc_lab.training.metrics import read_metrics
from tests.training.tiny import VOCABULARY, TinyBatches, tiny_config, tiny_model


class MaskedBatches(TinyBatches):
    """Scores the last two positions of the first row and everything in the others."""

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        x, y = super().next(step)
        y = y.clone()
        y[0, :-2] = -100
        return x, y


class Diary(Callback):
    """Writes down everything it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple] = []

    def on_start(self, trainer: Trainer) -> None:
        self.heard.append(("start", trainer.step))

    def on_step(self, record: dict) -> None:
        self.heard.append(("step", record["step"]))

    def on_eval(self, record: dict) -> None:
        self.heard.append(("eval", record["step"]))

    def on_end(self, history: object) -> None:
        self.heard.append(("end", history.finished))


def test_one_step_equals_plain_pytorch():
    model, oracle = tiny_model(seed=1), tiny_model(seed=1)
    config = tiny_config(lr=0.01, warmup_steps=2, grad_clip=0.1, weight_decay=0.0)
    trainer = Trainer(model, TinyBatches(), config)
    trainer.train_step()

    x, y = TinyBatches().next(0)
    loss = F.cross_entropy(oracle(x).reshape(-1, VOCABULARY), y.reshape(-1))  # (B·T, V), (B·T,)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(oracle.parameters(), 0.1)
    adamw = torch.optim.AdamW(oracle.parameters(), lr=0.01 / 2, betas=(0.9, 0.95), weight_decay=0.0)
    adamw.step()
    record = trainer.history.records[0]
    assert record["train_loss"] == pytest.approx(loss.item(), rel=1e-6)
    assert record["grad_norm"] == pytest.approx(norm.item(), rel=1e-5)
    assert record["lr"] == pytest.approx(0.005)
    assert (record["step"], record["tokens"]) == (1, 4 * 7)
    for parameter, expected in zip(model.parameters(), oracle.parameters(), strict=True):
        torch.testing.assert_close(parameter, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_accumulating_changes_nothing_even_where_parts_score_unequally(precision):
    whole, parts = tiny_model(seed=2), tiny_model(seed=2)
    for model, accumulate in ((whole, 1), (parts, 4)):
        config = tiny_config(accumulate=accumulate, precision=precision)
        trainer = Trainer(model, MaskedBatches(), config)
        trainer.train_step()
        trainer.train_step()
    tolerance = 1e-5 if precision == "float32" else 3e-3
    for parameter, expected in zip(parts.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(parameter, expected, rtol=0, atol=tolerance)


def test_validation_loss_is_the_mean_over_tokens_without_dropout():
    trainer = Trainer(tiny_model(dropout=0.5), MaskedBatches(), tiny_config(eval_batches=3))
    record = trainer.evaluate()
    losses = []
    for x, y in MaskedBatches().evaluation(3):
        logits = trainer.model(x).reshape(-1, VOCABULARY)  # (B·T, V)
        losses.append(F.cross_entropy(logits, y.reshape(-1), reduction="none")[y.reshape(-1) >= 0])
    assert record["val_loss"] == pytest.approx(torch.cat(losses).mean().item(), rel=1e-6)


def test_dropout_acts_in_steps_also_after_an_evaluation():
    losses = []
    for dropout in (0.0, 0.5):
        trainer = Trainer(tiny_model(dropout=dropout), TinyBatches(), tiny_config())
        trainer.evaluate()
        trainer.train_step()
        losses.append(trainer.history.last("train_loss"))
    assert losses[0] != losses[1]


class FlooredBatches(TinyBatches):
    """Says of its exam how low a loss can be."""

    def evaluation(self, n: int) -> list:
        return Exam(super().evaluation(n), floor=math.log(3))


def test_a_known_floor_is_recorded_beside_the_loss(tmp_path):
    trainer = Trainer(tiny_model(), FlooredBatches(), tiny_config(), tmp_path)
    history = trainer.run()
    assert history.series("val_floor") == ([0, 4, 8, 12], [math.log(3)] * 4)
    assert history.series("val_floor")[0] == history.series("val_loss")[0]
    (last,) = [r for r in read_metrics(tmp_path / "metrics.jsonl") if r["step"] == 12][1:]
    assert last["val_floor"] == math.log(3)
    plain = Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3)).run()
    assert plain.last("val_floor") is None


def test_without_validation_batches_no_loss_is_made_up(tmp_path):
    class NoExam(TinyBatches):
        def evaluation(self, n: int) -> list:
            return []

    trainer = Trainer(tiny_model(), NoExam(), tiny_config(steps=3), tmp_path)
    assert trainer.run().series("val_loss") == ([], [])
    assert not (tmp_path / "best.safetensors").exists()


def test_it_learns_and_its_first_guess_is_nearly_uniform():
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(steps=60, lr=0.02))
    history = trainer.run()
    _, losses = history.series("val_loss")
    assert losses[0] == pytest.approx(math.log(VOCABULARY), abs=0.05)
    assert losses[-1] < 1.6
    assert not trainer.model.training


def test_callbacks_hear_everything_in_order():
    diary = Diary()
    Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3, eval_every=2), None, [diary]).run()
    steps = [("step", 1), ("step", 2), ("eval", 2), ("step", 3), ("eval", 3)]
    assert diary.heard == [("start", 0), ("eval", 0), *steps, ("end", True)]


def test_what_is_in_no_extra_evaluation_is_a_field_of_the_loop_itself():
    history = Trainer(tiny_model(), FlooredBatches(), tiny_config(steps=3)).run()
    assert {name for record in history.records for name in record} == set(FIELDS)


def test_extra_evaluations_stand_beside_the_validation_loss(tmp_path):
    def seen(model: torch.nn.Module) -> float:
        assert not model.training
        assert not torch.is_grad_enabled()
        return model.wte.weight.norm().item()

    config = tiny_config()
    Trainer(tiny_model(), TinyBatches(), config, tmp_path, extra_evaluations={"where": seen}).run()
    records = [r for r in read_metrics(tmp_path / "metrics.jsonl") if "val_loss" in r]
    assert [r["step"] for r in records] == [0, 4, 8, 12]
    assert all(r["where"] > 0 for r in records)
    with pytest.raises(ValueError, match=r"may not be named \['lr'\]"):
        Trainer(tiny_model(), TinyBatches(), config, extra_evaluations={"lr": seen})


def test_memory_that_steps_free_is_kept_for_the_next_until_the_run_ends(monkeypatch):
    told = []

    @contextmanager
    def kept():
        told.append("kept")
        yield
        told.append("given back")

    class Watch(Callback):
        def on_step(self, record: dict) -> None:
            told.append("step")

        def on_end(self, history: object) -> None:
            told.append("end")

    monkeypatch.setattr("aigc_lab.training.loop.freed_memory_kept", kept)
    Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3), None, [Watch()]).run()
    assert told == ["kept", "step", "step", "step", "given back", "end"]


def test_the_callers_random_numbers_are_left_alone():
    model = tiny_model(dropout=0.5)
    torch.manual_seed(42)
    expected = torch.rand(3)
    torch.manual_seed(42)
    Trainer(model, TinyBatches(), tiny_config()).run()
    assert torch.equal(torch.rand(3), expected)


def test_batches_of_another_size_are_refused():
    with pytest.raises(ValueError, match="hold 3 sequences each, but batch_size=4"):
        Trainer(tiny_model(), TinyBatches(batch_size=3), tiny_config())


def test_steps_can_be_taken_by_hand(tmp_path):
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path / "run")
    trainer.train_step()
    trainer.save()
    assert Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path / "run").step == 1


def test_history_prints_short():
    history = Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3)).run()
    assert re.fullmatch(
        r"History\(step=3, train_loss=2\.\d\d, val_loss=2\.\d\d, finished=True\)", repr(history)
    )
    assert repr(History()) == "History(step=None, finished=False)"
    assert history.last("nothing") is None
