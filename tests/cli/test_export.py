"""`export`: a folder that transformers opens, and that replaces nothing unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from aigc_lab.pretrained.folder import DTYPES
from aigc_lab.text.tokenizer import load_tokenizer
from tests.cli.conftest import contents


def test_transformers_opens_it_and_writes_the_same(call, run):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    said = call("export", "run", "models/mine", "--json")
    assert said.code == 0
    assert said.json["folder"] == str(Path("models/mine"))
    model = AutoModelForCausalLM.from_pretrained("models/mine")
    tokenizer = AutoTokenizer.from_pretrained("models/mine")
    ids = tokenizer("the cat", return_tensors="pt")["input_ids"]
    theirs = model.generate(ids, do_sample=False, max_new_tokens=8, pad_token_id=0)
    words = ("sample", "run", "the cat", "--temperature", "0", "--tokens", "8", "--json")
    (ours,) = call(*words).json["samples"]
    assert tokenizer.decode(theirs[0]) == "the cat" + ours["text"]


def test_half_precision_halves_the_file(call, run):
    sizes = []
    for dtype in ("float32", "bfloat16"):
        assert call("export", "run", dtype, "--dtype", dtype).code == 0
        sizes.append((Path(dtype) / "model.safetensors").stat().st_size)
        assert json.loads((Path(dtype) / "config.json").read_text())["dtype"] == dtype
    assert 1.9 < sizes[0] / sizes[1] < 2.1


def test_the_number_formats_are_those_that_can_be_written(call, run):
    said = call("export", "run", "mine", "--dtype", "float8")
    assert said.code == 2
    assert f"'float8' is not one of {', '.join(DTYPES)}" in said.complaint
    assert set(DTYPES) <= set(call("export", "--help").out.split())


def test_an_export_is_a_model_like_any_other(call, run):
    call("export", "run", "mine")
    assert call("export", "mine", "copy").code == 0
    assert call("sample", "copy", "the", "--tokens", "2").code == 0


def test_it_says_how_to_go_on(call, run):
    assert "AutoModelForCausalLM.from_pretrained('mine')" in call("export", "run", "mine").out


def test_an_assistant_can_still_chat(call):
    from transformers import AutoTokenizer

    assert call("export", "town-chat", "chat").code == 0
    question = [{"role": "user", "content": "Where is Mia?"}]
    asked = AutoTokenizer.from_pretrained("chat").apply_chat_template(
        question, add_generation_prompt=True, tokenize=False
    )
    assert asked == "<|endoftext|><|user|>Where is Mia?<|end|><|assistant|>"
    (end,) = load_tokenizer(Path("chat")).encode("<|end|>", allow_special=True)
    assert json.loads(Path("chat/config.json").read_text())["eos_token_id"] == end
    assert end in json.loads(Path("chat/generation_config.json").read_text())["eos_token_id"]


def test_an_assistant_of_half_the_size_can_still_chat(call):
    from transformers import AutoTokenizer

    assert call("export", "town-chat", "chat", "--dtype", "float16").code == 0
    assert json.loads(Path("chat/config.json").read_text())["dtype"] == "float16"
    assert AutoTokenizer.from_pretrained("chat").chat_template
    assert call("sample", "chat", "Mia", "--tokens", "2").code == 0


class TestNothingIsDestroyed:
    def test_a_folder_in_use_is_refused(self, call, run, tmp_path):
        call("export", "run", "mine")
        before = contents(tmp_path / "mine")
        said = call("export", "run", "mine", "--dtype", "float16")
        assert said.code == 1
        assert "mine is not empty" in said.complaint
        assert contents(tmp_path / "mine") == before

    def test_force_replaces_the_model_only(self, call, run, tmp_path):
        call("export", "run", "mine")
        (tmp_path / "mine" / "diary.txt").write_text("dear diary")
        assert call("export", "run", "mine", "--dtype", "float16", "--force").code == 0
        assert json.loads(Path("mine/config.json").read_text())["dtype"] == "float16"
        assert Path("mine/diary.txt").read_text() == "dear diary"

    def test_never_into_the_run_itself(self, call, run):
        before = contents(run)
        said = call("export", "run", run.resolve(), "--force")
        assert said.code == 1
        assert "is the run itself" in said.complaint
        assert contents(run) == before

    @pytest.mark.parametrize("model", ["run", "bundled"])
    def test_never_into_another_run(self, call, run, tmp_path, model):
        another = shutil.copytree(run, tmp_path / "another")
        before = contents(another)
        said = call("export", model, "another", "--force")
        assert said.code == 1
        assert "another holds a training run, whose tokenizer" in said.complaint
        assert contents(another) == before

    def test_a_folder_of_a_run_is_not_offered_to_force(self, call, run, tmp_path):
        shutil.copytree(run, tmp_path / "another")
        assert "--force" not in call("export", "run", "another").complaint

    def test_a_file_in_the_way(self, call, run):
        said = call("export", "run", "notes.txt")
        assert said.code == 1
        assert "notes.txt is a file" in said.complaint

    def test_a_model_that_cannot_be_read_leaves_nothing(self, call, run):
        (run / "best.safetensors").write_bytes(b"")
        said = call("export", "run", "mine")
        assert said.code == 1
        assert not Path("mine").exists()


def test_the_weights_are_the_best_of_the_run(call, run):
    from safetensors.torch import load_file

    from aigc_lab.training.checkpoint import load_checkpoint

    call("export", "run", "mine")
    exported = load_file("mine/model.safetensors")["transformer.wte.weight"]
    best = load_checkpoint(run / "best.safetensors").model["wte.weight"]
    torch.testing.assert_close(exported, best)
