"""`serve`: a server from the command line, and its orderly end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import openai
import pytest

from aigc_lab.chat import serve
from aigc_lab.chat.serve import Server
from aigc_lab.cli.serve import setting

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0  # a machine that is busy with other tests


class Ending:
    """A server's process, for whose end one waits in vain or not."""

    def __init__(self, how):
        self.how = how

    def wait(self):
        if isinstance(self.how, BaseException):
            raise self.how
        return self.how


@pytest.fixture
def served(monkeypatch):
    """What was to be served; the server stands until Ctrl-C, or ends as `served.how` says."""
    seen = SimpleNamespace(asked=[], closed=0, how=KeyboardInterrupt())

    @contextlib.contextmanager
    def running_server(model, port, **more):
        seen.asked.append((model, port, more))
        more["on_progress"](f"opening {model}")
        try:
            yield Server("http://127.0.0.1:9/v1", "a key", "mine", 256, Ending(seen.how))
        finally:
            seen.closed += 1

    monkeypatch.setattr(serve, "running_server", running_server)
    return seen


def test_it_says_how_to_ask(call, served):
    said = call("serve", "models/mine")
    assert said.code == 0
    assert said.out.splitlines()[1:] == [
        f"  {setting(name, value)}"
        for name, value in [
            ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
            ("OPENAI_API_KEY", "a key"),
            ("OPENAI_MODEL", "mine"),
        ]
    ]
    assert said.err == "opening models/mine\nending the server\n"
    ((model, port, more),) = served.asked
    assert (model, port, more["host"]) == ("models/mine", 8000, "127.0.0.1")
    assert served.closed == 1


def test_it_tells_scripts(call, served):
    said = call("serve", "town-chat", "--port", "0", "--name", "it", "--json", "--device", "cpu")
    assert said.json == {
        "url": "http://127.0.0.1:9/v1",
        "api_key": "a key",
        "model": "mine",
        "context": 256,
    }
    ((_, port, more),) = served.asked
    assert (port, more["name"], more["device"]) == (0, "it", "cpu")


def test_other_machines_are_let_in_only_if_told(call, served):
    assert "not encrypted" in call("serve", "town-chat", "--host", "0.0.0.0").err


def test_a_server_that_ends_by_itself_is_an_error(call, served):
    served.how = 3
    said = call("serve", "town-chat")
    assert said.code == 1
    assert "ended by itself (exit code 3)" in said.err
    assert served.closed == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nowhere/at/all"], "there is no folder nowhere/at/all"),
        (["town-gpt2", "--host", "256.0.0.1"], "cannot listen on 256.0.0.1 port 8000"),
    ],
)
def test_what_cannot_be_served(call, words, complaint):
    said = call("serve", *words)
    assert said.code == 1
    assert complaint in said.err.splitlines()[-1]
    assert said.err.splitlines()[-1].startswith("aigc-lab: ")


def test_what_is_no_model_is_told_at_once(call, served, run, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "notes.txt is a file, but no checkpoint" in call("serve", "notes.txt").complaint
    assert "holds neither a run" in call("serve", "empty").complaint
    assert served.asked == []


def test_a_model_that_was_cut_short_is_told_in_one_line(call, run):
    assert call("export", "run", "mine").code == 0
    weights = Path("mine/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1000])
    said = call("serve", "mine", "--port", "0")
    assert said.code == 1
    opening, problem = said.err.splitlines()
    assert opening == "opening mine"
    assert problem.startswith("aigc-lab: mine/model.safetensors")
    assert "not a whole safetensors file" in problem


def test_a_wrong_port(call):
    assert call("serve", "town-gpt2", "--port", "-1").code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are sent another way there")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_is_served_until_the_end_whatever_it_is(run, tmp_path, how):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    words = [sys.executable, "-m", "aigc_lab", "serve", str(run), "--port", "0", "--json"]
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with subprocess.Popen(words, env=environment, start_new_session=True, **pipes) as process:
        told = json.loads(process.stdout.readline())
        client = openai.OpenAI(base_url=told["url"], api_key=told["api_key"], max_retries=0)
        with client, pytest.raises(openai.NotFoundError, match="has no chat template"):
            client.chat.completions.create(
                model="run", messages=[{"role": "user", "content": "Hello!"}]
            )
        with openai.OpenAI(base_url=told["url"], api_key=told["api_key"]) as client:
            answer = client.completions.create(model="run", prompt="the cat", max_tokens=4)
            assert answer.usage.completion_tokens <= 4
        process.send_signal(how)
        out, err = process.communicate(timeout=PATIENCE)
    assert out == ""
    if how == signal.SIGINT:
        assert process.returncode == 0
        assert '"POST /v1/completions HTTP/1.1" 200' in err
        assert err.endswith("ending the server\n")
        assert list(scratch.iterdir()) == []
    wait_until_gone(told)
    assert list(scratch.iterdir()) == []


def wait_until_gone(told):
    with openai.OpenAI(base_url=told["url"], api_key=told["api_key"], max_retries=0) as client:
        for _ in range(int(PATIENCE)):
            try:
                client.models.list()
            except openai.APIConnectionError:
                return
            time.sleep(0.2)
    raise AssertionError("the server has outlived its starter")
