"""Two processes that train one model, as one process would."""

import math
import os
import signal
import sys
import time
from pathlib import Path

import pytest
import torch

from aigc_lab.training.checkpoint import load_checkpoint
from aigc_lab.training.history import Callback
from aigc_lab.training.loop import Trainer, TrainingDiverged
from aigc_lab.training.metrics import read_metrics
from aigc_lab.training.parallel import Team, _says_gone, team
from tests.training.processes import started_team
from tests.training.test_loop import MaskedBatches
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

PROGRAM = """
import sys
from tests.training import test_parallel
getattr(test_parallel, sys.argv[1])(sys.argv[2])
"""
SETTINGS = {
    "plain": {},
    "rich": {"accumulate": 2, "optimizer": "muon", "average": 0.5, "recompute": True},
    "dropout": {"average": 0.5},
}


class Slow(Callback):
    """Leaves time to kill a process between two steps."""

    def on_step(self, record: dict) -> None:
        time.sleep(0.05)


def our_trainer(folder: str | Path, us: Team | None = None, callbacks=(), **settings) -> Trainer:
    """Of a model that begins otherwise in each process, until the first one's is everybody's."""
    dropout = 0.3 if "dropout" in Path(folder).name else 0.0
    model = tiny_model(seed=us.rank if us else 0, dropout=dropout)
    return Trainer(model, MaskedBatches(), tiny_config(**settings), folder, callbacks, team=us)


def several_runs(place: str) -> None:
    """What each process of a team does: all the runs that the tests look at."""
    with team("cpu") as us:
        for name, settings in SETTINGS.items():
            our_trainer(Path(place) / name, us, **settings).run()
        stopped = our_trainer(Path(place) / "dropout, stopped", us, **SETTINGS["dropout"])
        for _ in range(7):
            stopped.train_step()
        stopped.save()
        our_trainer(Path(place) / "dropout, stopped", us, **SETTINGS["dropout"]).run()
        for spoiled_when in ("before a step", "before a save"):
            diverging_run(Path(place) / spoiled_when, us, spoiled_when)


def diverging_run(folder: Path, us: Team, spoiled_when: str) -> None:
    """A run in which the weights of the second process alone stop being numbers."""
    trainer = our_trainer(folder, us)
    trainer.train_step()
    trainer.save()
    if spoiled_when == "before a save":
        trainer.train_step()
    if not us.is_first:
        trainer.model.ln_f.weight.data[0] = math.nan
    try:
        trainer.train_step() if spoiled_when == "before a step" else trainer.save()
    except TrainingDiverged as error:
        folder.with_name(f"{folder.name}, {us.rank}").write_text(str(error))


def long_run(place: str) -> None:
    """A run that will be killed."""
    with team("cpu") as us:
        slow = dict(steps=4000, warmup_steps=3, eval_every=4000)
        our_trainer(place, us, [Slow()], **slow).run()


def command(work: str, folder: Path) -> list[str]:
    """A process that does its part of a function in this file."""
    return [sys.executable, "-c", PROGRAM, work, str(folder)]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with the runs of a team of two."""
    folder = tmp_path_factory.mktemp("team")
    with started_team(command("several_runs", folder), folder, size=2) as both:
        for process in both:
            _, said = process.communicate(timeout=300)
            assert process.returncode == 0, said
    return folder


def curve(folder: Path) -> list[dict]:
    """The records of a run, without the clock."""
    records = read_metrics(folder / "metrics.jsonl")
    return [{name: value for name, value in r.items() if name != "seconds"} for r in records]


@pytest.mark.parametrize("name", ["plain", "rich"])
def test_two_processes_draw_the_curve_of_one(place, tmp_path, name):
    our_trainer(tmp_path, **SETTINGS[name]).run()
    two, one = curve(place / name), curve(tmp_path)
    assert len(two) == len(one) == 12 + 4
    for theirs, mine in zip(two, one, strict=True):
        assert theirs == pytest.approx(mine, rel=1e-4)
    last = [load_checkpoint(folder / "last.safetensors") for folder in (place / name, tmp_path)]
    for weights, tensor in last[0].model.items():
        torch.testing.assert_close(tensor, last[1].model[weights], rtol=0, atol=1e-3)


def test_a_team_that_stopped_goes_on_to_the_same_curve_each_with_its_own_dropout(place, tmp_path):
    whole, stopped = curve(place / "dropout"), curve(place / "dropout, stopped")
    assert [r["train_loss"] for r in whole if "train_loss" in r] == [
        r["train_loss"] for r in stopped if "train_loss" in r
    ]
    assert whole[-1] == stopped[-1]
    our_trainer(tmp_path / "dropout", **SETTINGS["dropout"]).run()
    assert curve(tmp_path / "dropout")[1]["train_loss"] != whole[1]["train_loss"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("before a step", "step 2: loss nan, gradient norm nan"),
        ("before a save", "step 2: the weights overflowed"),
    ],
)
def test_what_is_no_number_in_one_process_ends_all_of_them_with_the_same_words(place, name, what):
    said = [place.joinpath(f"{name}, {rank}").read_text() for rank in (0, 1)]
    last = place / name / "last.safetensors"
    assert said[0] == said[1]
    assert said[0].startswith(what)
    assert said[0].endswith(f"(the last good checkpoint is {last})")
    assert load_checkpoint(last).state["step"] == 1


def wait_for(file: Path, processes: list, patience: float = 120.0) -> None:
    """Go on when a file is there, or when it will not come any more."""
    limit = time.monotonic() + patience
    while not file.exists() and time.monotonic() < limit:
        if any(process.poll() is not None for process in processes):
            break
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_stops_the_other_with_a_word_and_the_checkpoint_is_whole(tmp_path):
    last = tmp_path / "run" / "last.safetensors"
    with started_team(command("long_run", tmp_path / "run"), tmp_path, size=2) as both:
        wait_for(last, both)
        assert last.exists(), "the first checkpoint never came"
        both[1].send_signal(signal.SIGKILL)
        _, said = both[0].communicate(timeout=60)
    assert both[0].returncode == 1
    assert "TeamBroken: another process of this run has died or does not answer" in said
    checkpoint = load_checkpoint(last)
    assert checkpoint.state["step"] >= 5
    assert all(tensor.isfinite().all() for tensor in checkpoint.model.values())


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (RuntimeError("[gloo/transport/tcp/pair.cc:553] Connection closed by peer [::1]:4"), True),
        (
            RuntimeError("[gloo/transport/tcp/pair.cc:610] Read error: Connection reset by peer"),
            True,
        ),
        (RuntimeError("[gloo/…/unbound_buffer.cc:78] Timed out waiting 600000ms for recv"), True),
        (torch.distributed.DistBackendError("NCCL communicator was aborted"), True),
        (RuntimeError("CUDA error: the launch timed out and was terminated"), False),
        (RuntimeError("Triton compilation aborted: timeout"), False),
    ],
)
def test_only_what_the_network_says_means_that_a_process_is_gone(error, gone):
    assert _says_gone(error) is gone


def test_more_processes_than_rows_are_refused():
    with pytest.raises(ValueError, match="batch_size=4 rows do not split over 5 processes; choose"):
        Trainer(tiny_model(), TinyBatches(), tiny_config(), team=Team(0, 5))
    with pytest.raises(ValueError, match="over 4 processes in accumulate=2 parts; choose a"):
        Trainer(tiny_model(), TinyBatches(), tiny_config(accumulate=2), team=Team(0, 4))


def test_every_row_belongs_to_exactly_one_process():
    batch = torch.arange(35).view(5, 7)
    rows = torch.cat([Team(rank, 5).rows(batch) for rank in range(5)])
    assert torch.equal(rows, batch)


def test_the_config_may_leave_the_device_to_the_team_but_not_contradict_it():
    meta, cpu = torch.device("meta"), torch.device("cpu")
    assert Team(1, 2, meta).device_for("auto") == Team(0, 1, meta).device_for("auto") == meta
    assert Team(0, 1, meta).device_for("cpu") == Team().device_for("cpu") == cpu
    with pytest.raises(ValueError, match=r"device='cpu' is not where the team is, on meta; join"):
        Team(1, 2, meta).device_for("cpu")


def test_more_processes_than_gpus_are_refused(monkeypatch):
    from aigc_lab.training import parallel

    monkeypatch.setattr(parallel, "pick_device", lambda name: torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert parallel._own_device("auto", 1) == torch.device("cuda", 1)
    with pytest.raises(ValueError, match="process 2 of this machine finds 2 GPUs"):
        parallel._own_device("auto", 2)


def test_the_one_gpu_of_a_mac_is_not_shared():
    from aigc_lab.training import parallel

    with pytest.raises(ValueError, match=r"device='mps' is one GPU, which .* cannot share; start"):
        parallel._own_device("mps", 0)
