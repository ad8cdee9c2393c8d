"""The server's process, piece by piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aigc_lab.chat.serve.worker import address, listen, model_name

ROOT = Path(__file__).resolve().parents[3]


def test_a_port_that_cannot_be():
    with pytest.raises(OSError, match="port 70000"):
        listen("127.0.0.1", 70_000)


def test_what_libraries_print_does_not_disturb_what_it_says():
    program = "from aigc_lab.chat.serve.worker import starter; say = starter(); print('noise')"
    words = [sys.executable, "-c", f"{program}; say(progress='thinking')"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ('{"progress": "thinking"}\n', "noise\n")


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
    ],
)
def test_where_clients_find_it(host, told):
    try:
        listener = listen(host, 0)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with listener:
        port = listener.getsockname()[1]
        assert address(listener) == f"{told}{port}/v1"


def test_what_it_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert model_name(".") == tmp_path.name
    assert model_name("models/mine/") == "mine"
