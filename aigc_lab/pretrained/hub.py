"""Asking and downloading from the Hugging Face hub, so that a broken network costs seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from aigc_lab.core.network import within

PATIENCE = 2.0  # seconds that the hub has to answer one small question
SILENCE = 5.0  # seconds without progress after which a download is given up
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

    watch, client = _Watch(_silence()), get_session()
    hooks, direct = client.event_hooks, constants.HF_HUB_DISABLE_XET
    client.event_hooks = {
        "request": [*hooks.get("request", []), watch.request],
        "response": [*hooks.get("response", []), watch.response],
    }
    constants.HF_HUB_DISABLE_XET = True  # its own downloader has limits of its own: minutes
    try:
        yield
    finally:
        client.event_hooks, constants.HF_HUB_DISABLE_XET = hooks, direct


class _Watch:
    """The requests of one download, and whether they get anywhere; several threads make them."""

    def __init__(self, silence: float) -> None:
        self.silence = silence
        self.asked: dict[tuple[str, ...], float] = {}  # what was asked since the last progress
        self.breaks = 0  # since then

    def request(self, request: Any) -> None:
        """Bound its waits, and refuse to ask once more what brought nothing for too long."""
        question = (request.method, str(request.url), request.headers.get("Range", ""))
        now = time.monotonic()
        if now - self.asked.setdefault(question, now) > self.silence:
            raise self._too_slow(0)
        waits = request.extensions.get("timeout", {})
        bounded = {phase: min(wait or self.silence, self.silence) for phase, wait in waits.items()}
        request.extensions = {**request.extensions, "timeout": bounded}

    def response(self, response: Any) -> None:
        """Watch its body; do not sleep as long as a busy hub would like."""
        if response.status_code == 429 or "Retry-After" in response.headers:
            raise ConnectionError(f"the hub is busy (HTTP {response.status_code}); ask again later")
        response.stream = _steady(response.stream, self)

    def pieces(self, stream: Any) -> Iterator[bytes]:
        """The pieces of a body, as long as they come."""
        arrived, waited, pieces = 0, 0.0, iter(stream)
        while True:
            start = time.monotonic()
            try:
                piece = next(pieces)
            except StopIteration:
                return
            except _http().TimeoutException as error:
                raise self._too_slow(arrived) from error  # which the hub's client does not repeat
            except _http().HTTPError as error:
                self.breaks += 1
                if self.breaks < BREAKS:
                    raise  # the hub's client asks for the rest
                raise ConnectionError(f"the connection broke off {self.breaks} times") from error
            waited += time.monotonic() - start  # for the network, not for our own disk
            arrived += len(piece)
            yield piece
            if arrived >= PROGRESS:
                arrived, waited = 0, 0.0
                self.breaks = 0
                self.asked.clear()
            elif waited > self.silence:
                raise self._too_slow(arrived)

    def _too_slow(self, arrived: int) -> TimeoutError:
        came = f"only {arrived:,} bytes" if arrived else "nothing"
        return TimeoutError(
            f"{came} came for {self.silence:g} seconds; HF_HUB_DOWNLOAD_TIMEOUT=30 waits longer"
        )


def _steady(stream: Any, watch: _Watch) -> Any:
    """A body of an answer that is given up when it stops or trickles."""

    class Steady(_http().SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return watch.pieces(stream)

        def close(self) -> None:
            stream.close()

    return Steady()


def _silence() -> float:
    """The seconds that a download may stand still: what the user's variable says, else ours."""
    from huggingface_hub import constants

    chosen = "HF_HUB_DOWNLOAD_TIMEOUT" in os.environ
    return float(constants.HF_HUB_DOWNLOAD_TIMEOUT) if chosen else SILENCE


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
