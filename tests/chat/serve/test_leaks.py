"""The real server's process has as many threads and open files after fifty requests as before."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

import openai
import psutil
import pytest

from aigc_lab.chat.serve import running_server
from tests.chat.serve.small import CONTEXT, QUESTION, small_tokenizer, until_idle, write_small

PATIENCE = 300.0  # a machine that is busy with other tests
# A library may start a thread of its own, or open a file, at any time. What is lost with each
# request of even one kind below comes to more: each kind is asked at least seven times.
SLACK = 3
LONG = {str(token): 100 for token in small_tokenizer().encode("Z")}  # nothing else, to the end


@pytest.fixture
def server(tmp_path):
    with running_server(write_small(tmp_path / "small"), patience=PATIENCE) as server:
        yield server


def held(server):
    """How many threads and open files the server's process has, with those that it started."""
    process = psutil.Process(server.process.pid)
    family = [process, *process.children(recursive=True)]
    count = psutil.Process.num_handles if psutil.WINDOWS else psutil.Process.num_fds
    return sum(each.num_threads() for each in family), sum(map(count, family))


def whole(ask, server):
    ask(messages=QUESTION, max_tokens=4)


def streamed(ask, server):
    assert list(ask(messages=QUESTION, max_tokens=4, stream=True))


def abandoned(ask, server):
    with ask(messages=QUESTION, n=32, stream=True, logit_bias=LONG) as stream:
        next(stream)


def not_waited_for(ask, server):
    with pytest.raises(openai.APITimeoutError):
        ask(messages=QUESTION, n=32, logit_bias=LONG, timeout=0.2)


def refused(ask, server):
    with pytest.raises(openai.BadRequestError):
        ask(messages=QUESTION, temperature=3)


def too_long(ask, server):
    """Refused later, by the watch, where transformers' server is already at work."""
    with pytest.raises(openai.BadRequestError):
        ask(messages=QUESTION, max_tokens=CONTEXT, stream=True)


def half_a_request(ask, server):
    """Whoever hangs up before all of the body is sent."""
    place = urlsplit(server.url)
    head = (
        f"POST /v1/completions HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {server.api_key}\r\nContent-Length: 99\r\n\r\n{{"
    )
    with socket.create_connection((place.hostname, place.port), timeout=PATIENCE) as line:
        line.sendall(head.encode())


KINDS = (whole, streamed, abandoned, not_waited_for, refused, too_long, half_a_request)


def ask_often(server, times):
    """Requests of every kind in turn, by a client that closes its connections in the end."""
    with server.client(max_retries=0, timeout=PATIENCE) as client:

        def ask(**fields):
            return client.chat.completions.create(model=server.model, **fields)

        for number in range(times):
            KINDS[number % len(KINDS)](ask, server)
    headers = {"Authorization": f"Bearer {server.api_key}"}
    with openai.DefaultHttpxClient(base_url=server.url, headers=headers, trust_env=False) as http:
        until_idle(http)


def at_rest(server, enough):
    """What it holds once that is `enough`, or after a few seconds: a line is closed soon after."""
    end = time.monotonic() + 10
    while True:
        found = held(server)
        if enough(found) or time.monotonic() > end:
            return found
        time.sleep(0.1)


def settled(server):
    """What it holds once half a second has changed nothing."""
    found = [held(server)]

    def enough(now):
        found.append(now)
        return len(found) > 5 and len(set(found[-5:])) == 1

    return at_rest(server, enough)


def test_fifty_requests_leave_no_thread_and_no_file_open(server):
    ask_often(server, 2 * len(KINDS))  # what is opened once, by the first that needs it
    threads, files = settled(server)
    ask_often(server, 50)

    def enough(now):
        return now[0] <= threads + SLACK and now[1] <= files + SLACK

    after = at_rest(server, enough)
    assert enough(after), f"it had {threads} threads and {files} files open, and has now {after}"
