"""The front alone, before a stand-in for transformers' server: crowds, faults and slow answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from types import SimpleNamespace

import pytest

from aigc_lab.chat.serve import front
from aigc_lab.chat.serve.answers import Answers
from aigc_lab.chat.serve.front import Front
from tests.chat.serve.small import QUESTION, call, finished

ASK = {"model": "it", "messages": QUESTION}
HEAD = {"type": "http.response.start", "status": 200, "headers": []}


def says(*pieces):
    """An application that streams pieces of a chat, or raises those that are errors."""

    async def app(scope, receive, send):
        await send(HEAD)
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            event = piece
            if isinstance(piece, str):
                event = {"choices": [{"delta": {"content": piece}}]}
            data = event if isinstance(event, bytes) else b"data: " + json.dumps(event).encode()
            await send({"type": "http.response.body", "body": data + b"\n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


def refuses(status, body, error=None):
    """An application that answers with an error, and may raise one after it."""

    async def app(scope, receive, send):
        await send({**HEAD, "status": status})
        await send({"type": "http.response.body", "body": body})
        if error:
            raise error

    return app


class Engine:
    """An engine whose answers have ended well, unless told otherwise."""

    def __init__(self, app, reason="stop", can_chat=True):
        self.app, self.reason, self.can_chat = app, reason, can_chat
        self.context, self.tokens_written = 64, 0
        self.tokenizer = SimpleNamespace(decode=lambda *_, **__: "")
        self.watches = []

    def body(self, prompt):
        return prompt

    @contextlib.contextmanager
    def watching(self, request_id, watch):
        watch.finish_reason, watch._tokenizer = self.reason, self.tokenizer
        self.watches.append(watch)
        try:
            yield
        finally:
            watch.cancel()


def ask(engine, path="/v1/chat/completions", **fields):
    app = Front(engine, "it", "key").app
    status, headers, body = call(app, "POST", path, {**ASK, **fields}, authorization="Bearer key")
    return status, headers, body.decode()


def error(said):
    return json.loads(said[2])["error"]


def test_an_answer():
    said = ask(Engine(says("Mia ", "is here.")))
    assert said[0] == 200
    assert json.loads(said[2])["choices"][0]["message"]["content"] == "Mia is here."


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"max_tokens": 0}, "max_tokens=0 will not do; give a number from 1 to 1,000,000"),
        ({"temperature": 2.5}, "temperature=2.5 will not do; give a number from 0 to 2"),
    ],
)
def test_limits_are_written_out(fields, told):
    said = ask(Engine(says("Hi")), **fields)
    assert (said[0], error(said)["message"]) == (400, told)


def test_the_crowd_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(front, "MOST_AT_ONCE", 0)
    for stream in (False, True):
        said = ask(Engine(says("Hi")), stream=stream)
        assert said[0] == 429
        assert error(said)["code"] == "rate_limit_exceeded"


def test_a_model_that_cannot_chat():
    said = ask(Engine(says("Hi"), can_chat=False))
    assert said[0] == 404
    assert "ask /v1/completions" in error(said)["message"]


@pytest.mark.parametrize("stream", [False, True])
class TestFaults:
    def test_the_template_refuses(self, stream):
        class TemplateError(Exception):
            __module__ = "jinja2.exceptions"

        app = refuses(500, b"Internal Server Error", TemplateError("roles must alternate"))
        said = ask(Engine(app), stream=stream)
        assert said[0] == 400
        assert error(said)["message"] == "the chat template refuses: roles must alternate"

    def test_a_fault_there(self, stream):
        app = refuses(500, b"Internal Server Error", KeyError("lost"))
        said = ask(Engine(app), stream=stream)
        assert said[0] == 500
        assert error(said)["type"] == "server_error"
        assert "lost" in error(said)["message"]

    def test_a_refusal_there(self, stream):
        said = ask(Engine(refuses(422, b'{"detail": "odd"}')), stream=stream)
        assert (said[0], error(said)["message"]) == (400, "odd")

    def test_generation_fails_at_once(self, stream):
        said = ask(Engine(says(b'data: {"error": "a "quoted" word"}')), stream=stream)
        assert said[0] == 500
        assert 'a "quoted" word' in error(said)["message"]

    def test_it_breaks_before_a_word(self, stream):
        async def app(scope, receive, send):
            raise RuntimeError("no memory")

        said = ask(Engine(app), stream=stream)
        assert said[0] == 500
        assert "no memory" in error(said)["message"]

    def test_it_closes_in_the_middle(self, stream):
        said = ask(Engine(says("Hi"), reason=None), stream=stream)
        assert "the server is closing" in said[2]
        assert said[0] == (200 if stream else 503)


@pytest.mark.parametrize("broken", [{"error": "out of memory"}, RuntimeError("out of memory")])
def test_an_error_in_the_middle_of_a_stream_is_its_last_event(broken):
    status, _, said = ask(Engine(says("Hi", broken)), stream=True)
    *chunks, last, rest = said.split("\n\n")
    assert (status, rest) == (200, "")
    assert json.loads(chunks[0][6:])["choices"][0]["delta"]["content"] == "Hi"
    assert "out of memory" in json.loads(last[6:])["error"]["message"]
    assert "[DONE]" not in said


def test_a_fault_of_ours_is_in_the_apis_shape_too(monkeypatch):
    monkeypatch.setattr(Engine, "body", lambda *_: 1 / 0)
    said = ask(Engine(says("Hi")))
    assert said[0] == 500
    assert error(said)["code"] == "internal_error"
    assert "ZeroDivisionError" in error(said)["message"]


def test_a_fault_of_ours_in_the_middle_of_a_stream_is_its_last_event(monkeypatch, caplog):
    usual, said = Answers.chunk, []

    def chunk(*given, **more):
        said.append(given)
        return usual(*given, **more) if len(said) < 2 else {}["lost"]

    monkeypatch.setattr(Answers, "chunk", chunk)
    status, _, text = ask(Engine(says("Hi", "you")), stream=True)
    _, last, rest = text.split("\n\n")
    assert (status, rest) == (200, "")
    assert json.loads(last[6:])["error"]["message"] == "KeyError in the server; see its log"
    assert "in the middle of a stream" in caplog.text
    assert "'lost'" in caplog.text


@pytest.mark.parametrize("stream", [False, True])
def test_an_end_mark_and_comments_there_are_no_failure(stream):
    status, _, said = ask(Engine(says("Hi", b": ping", b"", b"data: [DONE]")), stream=stream)
    assert status == 200
    assert "Hi" in said
    assert "error" not in said


@pytest.mark.parametrize(
    ("stream", "begun", "reads"),
    [
        (False, False, True),
        (False, True, True),
        (True, False, True),
        (True, True, True),
        (True, True, False),
    ],
)
def test_whoever_hangs_up_is_no_longer_waited_for(stream, begun, reads):
    left = []

    async def app(scope, receive, send):
        async def send_on(message):
            await send({**message, "more_body": True})

        try:
            if begun:
                await says("Hi", "you")(scope, receive, send_on)
            await asyncio.Event().wait()
        finally:
            left.append(True)

    engine = Engine(app)
    asking = [{"type": "http.request", "body": json.dumps({**ASK, "stream": stream}).encode()}]

    async def receive():
        if asking:
            return asking.pop()
        for _ in range(20):
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message):
        if not reads and message.get("body"):
            await asyncio.Event().wait()  # the client takes nothing more

    async def hang_up():
        scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "root_path": ""}
        scope |= {"headers": [(b"authorization", b"Bearer key")], "query_string": b""}
        guest = Front(engine, "it", "key")
        await asyncio.wait_for(guest.app(scope, receive, send), 30)
        assert (guest._busy, left) == (0, [True])

    finished(hang_up())
    assert engine.watches[0].note(1) is True  # which ends the answer at its next token
