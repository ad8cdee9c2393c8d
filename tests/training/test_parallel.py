"""Two processes that train one model, as one process would."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from aigc_lab.training.checkpoint import load_checkpoint, read_metrics
from aigc_lab.training.history import Callback
from aigc_lab.training.loop import Trainer
from aigc_lab.training.parallel import Team, team
from tests.training.test_loop import MaskedBatches
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

ROOT = Path(__file__).parents[2]
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


def long_run(place: str) -> None:
    """A run that will be killed."""
    with team("cpu") as us:
        slow = dict(steps=4000, warmup_steps=3, eval_every=4000)
        our_trainer(place, us, [Slow()], **slow).run()


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with the runs of a team of two."""
    folder = tmp_path_factory.mktemp("team")
    script = folder / "program.py"
    script.write_text(PROGRAM)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, str(script), "several_runs", str(folder)],
        env=alone,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
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


def start_by_hand(script: Path, folder: Path, rank: int, port: int) -> subprocess.Popen:
    """One process as torchrun would start it, with nobody to look after it."""
    place = dict(
        RANK=rank, LOCAL_RANK=rank, WORLD_SIZE=2, MASTER_ADDR="127.0.0.1", MASTER_PORT=port
    )
    place |= dict(OMP_NUM_THREADS=1, PYTHONPATH=ROOT)
    environment = {**os.environ, **{name: str(value) for name, value in place.items()}}
    command = [sys.executable, str(script), "long_run", str(folder)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_stops_the_other_with_a_word_and_the_checkpoint_is_whole(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both = [start_by_hand(script, tmp_path / "run", rank, port) for rank in (0, 1)]
    last, patience = tmp_path / "run" / "last.safetensors", time.monotonic() + 120
    while not last.exists() and time.monotonic() < patience:
        time.sleep(0.05)
    both[1].send_signal(signal.SIGKILL)
    _, said = both[0].communicate(timeout=60)
    both[1].communicate(timeout=60)
    assert both[0].returncode == 1
    assert "TeamBroken: another process of this run has died or does not answer" in said
    checkpoint = load_checkpoint(last)
    assert checkpoint.state["step"] >= 5
    assert all(tensor.isfinite().all() for tensor in checkpoint.model.values())


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
