"""A run that an error or two Ctrl-C broke off: all is switched off; run again, it is the same."""

import math
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from aigc_lab.training.history import Callback, History
from aigc_lab.training.interrupt import deferred_interrupt
from aigc_lab.training.loop import Trainer, TrainingDiverged
from aigc_lab.training.snapshots import Snapshots
from aigc_lab.viz.live import LiveProgress
from tests.training.test_resume import assert_same_run
from tests.training.test_stopping import Poisoned
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

CURVES = ("train_loss", "grad_norm", "lr", "val_loss", "ability")
MUON = {"optimizer": "muon", "accumulate": 2}
AVERAGED = {"average": 0.8, "accumulate": 2}


class Once:
    """Raises an error at its n-th call."""

    def __init__(self, call: int, error: BaseException) -> None:
        self.left, self.error = call, error

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.error


def trainer_of(folder: Path | None = None, *callbacks: Callback, **changes: object) -> Trainer:
    config = tiny_config(**{"lr": 0.02, **changes})
    abilities = {"ability": lambda model: float(next(model.parameters()).sum())}
    return Trainer(tiny_model(dropout=0.1), TinyBatches(), config, folder, callbacks, abilities)


def assert_same_curves(one: History, two: History) -> None:
    assert [one.series(name) for name in CURVES] == [two.series(name) for name in CURVES]
    assert (one.finished, two.finished) == (True, True)


def press() -> None:
    """Ctrl-C, twice."""
    for _ in range(2):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("in_folder", [False, True])
@pytest.mark.parametrize("changes", [MUON, AVERAGED])
@pytest.mark.parametrize("part", [2, 7, 8, 24])  # of two a step: in the steps 1, 4, 4 and 12
def test_what_broke_off_in_a_model_is_done_again(tmp_path, changes, part, in_folder):
    whole = trainer_of(tmp_path / "whole", **changes)
    whole.run()
    trainer = trainer_of(tmp_path / "broken" if in_folder else None, **changes)
    fault = Once(part, RuntimeError("broken off"))
    block = trainer.model.h[0]
    block.register_forward_pre_hook(lambda *_: fault() if block.training else None)
    with pytest.raises(RuntimeError, match="broken off"):
        trainer.run()
    assert not trainer.history.finished
    assert_same_curves(trainer.run(), whole.history)
    if in_folder:
        assert_same_run(tmp_path / "broken", tmp_path / "whole")


@pytest.mark.parametrize("where", ["between the optimisers", "after them"])
@pytest.mark.parametrize("changes", [MUON, {**MUON, **AVERAGED}])
def test_two_ctrl_c_in_the_update_wait_until_it_is_whole(changes, where):
    whole = trainer_of(**changes).run()
    trainer = trainer_of(**changes)
    count = iter(range(1, 100))  # the fourth step is one after which the model is judged
    hooked = trainer.optimizers[0 if where == "between the optimisers" else -1]
    hooked.register_step_post_hook(lambda *_: press() if next(count) == 4 else None)
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert trainer.step == 4
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert_same_curves(trainer.run(), whole)


def test_an_error_in_the_update_leaves_weights_that_are_not_trained_on(tmp_path):
    trainer_of(tmp_path / "whole", **MUON).run()
    trainer = trainer_of(tmp_path / "broken", **MUON)
    trainer.optimizers[0].register_step_post_hook(Once(8, RuntimeError("broken off")))
    with pytest.raises(RuntimeError, match="broken off"):
        trainer.run()
    for act in (trainer.run, trainer.train_step, trainer.save):
        with pytest.raises(RuntimeError, match="weights changed, so they are of no step at all"):
            act()
    assert trainer_of(tmp_path / "broken", **MUON).run().finished
    assert_same_run(tmp_path / "broken", tmp_path / "whole")


@pytest.mark.parametrize("line", [1, 4, 6, 7, 16])  # an evaluation is lines 1, 6, 11 and 16
def test_a_record_that_the_disk_refused_is_written_later(tmp_path, monkeypatch, line):
    trainer_of(tmp_path / "whole").run()
    trainer = trainer_of(tmp_path / "broken")
    append, full = trainer.folder.metrics.append, Once(line, OSError(28, "No space left"))
    monkeypatch.setattr(trainer.folder.metrics, "append", lambda r: (full(), append(r)))
    with pytest.raises(OSError, match="No space left"):
        trainer.run()
    assert trainer.run().finished
    assert_same_run(tmp_path / "broken", tmp_path / "whole")


@pytest.mark.parametrize("line", [4, 6])
def test_a_record_is_written_once_whenever_ctrl_c_comes(tmp_path, monkeypatch, line):
    trainer_of(tmp_path / "whole").run()
    trainer = trainer_of(tmp_path / "broken")
    append, lines = trainer.folder.metrics.append, iter(range(1, 100))

    def pressed(record: dict) -> None:
        append(record)
        if next(lines) == line:
            press()

    monkeypatch.setattr(trainer.folder.metrics, "append", pressed)
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert trainer.run().finished
    assert_same_run(tmp_path / "broken", tmp_path / "whole")


def test_best_weights_that_the_disk_refused_are_kept_later(tmp_path, monkeypatch):
    trainer = trainer_of(tmp_path)
    save, full = trainer.folder.save_best, Once(1, OSError(28, "No space left"))
    monkeypatch.setattr(trainer.folder, "save_best", lambda r: (full(), save(r)))
    with pytest.raises(OSError, match="No space left"):
        trainer.evaluate()
    assert trainer.best == math.inf
    trainer.evaluate()
    assert (tmp_path / "best.safetensors").exists()


@pytest.mark.parametrize("number", [1, 2, 4])
def test_an_evaluation_that_broke_off_is_made_up_for(number):
    whole, trainer = trainer_of(**AVERAGED).run(), trainer_of(**AVERAGED)
    ability, fault = trainer.extra_evaluations["ability"], Once(number, KeyboardInterrupt())
    trainer.extra_evaluations["ability"] = lambda model: (fault(), ability(model))[1]
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert_same_curves(trainer.run(), whole)


def test_when_a_run_ends_by_an_error_all_is_switched_off():
    bar, snapshots, poison = LiveProgress(), Snapshots([0, 9]), Poisoned(3, math.nan)
    trainer = trainer_of(None, bar, snapshots, poison)
    with pytest.raises(TrainingDiverged):
        trainer.run()
    stood = trainer.watch.seconds
    time.sleep(0.01)
    assert trainer.watch.seconds == stood > 0
    assert bar.bar.disable  # as a closed bar is
    assert not trainer.optimizers[-1]._optimizer_step_post_hooks
    assert not trainer.model.training
    assert not trainer.history.finished
    assert math.isnan(trainer.evaluate()["val_loss"])  # a look is still allowed


def test_after_an_error_the_model_wears_its_average():
    trainer = trainer_of(None, **AVERAGED)
    trainer.batches.next = _after(trainer.batches.next, Once(5, RuntimeError("no more data")))
    with pytest.raises(RuntimeError, match="no more data"):
        trainer.run()
    assert trainer.average.is_worn


def test_weights_and_their_average_change_places_as_a_whole(monkeypatch):
    trainer = trainer_of(None, **AVERAGED)
    trainer.train_step()
    trained = [p.detach().clone() for p in trainer.model.parameters()]
    weights, averages = trainer.average._pairs()
    expected = [tensor.clone() for tensor in averages]

    def interrupted() -> Iterator[torch.Tensor]:
        for number, tensor in enumerate(averages):
            if number == 2:
                press()
            yield tensor

    with monkeypatch.context() as patch:
        patch.setattr(trainer.average, "_pairs", lambda: (weights, interrupted()))
        with pytest.raises(KeyboardInterrupt), deferred_interrupt():
            trainer.average.put_on()
    assert trainer.average.is_worn
    assert all(map(torch.equal, trainer.model.parameters(), expected))
    trainer.average.take_off()
    assert all(map(torch.equal, trainer.model.parameters(), trained))


def _after(act: Callable, first: Callable) -> Callable:
    """`act`, before which `first` is done."""
    return lambda *given: (first(), act(*given))[1]


def test_a_step_begins_without_gradients_of_anybody_else():
    plain, trainer = trainer_of(), trainer_of()
    plain.train_step()
    for parameter in trainer.model.parameters():
        parameter.grad = torch.ones_like(parameter)
    trainer.train_step()
    pairs = zip(plain.model.parameters(), trainer.model.parameters(), strict=True)
    assert all(torch.equal(one, two) for one, two in pairs)
