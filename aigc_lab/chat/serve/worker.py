"""What the server's process runs: open the model, listen, and end when the starter lets go.

It is told what to serve on standard input, in one line, and says how far it is on standard output,
a line of JSON each; its end comes when standard input closes, however that came about.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.chat.serve.server import LOOPBACK

if TYPE_CHECKING:
    from aigc_lab.chat.serve.engine import Engine

SECONDS_TO_FINISH = 2  # for requests that are being answered when the end comes
ANYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # where a client on this machine finds them
Say = Callable[..., None]


def main() -> int:
    """Serve what standard input asks for, until it closes."""
    wanted = json.loads(sys.stdin.readline())
    say = starter()
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        with listen(wanted["host"], wanted["port"]) as listener:
            serve(wanted, listener, say)
    except (ValueError, OSError) as error:
        say(refused=str(error))
        return 1
    finally:
        shutil.rmtree(wanted["scratch"], ignore_errors=True)  # should the starter have been killed
    return 0


def starter() -> Say:
    """A way to tell the starter something; all else that is printed goes to standard error."""
    words = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**message: Any) -> None:
        with contextlib.suppress(BrokenPipeError):  # it has gone, which standard input says too
            print(json.dumps(message), file=words, flush=True)

    return say


def listen(host: str, port: int) -> socket.socket:
    """Take a port; 0 takes a free one.

    Raises: OSError saying what to do when that cannot be.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise OSError(
            f"cannot listen on {host} port {port} ({error}); choose another port, or 0 for a free "
            "one"
        ) from error


def serve(wanted: dict[str, Any], listener: socket.socket, say: Say) -> None:
    """Open the model and answer requests for it.

    Raises: ValueError when there is no such model, or it is damaged.
    """
    engine = open_engine(wanted["model"], wanted["device"], say)
    import uvicorn

    from aigc_lab.chat.serve.front import Front

    name = wanted["name"] or model_name(wanted["model"])

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        say(url=address(listener), name=name, context=engine.context)
        yield

    front = Front(engine, name, wanted["api_key"], lifespan)
    log_to_stderr(wanted["log"])
    config = uvicorn.Config(
        front.app, log_config=None, timeout_graceful_shutdown=SECONDS_TO_FINISH, ws="none"
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_wait_for_the_end, args=(server, engine), daemon=True).start()
    asyncio.run(server.serve(sockets=[listener]))


def open_engine(model: str, device: str, say: Say) -> Engine:
    """transformers' server with the model in it."""
    say(progress=f"opening {model}")
    from aigc_lab.chat.serve.models import opened_folder
    from aigc_lab.core.runtime import pick_device

    place = pick_device(device)
    with opened_folder(model) as folder:
        say(progress="starting transformers' server")
        from transformers.utils.logging import disable_progress_bar

        from aigc_lab.chat.serve.engine import Engine

        disable_progress_bar()
        before = Path.cwd()
        os.chdir(folder)
        try:
            return Engine(str(place))
        finally:
            os.chdir(before)


def model_name(model: str) -> str:
    """What clients call a model: its name, or its folder's.

    >>> model_name("models/mine"), model_name("town-chat")
    ('mine', 'town-chat')
    """
    return Path(model).expanduser().resolve().name or model


def address(listener: socket.socket) -> str:
    """Where clients on this machine find the API."""
    host, port = listener.getsockname()[:2]
    host = ANYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"


def log_to_stderr(everything: bool) -> None:
    """One line a request to standard error, or only what goes wrong.

    transformers' server has set up uvicorn's log for itself, on standard output; that is undone.
    """
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    level = logging.INFO if everything else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")


def _wait_for_the_end(server: Any, engine: Engine) -> None:
    sys.stdin.read()
    server.should_exit = True
    engine.stop()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # nothing is left to do, and Python would take a second to take torch apart
