"""Checkpoints and metrics on disk: whole or refused, never half."""

import errno
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from aigc_lab.core import files
from aigc_lab.training.checkpoint import (
    MetricsLog,
    append_metrics,
    load_checkpoint,
    load_trained_model,
    optimizer_tensors,
    read_metrics,
    restore_model,
    restore_optimizers,
    save_checkpoint,
)
from aigc_lab.training.optim import build_optimizers
from tests.training.tiny import tiny_config, tiny_model

FULL = Path("/dev/full")


def stepped(seed: int, **changes: object) -> tuple:
    """A model and optimisers with two steps behind them."""
    model = tiny_model(seed)
    optimizers = build_optimizers(model, tiny_config(**changes))
    for _ in range(2):
        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter)
        for optimizer in optimizers:
            optimizer.step()
    return model, optimizers


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_weights_memory_and_values_come_back(tmp_path, optimizer):
    path = tmp_path / "last.safetensors"
    model, optimizers = stepped(seed=1, optimizer=optimizer)
    save_checkpoint(path, model, optimizers, {"step": 2, "best": 0.1 + 0.2})
    found = load_checkpoint(path)
    assert (found.state["step"], found.state["best"]) == (2, 0.1 + 0.2)

    other, others = stepped(seed=2, optimizer=optimizer)
    restore_model(other, found.model)
    restore_optimizers(other, others, found.optimizer)
    for parameter, twin in zip(model.parameters(), other.parameters(), strict=True):
        parameter.grad = twin.grad = torch.full_like(parameter, 0.5)
    for one, two in zip(optimizers, others, strict=True):  # the next step must be the same step
        one.step()
        two.step()
    pairs = zip(model.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(parameter, twin) for parameter, twin in pairs)


def test_tied_weights_are_stored_once_and_stay_tied(tmp_path):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, tiny_model(tie_weights=True))
    assert "lm_head.weight" not in load_checkpoint(path).model
    model = load_trained_model(path)
    assert model.lm_head.weight is model.wte.weight


def test_loading_rebuilds_the_very_same_model(tmp_path):
    model = tiny_model(seed=3, tie_weights=False).eval()
    save_checkpoint(tmp_path / "model.safetensors", model)
    ids = torch.tensor([[1, 2, 3, 5, 8]])
    reloaded = load_trained_model(tmp_path / "model.safetensors")
    assert not reloaded.training
    assert torch.equal(reloaded(ids), model(ids))


@pytest.mark.parametrize("keep", [0, 7, 100, -1])
def test_a_truncated_file_is_named_as_such(tmp_path, keep):
    path = tmp_path / "last.safetensors"
    save_checkpoint(path, tiny_model())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"last\.safetensors .* is not a whole safetensors file"):
        load_checkpoint(path)


def test_files_that_are_no_checkpoint_are_refused(tmp_path):
    with pytest.raises(ValueError, match="there is no checkpoint at"):
        load_checkpoint(tmp_path / "absent.safetensors")
    (tmp_path / "text.safetensors").write_text("once upon a time, " * 100)
    with pytest.raises(ValueError, match="another kind of file"):
        load_checkpoint(tmp_path / "text.safetensors")
    save_file({"wte.weight": torch.zeros(2, 3)}, str(tmp_path / "foreign.safetensors"))
    with pytest.raises(ValueError, match="not a checkpoint of a training run"):
        load_checkpoint(tmp_path / "foreign.safetensors")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "holds no JSON where its plain values belong"),
        ('{"step": 1', "holds no JSON where its plain values belong"),
        ("[" * 100_000, "holds no JSON where its plain values belong"),
        ("[1]", r"holds '\[1\]' where its plain values belong, a JSON object"),
        ("null", "holds 'null' where its plain values belong"),
        ('{"configs": [5]}', r"holds '\{\"configs\": \[5\]\}' where"),
    ],
)
def test_a_header_that_holds_no_plain_values_is_refused(tmp_path, header, message):
    path = tmp_path / "last.safetensors"
    save_file({"model/x": torch.zeros(2)}, path, metadata={"aigc_lab": header})
    with pytest.raises(ValueError, match=rf"last\.safetensors {message}"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "does not say its model's shape; build it, then restore_model"),
        ({"configs": {}}, "does not say its model's shape"),
        ({"configs": {"model": [1]}}, "does not say its model's shape"),
        ({"configs": {"model": {"layers": 1}}}, r"cannot be \(GPTConfig has no \['layers'\]"),
        ({"configs": {"model": {"n_layer": "1"}}}, r"cannot be \(n_layer='1' must be a whole"),
        ({"configs": {"model": {"n_layer": 1, "n_embd": 12}}}, "the checkpoint does not fit this"),
    ],
)
def test_a_model_whose_shape_is_not_told_is_refused(tmp_path, state, message):
    path = tmp_path / "best.safetensors"
    save_file({"model/x": torch.zeros(2)}, path, metadata={"aigc_lab": json.dumps(state)})
    with pytest.raises(ValueError, match=message):
        load_trained_model(path)


def test_weights_of_another_shape_are_refused_and_change_nothing(tmp_path):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, tiny_model(n_layer=3))
    model = tiny_model(seed=5)
    before = model.wte.weight.detach().clone()
    with pytest.raises(ValueError, match=r"12 weights differ .* first 'h\.2\.attn"):
        restore_model(model, load_checkpoint(path).model)
    assert torch.equal(model.wte.weight, before)


def test_another_optimisers_memory_is_refused(tmp_path):
    path = tmp_path / "last.safetensors"
    save_checkpoint(path, *stepped(seed=1, optimizer="muon"), {})
    model, optimizers = stepped(seed=1, optimizer="adamw")
    with pytest.raises(ValueError, match="optimizer that the run was started with"):
        restore_optimizers(model, optimizers, load_checkpoint(path).optimizer)


def test_what_was_read_stays_when_the_file_is_written_over(tmp_path):
    path = tmp_path / "last.safetensors"
    model, optimizers = stepped(seed=1)
    save_checkpoint(path, model, optimizers)
    other, others = stepped(seed=2)
    found = load_checkpoint(path)
    restore_optimizers(other, others, found.optimizer)
    with path.open("rb+") as file:  # in place, as `cp` does
        file.write(b"\xff" * path.stat().st_size)
    assert all(torch.equal(found.model[name], p) for name, p in model.named_parameters())
    mine, theirs = optimizer_tensors(model, optimizers), optimizer_tensors(other, others)
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in mine.items())


def test_a_full_disk_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch):
    path = tmp_path / "last.safetensors"
    save_checkpoint(path, tiny_model(), [], {"step": 1})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(path, tiny_model(), [], {"step": 2})
    assert load_checkpoint(path).state["step"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["last.safetensors"]


def test_metrics_survive_a_line_cut_short(tmp_path):
    path = tmp_path / "metrics.jsonl"
    for step in (1, 2):
        append_metrics(path, {"step": step, "train_loss": 1 / 3})
    with path.open("a") as file:
        file.write('{"step": 3, "train_loss"')
    assert read_metrics(path) == [{"step": s, "train_loss": 1 / 3} for s in (1, 2)]


def test_a_whole_last_record_without_its_newline_counts_as_cut(tmp_path):
    # "12" may be the beginning of "123", so only the newline says that a line is whole.
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}')
    assert read_metrics(path) == [{"step": 1}]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told_with_the_name_of_the_curve():
    with pytest.raises(OSError, match="could not add to /dev/full: No space left") as caught:
        append_metrics(FULL, {"step": 1})
    assert caught.value.errno == errno.ENOSPC


def test_metrics_past_a_step_are_dropped(tmp_path):
    log = MetricsLog(tmp_path / "metrics.jsonl")
    assert log.keep_until(5) == []
    for step in (0, 1, 2, 2, 3):
        log.append({"step": step})
    assert log.keep_until(2) == [{"step": s} for s in (0, 1, 2, 2)]
    log.append({"step": 3})
    assert [record["step"] for record in read_metrics(log.path)] == [0, 1, 2, 2, 3]


def test_numbers_that_json_cannot_hold_become_null(tmp_path):
    path = tmp_path / "metrics.jsonl"
    append_metrics(path, {"step": 1, "score": float("nan"), "loss": float("inf")})
    assert json.loads(path.read_text()) == {"step": 1, "score": None, "loss": None}


@pytest.mark.parametrize("line", ["not json", '"step"', '{"stop": 1}', "7"])
def test_a_bad_line_in_the_middle_is_named(tmp_path, line):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n' + line + '\n{"step": 2}\n')
    with pytest.raises(ValueError, match=r"metrics\.jsonl, line 2: expected a JSON object"):
        read_metrics(path)


def test_no_metrics_file_is_said_so(tmp_path):
    with pytest.raises(ValueError, match="there is no metrics file"):
        read_metrics(tmp_path / "metrics.jsonl")
