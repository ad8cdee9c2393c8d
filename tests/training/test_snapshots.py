"""Snapshots: the weights of just those steps, in memory or in files, also of a resumed run."""

from pathlib import Path

import pytest
import torch

from aigc_lab.training import loop
from aigc_lab.training.loop import Trainer
from aigc_lab.training.snapshots import Snapshots
from tests.training.test_resume import Crash
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

STEPS = (0, 1, 5, 11, 12)


def weights(model: torch.nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def same(one: list[torch.Tensor], two: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.fixture(scope="module")
def by_hand() -> dict[int, list[torch.Tensor]]:
    """The weights after each step of a run that nobody listens to."""
    trainer = Trainer(tiny_model(), TinyBatches(), tiny_config())
    found = {0: weights(trainer.model)}
    for step in range(1, 13):
        trainer.train_step()
        found[step] = weights(trainer.model)
    return found


@pytest.mark.parametrize("where", ["memory", "folder"])
@pytest.mark.parametrize("look_every", [1, 10])
def test_the_weights_of_just_those_steps_are_kept(
    tmp_path, by_hand, where, look_every, monkeypatch
):
    monkeypatch.setitem(loop.LOOK_EVERY, "cpu", look_every)  # 10 as on a GPU: losses come later
    folder = tmp_path / "snapshots" if where == "folder" else None
    snapshots = Snapshots(reversed(STEPS), folder)
    assert snapshots.steps == []
    model = tiny_model()
    Trainer(model, TinyBatches(), tiny_config(), callbacks=[snapshots]).run()
    assert snapshots.steps == list(STEPS)
    for step in STEPS:
        assert same(weights(snapshots.model(step)), by_hand[step])
        assert not snapshots.model(step).training
    snapshots.model(12).wte.weight.data.zero_()  # a model of its own
    assert same(weights(snapshots.model(12)), by_hand[12])
    assert same(weights(model), by_hand[12])
    assert sorted(path.name for path in tmp_path.rglob("*.safetensors")) == (
        [f"step-{step:08d}.safetensors" for step in STEPS] if folder else []
    )


def test_listening_changes_nothing_and_leaves_nothing():
    plain = Trainer(tiny_model(), TinyBatches(), tiny_config(optimizer="muon")).run()
    snapshots = Snapshots([0, 3, 7])
    trainer = Trainer(
        tiny_model(), TinyBatches(), tiny_config(optimizer="muon"), callbacks=[snapshots]
    )
    torch.manual_seed(5)
    trainer.run()
    assert trainer.history.series("train_loss") == plain.series("train_loss")
    assert snapshots.steps == [0, 3, 7]
    assert not any(optimizer._optimizer_step_post_hooks for optimizer in trainer.optimizers)
    snapshots.model(3)
    after = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(1))


def test_files_are_opened_again(tmp_path, by_hand):
    run(tmp_path)
    opened = Snapshots.open(str(tmp_path / "snapshots"))
    assert opened.steps == opened.wanted == list(STEPS)
    for foreign in ("step-final", "step-7", "step-00000007-copy"):
        (tmp_path / "snapshots" / f"{foreign}.safetensors").write_bytes(b"not ours")
    assert opened.steps == Snapshots.open(tmp_path / "snapshots").steps == list(STEPS)
    assert same(weights(opened.model(5)), by_hand[5])
    assert repr(opened) == "Snapshots(kept=[0, 1, 5, 11, 12], wanted=[0, 1, 5, 11, 12])"


@pytest.mark.parametrize("crash", [1, 4, 6, 11, 12])
def test_a_resumed_run_leaves_the_same_files(tmp_path, by_hand, crash):
    with pytest.raises(RuntimeError, match="crash"):
        run(tmp_path, Crash(crash))
    run(tmp_path)
    opened = Snapshots.open(tmp_path / "snapshots")
    assert opened.steps == list(STEPS)
    assert all(same(weights(opened.model(step)), by_hand[step]) for step in STEPS)


def test_a_finished_run_keeps_its_files_and_adds_none(tmp_path):
    run(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "snapshots").iterdir()}
    run(tmp_path)
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "snapshots").iterdir()} == before


def test_later_steps_of_an_earlier_run_are_forgotten(tmp_path):
    folder, memory = tmp_path / "snapshots", Snapshots([0, 5, 12])
    run(tmp_path)
    Trainer(tiny_model(), TinyBatches(), tiny_config(), callbacks=[memory]).run()
    Trainer(
        tiny_model(seed=1),
        TinyBatches(),
        tiny_config(steps=5),
        callbacks=[memory, Snapshots([0, 5], folder)],
    ).run()
    assert Snapshots.open(folder).steps == memory.steps == [0, 5]
    assert torch.equal(memory.model(0).wte.weight, tiny_model(seed=1).wte.weight)
    assert torch.equal(Snapshots.open(folder).model(5).wte.weight, memory.model(5).wte.weight)


def test_with_a_running_average_the_weights_in_training_are_kept(by_hand):
    snapshots = Snapshots([4, 12])
    Trainer(tiny_model(), TinyBatches(), tiny_config(average=0.9), callbacks=[snapshots]).run()
    assert same(weights(snapshots.model(4)), by_hand[4])
    assert same(weights(snapshots.model(12)), by_hand[12])


def test_errors_say_what_would_do(tmp_path):
    with pytest.raises(ValueError, match=r"no weights are kept of step 3; there are steps \[\]"):
        Snapshots([3]).model(3)
    for steps in ([], [-1, 2], [2.0], [True]):
        with pytest.raises(ValueError, match="name no steps to keep; give whole numbers"):
            Snapshots(steps)
    with pytest.raises(ValueError, match=r"there are no snapshots in .*nowhere; give Snapshots"):
        Snapshots.open(tmp_path / "nowhere")
    run(tmp_path)
    path = tmp_path / "snapshots" / "step-00000005.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="is not a whole safetensors file"):
        Snapshots.open(tmp_path / "snapshots").model(5)


def run(folder: Path, *callbacks: object) -> None:
    snapshots = Snapshots(STEPS, folder / "snapshots")
    model, config = tiny_model(), tiny_config()
    Trainer(model, TinyBatches(), config, folder / "run", [snapshots, *callbacks]).run()
