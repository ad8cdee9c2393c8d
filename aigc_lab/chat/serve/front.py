"""The API as clients meet it: what stands in front of transformers' server."""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aigc_lab.chat.serve.answers import DONE, Answers, event
from aigc_lab.chat.serve.cutter import Cutter
from aigc_lab.chat.serve.errors import TOO_LONG, ApiError, server_error, unknown_model, wrong_key
from aigc_lab.chat.serve.hanging_up import ClientGone, EventStream, unless_gone
from aigc_lab.chat.serve.upstream import ask
from aigc_lab.chat.serve.watch import Watch
from aigc_lab.chat.serve.wishes import CHAT, TEXT, Wishes, read_chat, read_text

if TYPE_CHECKING:
    from aigc_lab.chat.serve.engine import Engine

LARGEST = 2**20  # bytes of a body; no model here reads as much
ENDLESS = 2**26  # bytes after which nobody waits for the end, which a client would like to reach
MOST_AT_ONCE = 256  # requests; more are told to come again
GONE = 499  # the status, seen by nobody, of an answer to a client that has hung up


class Front:
    """One model behind the API; `app` is what a web server runs."""

    def __init__(self, engine: Engine, name: str, api_key: str, lifespan: Any = None) -> None:
        self.engine, self.name = engine, name
        self._bearer = f"Bearer {api_key}".encode()
        self._started = int(time.time())
        self._busy = 0
        self.app = Starlette(
            routes=[
                Route(CHAT, self._answering(read_chat), methods=["POST"]),
                Route(TEXT, self._answering(read_text), methods=["POST"]),
                Route("/v1/models", self._list),
                Route("/v1/models/{name:path}", self._describe),
                Route("/health", self._health),
            ],
            exception_handlers={
                ApiError: _error,
                HTTPException: _no_such_place,
                Exception: _fault,
            },
            lifespan=lifespan,
        )

    async def _list(self, request: Request) -> Response:
        self._require_key(request)
        return JSONResponse({"object": "list", "data": [self._about()]})

    async def _describe(self, request: Request) -> Response:
        self._require_key(request)
        if (asked := request.path_params["name"]) != self.name:
            raise unknown_model(asked, self.name)
        return JSONResponse(self._about())

    async def _health(self, _: Request) -> Response:
        """How it is, for whoever looks after it: without a key, and nothing of what is said."""
        tokens = self.engine.tokens_written
        return JSONResponse({"status": "ok", "requests": self._busy, "tokens_written": tokens})

    def _about(self) -> dict[str, Any]:
        return {
            "id": self.name,
            "object": "model",
            "created": self._started,
            "owned_by": "aigc-lab",
            "max_model_len": self.engine.context,
        }

    def _require_key(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._bearer):
            raise wrong_key()

    def _answering(self, read: Callable[[Any, str], Wishes]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Any:
            self._require_key(request)
            with contextlib.suppress(ClientGone, ClientDisconnect):
                return await self._answer(request, read(await _body(request), self.name))
            return Response(status_code=GONE)

        return endpoint

    async def _answer(self, request: Request, wishes: Wishes) -> Any:
        if wishes.path == CHAT and not self.engine.can_chat:
            raise ApiError(
                f"{self.name} continues texts and has no chat template; ask {TEXT}, or serve a "
                "model that was taught to chat",
                404,
                param="model",
            )
        answers = Answers(wishes, self.name, self.engine.tokenizer)
        watches = [Watch(wishes, place) for place in range(len(wishes.prompts) * wishes.n)]
        if not wishes.stream:
            texts = await unless_gone(request.receive, self._texts(watches))
            return JSONResponse(answers.whole(texts, watches))
        events = self._events(watches, answers)
        try:
            first = await unless_gone(request.receive, anext(events))
        except BaseException:  # refused before the first word: a status of its own, not a stream
            await events.aclose()
            raise
        return EventStream(first, events)

    async def _texts(self, watches: list[Watch]) -> list[str]:
        with self._place():
            return [await self._text(watch) for watch in watches]

    async def _text(self, watch: Watch) -> str:
        async with contextlib.aclosing(self._pieces(watch)) as pieces:
            return "".join([piece async for piece in pieces])

    async def _events(self, watches: list[Watch], answers: Answers) -> AsyncGenerator[bytes, None]:
        """The answers one after another, as events; an error on the way is the last of them."""
        begun = False
        try:
            with self._place():
                for watch in watches:
                    async with contextlib.aclosing(self._chunks(watch, answers)) as chunks:
                        async for chunk in chunks:
                            yield chunk
                            begun = True
            if watches[0].wishes.include_usage:
                yield answers.counts(watches)
        except Exception as error:
            if not begun:
                raise
            if not isinstance(error, ApiError):
                logging.getLogger(__name__).exception("in the middle of a stream")
                error = _unforeseen(error)
            yield event(error.body)
            return
        yield DONE

    async def _chunks(self, watch: Watch, answers: Answers) -> AsyncGenerator[bytes, None]:
        """One answer; each token's log-probability comes no earlier than its text."""
        sent = told = 0
        first = True
        async with contextlib.aclosing(self._pieces(watch)) as pieces:
            async for piece in pieces:
                if piece:
                    sent += len(piece)
                    news = watch.since(told, sent)
                    yield answers.chunk(piece, watch, news, first=first)
                    told, first = told + len(news), False
        yield answers.chunk("", watch, watch.since(told, sent), first=first, last=True)

    async def _pieces(self, watch: Watch) -> AsyncGenerator[str, None]:
        """One answer's text as transformers' server writes it, up to a stop string."""
        wishes, cutter = watch.wishes, Cutter(watch.wishes.stop)
        body = self.engine.body(wishes.prompts[watch.place // wishes.n])
        request_id, received = uuid.uuid4().hex, 0
        with self.engine.watching(request_id, watch):
            async with ask(self.engine.app, wishes.path, body, request_id) as texts:
                async for text in texts:
                    received += len(text)
                    yield cutter.add(text)
        if watch.finish_reason is None:
            raise ApiError("the server is closing; ask again later", 503, kind="server_error")
        yield cutter.add(watch.text()[received:])  # half a character at the end is not streamed
        yield cutter.close()

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        """A place among the requests that are being answered, or wait for their turn."""
        if self._busy >= MOST_AT_ONCE:
            raise ApiError(
                f"{MOST_AT_ONCE} requests are waiting already; ask again in a moment",
                429,
                kind="requests",
                code="rate_limit_exceeded",
            )
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1


async def _body(request: Request) -> Any:
    """The JSON of a request; of a body that is too large only the end is waited for."""
    data, size = b"", 0
    async for part in request.stream():
        size += len(part)
        data += part if size <= LARGEST else b""
        if size > ENDLESS:
            break
    if size > LARGEST:
        raise ApiError(
            f"the body has more than {LARGEST} bytes, and no model here reads as much; shorten the "
            "prompt",
            code=TOO_LONG,
        )
    try:
        value = json.loads(data, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()  # which half a surrogate pair cannot be
    except (ValueError, RecursionError) as error:
        raise ApiError(f"the body is not valid JSON: {error}", code="invalid_json") from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


async def _error(_: Request, error: Exception) -> Response:
    return JSONResponse(error.body, error.status)


async def _no_such_place(request: Request, error: Exception) -> Response:
    """There is nothing at this address, or it is asked with another method."""
    message = f"{request.method} {request.url.path} is nothing that this server does"
    return JSONResponse(ApiError(message).body, error.status_code)


async def _fault(_: Request, error: Exception) -> Response:
    return await _error(_, _unforeseen(error))


def _unforeseen(error: Exception) -> ApiError:
    return server_error(f"{type(error).__name__} in the server; see its log")
