"""The recorder of accelerators, on a CPU that plays one: what it measures and what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from aigc_lab.core.files import read_json
from aigc_lab.training.metrics import read_metrics
from aigc_lab.training.recipes import RECIPES
from benchmarks import peers, trainers, training
from benchmarks.published import PUBLISHED
from benchmarks.race import Table
from tools import record_gpu

CPU = torch.device("cpu")


@pytest.fixture
def alone(monkeypatch):
    """There is no nanoGPT and no compiler."""
    monkeypatch.delenv(peers.NANOGPT, raising=False)
    monkeypatch.setattr(training, "compiler", lambda device: (f"none for {device}", 0.5))


def test_without_an_accelerator_it_says_so_and_writes_nothing(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(record_gpu, "pick_device", lambda: CPU)
    monkeypatch.setattr(record_gpu, "data_folder", lambda: tmp_path)
    assert record_gpu.main() == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("there is no accelerator here")
    assert not list(tmp_path.iterdir())


def test_what_is_written(alone, tmp_path):
    folder = record_gpu.record(CPU, tmp_path, small=True)
    assert folder == tmp_path / "gpu-cpu"  # the name of the device
    run = read_json(folder / "run.json")
    assert run["machine"]["device"] == "cpu"
    assert run["commit"]
    assert run["started"] <= run["finished"]
    assert run["seed"] == RECIPES["shakespeare-char"].train.seed
    told = run["shakespeare"]
    assert told["target"] == PUBLISHED
    assert told["reached"] is (told["loss"] <= PUBLISHED)
    assert told["tokens_per_second"] == pytest.approx(told["tokens"] / told["seconds"], rel=0.05)
    speed = told["tokens"] / told["seconds"]
    assert told["mfu"] == pytest.approx(speed * told["flops_per_token"] / told["matmul_peak"])
    assert told["train"]["device"] == "cpu"
    curve = read_metrics(folder / "metrics.jsonl")
    assert {"step", "seconds", "train_loss"} == set(curve[0])
    assert [line["step"] for line in curve if "val_loss" in line] == list(range(21))
    assert Table.from_dict(run["step"]).rows[0].name == "ours, bfloat16"
    assert "\n" not in json.dumps(run["step"]["facts"])


def test_the_step_beside_its_peers(nano, compiler):
    made = Table.from_dict(record_gpu.step_of_gpt2(CPU, small=True, rounds=2))
    names = [row.name for row in made.rows]
    assert names == [
        "ours, bfloat16, compiled",
        "ours, bfloat16",
        "nanoGPT, bfloat16 autocast, compiled",
        "nanoGPT, bfloat16 autocast",
        "transformers, bfloat16 autocast, compiled",
        "transformers, bfloat16 autocast",
    ]
    compiled = [name for name in made.facts if name.startswith("first turn, with compiling")]
    assert len(compiled) == 3
    assert len(compiler) >= 2  # nanoGPT's and transformers' models went through torch.compile
    assert made.facts["share of it that the first row uses"].endswith("%")


def test_the_step_alone_says_who_is_missing(alone):
    made = Table.from_dict(record_gpu.step_of_gpt2(CPU, small=True, rounds=1))
    assert [row.name for row in made.rows] == [
        *("ours, bfloat16", "transformers, bfloat16 autocast")
    ]
    assert made.facts["nanoGPT"].startswith("skipped: nanoGPT is not at hand")
    assert made.facts["compiled"] == "skipped: none for cpu"


def test_the_step_is_that_of_gpt2():
    size = record_gpu.GPT2_124M
    assert (size.layers, size.heads, size.width, size.length) == (12, 12, 768, 1024)
    with torch.device("meta"):
        theirs = training.their_model(size)
    assert sum(weight.numel() for weight in theirs.parameters()) == 124_475_904  # 47 tokens more


def test_the_turns_wait_for_the_device(monkeypatch):
    waited = []
    monkeypatch.setattr(trainers, "synchronize", waited.append)
    size = training.toy(training.SMALL)
    trainers.contender(trainers.OURS_BF16, size, Path("none"), "cpu").run()
    assert waited == ["cpu"]
