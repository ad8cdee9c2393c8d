"""Starting the server as a process of its own, and ending it whatever happens.

A process of its own, because transformers' server sets the global random state, keeps threads for
ever and computes while a notebook does. It ends when its standard input closes, so it cannot
outlive the process that started it, not even one that was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from aigc_lab.core.network import within

if TYPE_CHECKING:
    from openai import OpenAI

LOOPBACK = "127.0.0.1"
NEARBY = (LOOPBACK, "localhost", "::1")  # the names of this machine
PATIENCE = 240.0  # seconds until a model must be ready; a small one takes about 5 of one core
GRACE = 5.0  # seconds that the process has for an orderly end
KEY_VARIABLE = "AIGC_LAB_API_KEY"
PACKAGE_HOME = Path(__file__).resolve().parents[3]


@dataclass
class Server:
    """A model behind the API: where it is, what it calls itself, and the key it asks for.

    The key is made for this server, kept in memory and shown nowhere.
    Notebook: 12 applications.
    """

    url: str
    api_key: str = field(repr=False)
    model: str
    context: int
    process: subprocess.Popen[bytes] = field(repr=False)
    _clients: list[OpenAI] = field(default_factory=list, repr=False)

    def client(self, **settings: Any) -> OpenAI:
        """An `openai` client for this server; `settings` as `openai.OpenAI` takes them.

        It goes to the server directly, past any proxy, and is closed together with it.
        """
        import openai

        settings = {"base_url": self.url, "api_key": self.api_key, **settings}
        if "http_client" not in settings:
            settings["http_client"] = openai.DefaultHttpxClient(trust_env=False)
        client = openai.OpenAI(**settings)
        self._clients.append(client)
        return client

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """Close its clients and end its process; a second time does nothing."""
        while self._clients:
            self._clients.pop().close()
        end_process(self.process)


@contextlib.contextmanager
def running_server(
    model: str | Path,
    port: int = 0,
    *,
    host: str = LOOPBACK,
    name: str | None = None,
    api_key: str | None = None,
    device: str = "auto",
    patience: float = PATIENCE,
    on_progress: Callable[[str], object] = lambda _: None,
    log: bool = False,
) -> Iterator[Server]:
    """Serve a model for as long as the `with` block lasts.

    `model` is a folder that transformers opens, a run's folder, or a name: "town-chat",
    "town-sft", "town-gpt2", "gpt2". `port=0` takes a free one. `name` is what clients call the
    model. The key is `api_key`, else the variable AIGC_LAB_API_KEY, else a new random one. With
    `log` the server's own lines, one a request and never its text, go to stderr.

    Raises: ValueError or OSError when there is no such model, it is damaged, the port is taken, or
        the server is not ready within `patience` seconds.
    Notebook: 12 applications.
    """
    if api_key is None:
        api_key = os.environ.get(KEY_VARIABLE) or "local-" + secrets.token_urlsafe(24)
    wanted = {
        "model": str(model),
        "name": name,
        "host": host,
        "port": port,
        "api_key": api_key,
        "device": device,
        "log": log,
    }
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(_scratch_folder())
        errors = None if log else stack.enter_context(tempfile.TemporaryFile())
        process = _start(errors, scratch)
        stack.callback(end_process, process)
        try:
            _tell(process, {**wanted, "scratch": scratch})
            ready = _wait_until_ready(process, errors, patience, on_progress)
        except BaseException:
            process.kill()  # it is busy starting, and has nothing to finish
            raise
        server = Server(ready["url"], api_key, ready["name"], ready["context"], process)
        stack.callback(server.close)
        yield server


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End the server: ask, then insist."""
    for insist in (lambda: None, process.terminate, process.kill):
        insist()
        with contextlib.suppress(OSError):  # it has gone before it read all
            if process.stdin:
                process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
            break
    if process.stdout:
        process.stdout.close()


def _scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """A place for what the server writes on its way, so that nothing of it stays."""
    return tempfile.TemporaryDirectory(prefix="aigc-lab-serve-", ignore_cleanup_errors=True)


def _start(errors: IO[bytes] | None, scratch: str) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(PACKAGE_HOME), *filter(None, [environment.get("PYTHONPATH")])]
    )
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # waiting must not take a notebook's core
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)
    environment["TOKENIZERS_PARALLELISM"] = "false"
    # Out of the terminal's group: an interrupt is for the one who started it, who then ends it.
    own = {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}
    return subprocess.Popen(
        [sys.executable, "-m", "aigc_lab.chat.serve.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        **own,
    )


def _tell(process: subprocess.Popen[bytes], wanted: dict[str, Any]) -> None:
    """What to serve, on standard input: other people on the machine can read arguments."""
    with contextlib.suppress(BrokenPipeError):  # it has ended, and why is read next
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.flush()


def _wait_until_ready(
    process: subprocess.Popen[bytes],
    errors: IO[bytes] | None,
    patience: float,
    on_progress: Callable[[str], object],
) -> dict[str, Any]:
    """What the server says of itself once it is ready; told on the way what it does."""
    end = time.monotonic() + patience
    while True:
        try:
            line = within(max(0.0, end - time.monotonic()), process.stdout.readline)
        except TimeoutError:
            raise TimeoutError(
                f"the server was not ready within {patience:g} seconds; try again with more "
                "patience, or with a smaller model"
            ) from None
        if not line:
            words = _last_words(process, errors)
            raise OSError(f"the server ended before it was ready: {words}")
        said = json.loads(line)
        if "refused" in said:
            raise ValueError(said["refused"])
        if "progress" not in said:
            return said
        on_progress(said["progress"])


def _last_words(process: subprocess.Popen[bytes], errors: IO[bytes] | None) -> str:
    """The last line that a server wrote to its standard error."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    if errors is None:
        return f"exit code {process.returncode}; its last lines say why"
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit code {process.returncode}"
