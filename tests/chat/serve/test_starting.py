"""Starting that goes wrong: said in one sentence, and nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile

import pytest

from aigc_lab.chat.serve import running_server
from aigc_lab.chat.serve import server as servers


@pytest.fixture(autouse=True)
def processes(monkeypatch, tmp_path):
    """The processes that are started, all of which must have ended and left no file."""
    started, usual = [], subprocess.Popen

    def popen(*words, **more):
        started.append(usual(*words, **more))
        return started[-1]

    monkeypatch.setattr(servers.subprocess, "Popen", popen)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield started
    for process in started:
        assert process.poll() is not None
        assert process.stdin.closed
        assert process.stdout.closed
    assert list(tmp_path.iterdir()) == []


def start(model="town-gpt2", **settings):
    with running_server(model, **settings):
        raise AssertionError("it was not to start")


def runs(monkeypatch, program):
    """Let another program than the server be started."""
    script = f"import json, os, sys, time; wanted = json.loads(sys.stdin.readline())\n{program}"
    usual = servers.subprocess.Popen
    monkeypatch.setattr(
        servers.subprocess,
        "Popen",
        lambda words, **more: usual([sys.executable, "-c", script], **more),
    )


def test_a_port_that_is_taken(processes):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f"port {port} .*choose another port, or 0"):
            start(port=port)


def test_no_patience():
    with pytest.raises(TimeoutError, match=r"not ready within 0.01 seconds; try again"):
        start(patience=0.01)


def test_an_interrupt_while_it_starts_ends_it_at_once(monkeypatch, processes):
    def interrupt(_):
        raise KeyboardInterrupt

    runs(monkeypatch, "print(json.dumps({'progress': 'thinking'}), flush=True); time.sleep(600)")
    with pytest.raises(KeyboardInterrupt):
        start(on_progress=interrupt)
    if sys.platform != "win32":
        assert processes[0].returncode == -signal.SIGKILL


def test_it_breaks(monkeypatch):
    runs(monkeypatch, "sys.exit('no such module: transformers')")
    with pytest.raises(OSError, match="ended before it was ready: no such module: transformers"):
        start()


def test_it_breaks_without_a_word(monkeypatch):
    runs(monkeypatch, "sys.exit(3)")
    with pytest.raises(OSError, match="exit code 3"):
        start()


def test_it_refuses(monkeypatch):
    runs(monkeypatch, "print(json.dumps({'refused': 'there is no model x; mend it'}), flush=True)")
    with pytest.raises(ValueError, match="there is no model x; mend it"):
        start("x")


READY = "print(json.dumps(dict(url=json.dumps(wanted), name='it', context=8)), flush=True)"


def test_what_it_is_told(monkeypatch):
    monkeypatch.setenv(servers.KEY_VARIABLE, "mine")
    runs(monkeypatch, f"{READY}; sys.stdin.read()")
    with running_server("a/b", 7, host="0.0.0.0", name="it", device="cpu") as server:
        told = json.loads(server.url)
    scratch = told.pop("scratch")
    assert told == {
        **{"model": "a/b", "port": 7, "host": "0.0.0.0", "name": "it", "device": "cpu"},
        **{"api_key": "mine", "log": False},
    }
    assert not os.path.exists(scratch)
    assert (server.model, server.context, server.alive) == ("it", 8, False)


def test_every_server_has_a_key_of_its_own(monkeypatch):
    monkeypatch.delenv(servers.KEY_VARIABLE, raising=False)
    runs(monkeypatch, f"{READY}; sys.stdin.read()")
    with running_server("a") as one, running_server("a") as other:
        assert one.api_key != other.api_key
        assert len(one.api_key) > 30
        assert one.alive
    with running_server("a", api_key="given") as server:
        assert server.api_key == "given"


def test_it_is_ended_even_if_it_does_not_listen(monkeypatch):
    monkeypatch.setattr(servers, "GRACE", 0.2)
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    runs(monkeypatch, f"{stubborn}; {READY}; time.sleep(600)")
    with running_server("a") as server:
        assert server.alive
    server.close()  # a second time does nothing
