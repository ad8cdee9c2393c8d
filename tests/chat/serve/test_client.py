"""`open_client`: a hosted model where it is named, else one on this machine, started once."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import openai
import pytest

from aigc_lab.chat.serve import client as clients
from aigc_lab.chat.serve import open_client, served_by

HOST = "https://models.example.org/v1"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in (clients.ADDRESS, clients.KEY, clients.MODEL):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def started(monkeypatch):
    """The servers that were started, which are alive until told otherwise."""
    servers = []

    @contextlib.contextmanager
    def running_server(name):
        server = SimpleNamespace(model=name, alive=True, closed=False, clients=0)

        def client():
            server.clients += 1
            return openai.OpenAI(base_url="http://127.0.0.1:9/v1", api_key="a key")

        server.client = client
        servers.append(server)
        try:
            yield server
        finally:
            server.closed = True

    monkeypatch.setattr(clients, "running_server", running_server)
    yield servers
    clients.close_servers()
    assert all(server.closed for server in servers)


def test_on_this_machine(started):
    client, model = open_client()
    assert model == "town-chat"
    assert served_by(client) == "this machine"


def test_one_server_and_client_for_all_who_ask_for_a_model(started):
    first, _ = open_client("town-gpt2")
    assert open_client("town-gpt2")[0] is first
    open_client("town-sft")
    assert [(server.model, server.clients) for server in started] == [
        ("town-gpt2", 1),
        ("town-sft", 1),
    ]


def test_one_that_has_died_is_started_again(started):
    open_client()
    started[0].alive = False
    open_client()
    assert [server.closed for server in started] == [True, False]


def test_a_hosted_model(started, monkeypatch):
    monkeypatch.setenv(clients.ADDRESS, HOST)
    monkeypatch.setenv(clients.KEY, "sk-mine")
    monkeypatch.setenv(clients.MODEL, "large-1")
    client, model = open_client("town-gpt2")
    assert (str(client.base_url), client.api_key, model) == (f"{HOST}/", "sk-mine", "large-1")
    assert served_by(client) == "models.example.org"
    assert started == []


def test_a_key_alone_sends_nothing_anywhere(started, monkeypatch):
    monkeypatch.setenv(clients.KEY, "sk-mine")
    client, _ = open_client()
    assert served_by(client) == "this machine"
    assert client.api_key == "a key"


def test_an_address_without_a_key(monkeypatch):
    monkeypatch.setenv(clients.ADDRESS, HOST)
    with pytest.raises(ValueError, match="OPENAI_API_KEY is not; set both"):
        open_client()


@pytest.mark.parametrize("names", [["only"], [], ["a", "b"]])
def test_a_host_that_does_not_say_which_model(monkeypatch, names):
    monkeypatch.setenv(clients.ADDRESS, HOST)
    monkeypatch.setenv(clients.KEY, "sk-mine")
    listed = [SimpleNamespace(id=name) for name in names]
    monkeypatch.setattr(openai.resources.Models, "list", lambda self: listed)
    if len(names) == 1:
        assert open_client()[1] == "only"
    else:
        with pytest.raises(ValueError, match=f"{len(names)} models .*OPENAI_MODEL"):
            open_client()
