"""transformers' server with our hand in it: what it must have, what may not hold."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import pytest

pytest.importorskip("transformers.cli.serve")

from aigc_lab.chat.serve.engine import MEMBERS, Engine, require_members
from aigc_lab.chat.serve.front import Front
from tests.chat.serve.small import call, small_tokenizer, write_small

OWN = {"no_repeat_ngram_size": 1, "suppress_tokens": [57], "min_new_tokens": 3, "min_p": 0.5}


@pytest.fixture(scope="module")
def say(tmp_path_factory):
    """A checkpoint with wishes of its own behind the front: fields -> the choice."""
    folder = write_small(tmp_path_factory.mktemp("served") / "small")
    path = folder / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **OWN}))
    before = os.getcwd()
    os.chdir(folder)
    engine = Engine()
    os.chdir(before)
    app = Front(engine, "it", "key").app

    def say(**fields):
        body = {"model": "it", "prompt": "Mia is in the", "temperature": 0, **fields}
        status, _, told = call(app, "POST", "/v1/completions", body, authorization="Bearer key")
        assert status == 200, told
        return json.loads(told)["choices"][0]

    yield say
    engine.reset_loaded_models()


def test_no_setting_of_the_checkpoint_holds(say):
    (token,) = small_tokenizer().encode("Z")
    assert token in OWN["suppress_tokens"]
    assert say(max_tokens=5, logit_bias={str(token): 100})["text"] == "ZZZZZ"


def test_it_still_ends_where_the_checkpoint_says(say):
    end = small_tokenizer().special_tokens["<|end|>"]
    choice = say(max_tokens=5, logit_bias={str(end): 100})
    assert (choice["text"], choice["finish_reason"]) == ("", "stop")


def test_what_transformers_cannot_open_is_told_in_one_sentence(tmp_path, monkeypatch):
    folder = write_small(tmp_path / "small")
    (folder / "tokenizer_config.json").write_text("{")
    monkeypatch.chdir(folder)
    with pytest.raises(ValueError, match=r"transformers cannot open this model \(.*\); write it"):
        Engine()


def test_another_server_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r"transformers 5.* lacks _model_manager.*; install tran"):
        require_members(SimpleNamespace())
    managers = SimpleNamespace(process_model_name=0, load_model_and_processor=0, get_manager=0)
    whole = SimpleNamespace(
        _model_manager=managers,
        _generation_state=managers,
        server=SimpleNamespace(config=SimpleNamespace(app=0)),
    )
    require_members(whole)
    assert len(MEMBERS) == 4
