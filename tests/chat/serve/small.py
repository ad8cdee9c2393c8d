"""A small random model that can chat, and a way to ask an ASGI application without a network."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from aigc_lab.chat.template import save_chat, with_chat_tokens
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.bpe import BPETokenizer

TEXT = "Mia is in the garden. Where is Mia? 米娅在花园里。 " * 3
CONTEXT = 512
QUESTION = [{"role": "user", "content": "Where is Mia?"}]


def small_tokenizer() -> BPETokenizer:
    """Bytes, a few merges and the marks of a chat; Chinese characters are several tokens."""
    return with_chat_tokens(BPETokenizer.train(TEXT, vocab_size=280))


def small_model(tokenizer: BPETokenizer) -> GPT:
    """Random weights that say printable things only, since a constant is against the rest."""
    torch.manual_seed(7)
    model = GPT(
        GPTConfig.gpt2(
            vocab_size=tokenizer.vocab_size, block_size=CONTEXT, n_layer=2, n_head=2, n_embd=16
        )
    )
    printable = [tokenizer.token_bytes(token).isascii() for token in range(tokenizer.vocab_size)]
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
        model.ln_f.weight[0], model.ln_f.bias[0] = 0, 40  # so feature 0 is 40, whatever is read
        model.wte.weight[:, 0] = torch.tensor(printable).float() - 1
    return model.eval()


def write_small(folder: Path) -> Path:
    """The small model as a folder that transformers opens."""
    tokenizer = small_tokenizer()
    return save_chat(folder, small_model(tokenizer), tokenizer)


def until_idle(http: Any) -> int:
    """Wait until the server answers nobody; the number of tokens it has written in its life."""
    for _ in range(1000):
        state = http.get("/../health").json()
        if state["requests"] == 0:
            return state["tokens_written"]
        time.sleep(0.05)
    raise AssertionError("the server does not come to rest")


def call(
    app: Any, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Ask an ASGI application once: status, headers, body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return finished(_call(app, method, path, data, headers))


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns, run to its end in a thread of its own.

    In this one a loop may be running already: a browser's, in the same process of tests.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


async def _call(
    app: Any, method: str, path: str, data: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    named = {"content_type": "application/json", **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in named.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    incoming, sent = [{"type": "http.request", "body": data}], []

    async def receive() -> dict[str, Any]:
        if incoming:
            return incoming.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    try:
        await app(scope, receive, send)
    except Exception:
        if not sent:  # a server error is sent before it is raised
            raise
    told = {key.decode(): value.decode() for key, value in sent[0].get("headers", [])}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent)
