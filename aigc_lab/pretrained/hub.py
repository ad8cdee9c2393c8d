"""Asking and downloading from the Hugging Face hub, so that a broken network costs seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import ModuleType
from typing import Any

from aigc_lab.core.network import within

PATIENCE = 2.0  # seconds that the hub has for the first byte of an answer, and for a small one
SILENCE = 5.0  # seconds that a download which has begun may stand still
BREAKS = 2  # times that a connection may break off without progress in between: each costs a second
PROGRESS = 2**14  # bytes: fewer than these in so much time are a trickle, and no progress


def hub_answers(patience: float) -> bool:
    """Whether the hub, through whatever proxy, answers a small question in time.

    An open door is not enough: a proxy may refuse, a server may accept and say nothing.
    """
    try:
        return within(patience, lambda: _ask(patience))
    except TimeoutError:
        return False


def transport_errors() -> tuple[type[Exception], ...]:
    """What a broken network raises."""
    return OSError, _http().HTTPError


@contextmanager
def bounded_waiting() -> Iterator[None]:
    """Let the hub's client give up within seconds where it would wait for minutes, or for ever.

    Its variables HF_HUB_ETAG_TIMEOUT and HF_HUB_DOWNLOAD_TIMEOUT bound each wait for the files,
    but not the question which files there are, nor how often it tries again, nor a server that
    sends a byte now and then. So each request is watched as it leaves, and each answer as it comes.
    """
    from huggingface_hub import constants, get_session

    client = get_session()
    watch, hooks = _Watch(client.send), client.event_hooks
    before = constants.HF_HUB_DISABLE_XET, constants.HF_HUB_DISABLE_TELEMETRY
    client.send = watch.send
    client.event_hooks = {**hooks, "response": [*hooks.get("response", []), watch.response]}
    constants.HF_HUB_DISABLE_XET = True  # its own downloader has limits of its own: minutes
    constants.HF_HUB_DISABLE_TELEMETRY = True  # nor a question of its own, which waits 3 seconds
    try:
        yield
    finally:
        del client.send
        client.event_hooks = hooks
        constants.HF_HUB_DISABLE_XET, constants.HF_HUB_DISABLE_TELEMETRY = before


class _Watch:
    """The requests of one download, and whether they get anywhere; several threads make them.

    What it raises to end the download is no error of the HTTP library's, for the hub's client
    repeats those; and some it keeps to itself, so afterwards every other request is refused too.
    """

    def __init__(self, send: Callable[..., Any]) -> None:
        self._send = send  # the client's own
        self.patience, self.silence = _waits()
        self.breaks = 0  # since the last progress
        self.ended: OSError | None = None

    def send(self, request: Any, *, stream: bool = False, **how: Any) -> Any:
        """The answer to a request, whose first byte comes in time; of a download, not the body."""
        if self.ended:
            raise type(self.ended)(*self.ended.args)
        http, patience = _http(), self.patience
        waits = dict.fromkeys(("connect", "read", "write", "pool"), patience)
        request.extensions = {**request.extensions, "timeout": waits, "download": stream}
        try:
            response = self._send(request, stream=True, **how)
        except http.TimeoutException as error:
            raise self._too_slow(0, patience) from error
        except http.ConnectError as error:
            raise self._end(ConnectionError(f"no connection: {error}")) from error
        except (http.NetworkError, http.RemoteProtocolError) as error:
            self._broke(error)
            raise
        if not stream:
            with closing(response):
                response.read()
        return response

    def response(self, response: Any) -> None:
        """Watch its body; do not sleep as long as a busy hub would like."""
        status, request = response.status_code, response.request
        if status in (408, 429) or status >= 500 or "Retry-After" in response.headers:
            raise self._end(ConnectionError(f"the hub is busy (HTTP {status}); ask again later"))
        limit = self.patience
        if request.extensions["download"] and not response.has_redirect_location:
            limit = request.extensions["timeout"]["read"] = self.silence
        response.stream = _steady(response.stream, self, limit)

    def pieces(self, stream: Any, limit: float) -> Iterator[bytes]:
        """The pieces of a body, as long as they come."""
        arrived, waited, pieces = 0, 0.0, iter(stream)
        while True:
            start = time.monotonic()
            try:
                piece = next(pieces)
            except StopIteration:
                return
            except _http().TimeoutException as error:
                raise self._too_slow(arrived, limit) from error
            except _http().HTTPError as error:
                self._broke(error)
                raise  # the hub's client asks for the rest
            waited += time.monotonic() - start  # for the network, not for our own disk
            arrived += len(piece)
            yield piece
            if arrived >= PROGRESS:
                arrived, waited = 0, 0.0
                self.breaks = 0
            elif waited > limit:
                raise self._too_slow(arrived, limit)

    def _broke(self, error: Exception) -> None:
        """Count what the hub's client may try again, and end it when it was too often."""
        self.breaks += 1
        if self.breaks >= BREAKS:
            broke = ConnectionError(f"the connection broke off {self.breaks} times")
            raise self._end(broke) from error

    def _too_slow(self, arrived: int, limit: float) -> OSError:
        came = f"only {arrived:,} bytes" if arrived else "nothing"
        longer = "HF_HUB_DOWNLOAD_TIMEOUT=30 waits longer"
        return self._end(TimeoutError(f"{came} came for {limit:g} seconds; {longer}"))

    def _end(self, error: OSError) -> OSError:
        self.ended = self.ended or error
        return error


def _steady(stream: Any, watch: _Watch, limit: float) -> Any:
    """A body of an answer that is given up when it stops or trickles."""

    class Steady(_http().SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return watch.pieces(stream, limit)

        def close(self) -> None:
            stream.close()

    return Steady()


def _waits() -> tuple[float, float]:
    """The seconds that an answer, and a download may stand still: as the user says, else as we."""
    from huggingface_hub import constants

    if "HF_HUB_DOWNLOAD_TIMEOUT" in os.environ:
        return (float(constants.HF_HUB_DOWNLOAD_TIMEOUT),) * 2
    return PATIENCE, SILENCE


def _ask(patience: float) -> bool:
    """Ask the hub for GPT-2's config, as its own client would; a mirror may well lack it."""
    from huggingface_hub import constants, get_session, hf_hub_url

    url = hf_hub_url("openai-community/gpt2", "config.json", endpoint=constants.ENDPOINT)
    try:
        status = get_session().head(url, timeout=patience, follow_redirects=False).status_code
    except transport_errors():
        return False
    return status < 400 or status in (401, 404)


def _http() -> ModuleType:
    """The HTTP library of the installed hub client: it changed once, and its errors with it."""
    from huggingface_hub.errors import HfHubHTTPError

    error = next(base for base in HfHubHTTPError.__bases__ if base is not OSError)
    return sys.modules[error.__module__]
