"""From a name to a folder that transformers opens."""

from __future__ import annotations

import json
import shutil

import pytest
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from aigc_lab.chat.serve import models
from aigc_lab.chat.serve.models import opened_folder
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.training import run_files
from tests.chat.serve.small import write_small


@pytest.fixture
def folder(tmp_path):
    return write_small(tmp_path / "small")


def test_a_folder_is_taken_as_it_is(folder):
    with opened_folder(str(folder)) as opened:
        assert opened == folder
    assert (folder / "config.json").is_file()


@pytest.mark.parametrize("name", ["town-gpt2", "bundled"])
def test_the_bundled_model(name):
    with opened_folder(name) as opened:
        assert opened.name == "town-gpt2"


def test_a_run_is_written_first_and_deleted_again(folder, tmp_path, monkeypatch):
    loaded = load_pretrained(folder)
    run = tmp_path / "run"
    run.mkdir()
    (run / run_files.RECIPE).write_text("{}")
    monkeypatch.setattr(models, "load_run", lambda path: (loaded.model, loaded.tokenizer))
    with opened_folder(str(run)) as opened:
        assert json.loads((opened / "config.json").read_text())["model_type"] == "gpt2"
        assert AutoTokenizer.from_pretrained(opened).chat_template
    assert not opened.exists()


def test_the_assistant_is_put_together_first(folder, monkeypatch):
    monkeypatch.setattr(models, "load_chat", lambda: load_pretrained(folder))
    with opened_folder("town-chat") as opened:
        assert AutoTokenizer.from_pretrained(opened).chat_template
    assert not opened.exists()


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ("config.json", "has no config.json"),
        ("model.safetensors", "has no model.safetensors"),
        ("tokenizer.json", "has no tokenizer"),
    ],
)
def test_what_lacks_a_part(folder, lost, told):
    (folder / lost).unlink()
    with pytest.raises(ValueError, match=told), opened_folder(str(folder)):
        pass


def cut_short(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-5000])


def without_positions(folder):
    """transformers would draw the table at random, and answer."""
    path = folder / "model.safetensors"
    tensors = load_file(path)
    del tensors["transformer.wpe.weight"]
    save_file(tensors, path, metadata={"format": "pt"})


def of_another_width(folder):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "n_embd": 32}))


def with_half_a_tokenizer(folder):
    (folder / "tokenizer.json").write_text('{"model": {')


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (cut_short, "is not a whole safetensors file"),
        (without_positions, "lacks 1 of 28 tensors, first transformer.wpe.weight"),
        (of_another_width, "weights and config are not of the same model"),
        (with_half_a_tokenizer, "tokenizer.json"),
    ],
)
def test_what_is_damaged_is_told_before_a_server_starts(folder, damage, told):
    damage(folder)
    with pytest.raises(ValueError, match=told), opened_folder(str(folder)):
        pass


def test_what_is_not_there(tmp_path):
    shutil.rmtree(tmp_path)
    with pytest.raises(ValueError, match="there is no folder"), opened_folder(str(tmp_path)):
        pass
