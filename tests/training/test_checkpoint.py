"""Checkpoints on disk: whole or refused, never half."""

import errno
import json

import pytest
import torch
from safetensors.torch import save_file

from aigc_lab.core import files
from aigc_lab.training.checkpoint import (
    load_checkpoint,
    load_trained_model,
    optimizer_tensors,
    restore_model,
    restore_optimizers,
    save_checkpoint,
)
from aigc_lab.training.optim import build_optimizers
from tests.training.tiny import tiny_config, tiny_model


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
