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
from aigc_lab.training.loop import Trainer
from aigc_lab.training.parallel import Team, team
from tests.training.test_loop import MaskedBatches
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from tests.training.test_parallel import member
member(sys.argv[1], **eval(sys.argv[2]))
"""


def member(folder: str, slow: bool = False, dropout: float = 0.0, **changes: object) -> None:
    """What each process of a team runs."""
    import time

    from aigc_lab.training.history import Callback

    class Slow(Callback):
        def on_step(self, record: dict) -> None:
            time.sleep(0.05)

    torch.set_num_threads(1)
    with team("cpu") as mine:
        config = tiny_config(**changes)
        listeners = [Slow()] if slow else []
        model = tiny_model(seed=mine.rank, dropout=dropout)  # all begin as the first does
        Trainer(model, MaskedBatches(), config, folder, listeners, team=mine).run()


def torchrun(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def in_a_team(folder: Path, script: Path, **settings: object) -> None:
    script.write_text(PROGRAM)
    done = torchrun(str(script), str(folder), repr(settings))
    assert done.returncode == 0, done.stderr


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path / "program.py"


@pytest.mark.parametrize("settings", [{}, {"accumulate": 2, "optimizer": "muon", "average": 0.5}])
def test_two_processes_draw_the_curve_of_one(tmp_path, script, settings):
    in_a_team(tmp_path / "two", script, **settings)
    alone = Trainer(tiny_model(), MaskedBatches(), tiny_config(**settings), tmp_path / "one")
    alone.run()
    curves = [read_metrics(tmp_path / name / "metrics.jsonl") for name in ("two", "one")]
    assert len(curves[0]) == len(curves[1]) == 12 + 4
    for two, one in zip(*curves, strict=True):
        del two["seconds"], one["seconds"]
        assert two == pytest.approx(one, rel=1e-4)
    last = [load_checkpoint(tmp_path / name / "last.safetensors") for name in ("two", "one")]
    for name, tensor in last[0].model.items():
        torch.testing.assert_close(tensor, last[1].model[name], rtol=0, atol=1e-3)


def test_a_team_that_is_stopped_goes_on_to_the_same_curve_with_its_own_dropout(tmp_path, script):
    in_a_team(tmp_path / "whole", script, dropout=0.3)
    with team("cpu") as alone:
        assert (alone.rank, alone.size) == (0, 1)
    in_a_team(tmp_path / "again", script, dropout=0.3)
    curves = [read_metrics(tmp_path / name / "metrics.jsonl") for name in ("whole", "again")]
    assert [r.get("train_loss") for r in curves[0]] == [r.get("train_loss") for r in curves[1]]


def start_by_hand(
    script: Path, folder: Path, rank: int, port: int, settings: dict
) -> subprocess.Popen:
    """One process as torchrun would start it, with nobody to look after it."""
    place = dict(
        RANK=rank, LOCAL_RANK=rank, WORLD_SIZE=2, MASTER_ADDR="127.0.0.1", MASTER_PORT=port
    )
    environment = {**os.environ, **{name: str(value) for name, value in place.items()}}
    command = [sys.executable, str(script), str(folder), repr(settings)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_stops_the_other_with_a_word_and_the_checkpoint_is_whole(tmp_path, script):
    script.write_text(PROGRAM)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = dict(steps=4000, warmup_steps=3, eval_every=4000, slow=True)
    both = [start_by_hand(script, tmp_path / "run", rank, port, settings) for rank in (0, 1)]
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


def test_more_processes_than_gpus_are_refused(monkeypatch):
    from aigc_lab.training import parallel

    monkeypatch.setattr(parallel, "pick_device", lambda name: torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert parallel._own_device("auto", 1) == torch.device("cuda", 1)
    with pytest.raises(ValueError, match="process 2 of this machine finds 2 GPUs"):
        parallel._own_device("auto", 2)
