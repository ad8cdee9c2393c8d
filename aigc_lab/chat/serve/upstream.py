"""Asking transformers' server within this process: a request, and its answer streamed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aigc_lab.chat.serve.errors import ApiError, server_error
from aigc_lab.chat.serve.wishes import CHAT

HEADERS = [(b"content-type", b"application/json")]


@contextlib.asynccontextmanager
async def ask(
    app: Any, path: str, body: dict[str, Any], request_id: str
) -> AsyncIterator[AsyncIterator[str]]:
    """Send a request to an ASGI application, and give the pieces of text that it streams back.

    Whoever leaves the block before the end has hung up on it.
    Raises: ApiError when the request is refused, or fails on the way.
    """
    messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    incoming = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if incoming:
            return incoming.pop()
        await asyncio.Event().wait()  # we hang up by ending the task
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        messages.put_nowait(message)

    async def run() -> None:
        try:
            await app(_scope(path, request_id), receive, send)
        finally:
            messages.put_nowait(None)

    task = asyncio.create_task(run())
    try:
        yield _pieces(messages, task, chat=path == CHAT)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _pieces(
    messages: asyncio.Queue[dict[str, Any] | None], task: asyncio.Task[None], chat: bool
) -> AsyncIterator[str]:
    status, waiting = 500, b""
    while message := await messages.get():  # None when the application has ended
        status = message.get("status", status)
        waiting += message.get("body", b"")
        if status == 200:
            *events, waiting = waiting.split(b"\n\n")
            for event in events:
                yield _piece(event, chat)
    (fault,) = await asyncio.gather(task, return_exceptions=True)
    if status != 200 or fault:
        raise _refusal(status, waiting, fault)


def _piece(event: bytes, chat: bool) -> str:
    """The text in one event of the stream; a comment and the mark of the end have none.

    Raises: ApiError when the event is an error, which is not always valid JSON there.
    """
    data = b"" if event.startswith(b":") else event.removeprefix(b"data:").strip()
    if data in (b"", b"[DONE]"):
        return ""
    try:
        choice = json.loads(data)["choices"][0]
    except (ValueError, LookupError, TypeError) as error:
        raise server_error(f"generation failed: {event.decode(errors='replace')}") from error
    return (choice["delta"].get("content") if chat else choice.get("text")) or ""


def _refusal(status: int, body: bytes, fault: BaseException | None) -> ApiError:
    """The error behind an answer that is none: ours, transformers', or a fault."""
    with contextlib.suppress(ValueError, LookupError, TypeError):
        detail = json.loads(body)["detail"]
        if isinstance(detail, dict):
            told = detail["error"]
            return ApiError(
                told["message"], status, kind=told["type"], param=told["param"], code=told["code"]
            )
        return ApiError(str(detail), 400 if status == 422 else status)
    if type(fault).__module__.startswith("jinja2"):  # the model's own template refuses
        return ApiError(f"the chat template refuses: {fault}", param="messages")
    return server_error(f"transformers' server failed: {fault or status}")


def _scope(path: str, request_id: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [*HEADERS, (b"x-request-id", request_id.encode())],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        "state": {},
    }
