"""One client for all examples: of a hosted model if you have one, else of one served here."""

from __future__ import annotations

import atexit
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aigc_lab.chat.serve.server import NEARBY, Server, running_server

if TYPE_CHECKING:
    from openai import OpenAI

USUAL_MODEL = "town-chat"
ADDRESS, KEY, MODEL = "OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"

# Those that `open_client` started, with a client that all share, and what ends them.
_servers: dict[str, tuple[Server, OpenAI, contextlib.ExitStack]] = {}


def open_client(model: str | Path | None = None) -> tuple[OpenAI, str]:
    """An `openai` client, and the name of the model to ask for.

    With OPENAI_BASE_URL and OPENAI_API_KEY set it is the hosted one, and the model is that of
    OPENAI_MODEL, or the only one that the host has. A key alone is not enough: nothing is sent to
    a host, and nothing paid, that you have not named. Else `model` ("town-chat" if None) is served
    on this machine, once for all who ask, until Python ends or `close_servers` is called. The
    notebooks send `temperature` and `max_tokens`; hosted models that refuse either, as OpenAI's
    reasoning models do, cannot be asked in this way.

    Raises: ValueError when the host is named but not the key or the model; as `running_server`.
    Notebook: 12 applications.
    """
    if os.environ.get(ADDRESS):
        return _hosted()
    name = str(model or USUAL_MODEL)
    if name in _servers and not _servers[name][0].alive:
        _servers.pop(name)[-1].close()
    if name not in _servers:
        stack = contextlib.ExitStack()
        server = stack.enter_context(running_server(name))
        _servers[name] = server, server.client(), stack
        atexit.register(close_servers)
    server, client, _ = _servers[name]
    return client, server.model


def close_servers() -> None:
    """End all servers that `open_client` has started."""
    while _servers:
        _servers.popitem()[1][-1].close()


def served_by(client: OpenAI) -> str:
    """Who answers a client: "this machine", or the host's name."""
    host = urlsplit(str(client.base_url)).hostname or ""
    return "this machine" if host in NEARBY else host


def _hosted() -> tuple[OpenAI, str]:
    import openai

    if not os.environ.get(KEY):
        raise ValueError(
            f"{ADDRESS} is set but {KEY} is not; set both for a hosted model (any word as the key "
            "of a host that asks for none), or neither for a model on this machine"
        )
    client = openai.OpenAI()
    if name := os.environ.get(MODEL):
        return client, name
    names = [model.id for model in client.models.list()]
    if len(names) != 1:
        some = ", ".join(names[:5]) or "none"
        raise ValueError(
            f"the host has {len(names)} models ({some}); name the one to ask in {MODEL}"
        )
    return client, names[0]
