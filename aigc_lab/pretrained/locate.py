"""From a name to a folder: given, bundled, cached or downloaded, and always within seconds."""

from __future__ import annotations

import os
import re
import socket
import threading
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aigc_lab.core.files import data_folder
from aigc_lab.pretrained.weights import INDEX, WHOLE, weight_files

BUNDLED = "town-gpt2"
PATIENCE = 2.0  # seconds that the hub has to answer the door
ALIASES = {name: f"openai-community/{name}" for name in ("gpt2-medium", "gpt2-large", "gpt2-xl")}
ALIASES["gpt2"] = "openai-community/gpt2"
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
WANTED = [
    *("config.json", WHOLE, INDEX, "model-*.safetensors"),
    *("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"),
]


class WeightsAbsent(ValueError):
    """The weights are neither here nor to be had; the message says what to do."""


@dataclass(frozen=True)
class Located:
    """A folder that holds a model, and where it came from: folder, bundled, cache or hub."""

    folder: Path
    source: str


def locate(name: str | Path, offline: bool | None = None) -> Located:
    """Find a model: a folder, the bundled one (`"town-gpt2"`), or a name on the Hugging Face hub.

    A hub name is looked for in the cache first, then on the hub if it answers within 2 seconds.
    `offline=True` stays off the network; None follows the variable HF_HUB_OFFLINE.

    Raises: WeightsAbsent (a ValueError) within 3 seconds, saying what to do.
    """
    text = str(name)
    if Path(name).expanduser().is_dir():
        return Located(Path(name).expanduser(), "folder")
    if text == BUNDLED:
        return Located(bundled_folder(), "bundled")
    if isinstance(name, Path) or not HUB_NAME.fullmatch(text) or text.startswith("."):
        raise WeightsAbsent(f"there is no folder {text}; mend the path, or give a hub name")
    if cached := cached_folder(text):
        return Located(cached, "cache")
    if is_offline(offline):
        raise WeightsAbsent(f"{text} is not in the cache, and we are offline; {_what_to_do(text)}")
    if not hub_answers(PATIENCE):
        raise WeightsAbsent(
            f"{text} is not in the cache, and the hub did not answer within {PATIENCE:g} seconds; "
            f"{_what_to_do(text)}"
        )
    return Located(_download(text), "hub")


def bundled_folder() -> Path:
    """The checkpoint that comes with the course.

    Raises: WeightsAbsent when this installation lacks it.
    """
    folder = data_folder() / "pretrained" / BUNDLED
    if not (folder / "config.json").is_file():
        raise WeightsAbsent(f"the bundled checkpoint is not at {folder}; install the package again")
    return folder


def cached_folder(name: str) -> Path | None:
    """The complete snapshot of a hub model in the local cache, if there is one."""
    from huggingface_hub import try_to_load_from_cache

    for repository in dict.fromkeys([ALIASES.get(name, name), name]):
        config = try_to_load_from_cache(repository, "config.json")
        if isinstance(config, str) and _is_complete(Path(config).parent):
            return Path(config).parent
    return None


def is_offline(offline: bool | None = None) -> bool:
    """Whether the network is to be left alone: as told, else as HF_HUB_OFFLINE says."""
    if offline is not None:
        return offline
    from huggingface_hub import is_offline_mode

    variable = os.environ.get("HF_HUB_OFFLINE", "").strip().lower()
    return is_offline_mode() or variable in ("1", "true", "yes", "on")


def hub_answers(patience: float) -> bool:
    """Whether the hub (or the proxy before it) accepts a connection in time.

    Looking up a name has no timeout of its own, so all of it happens in a thread that is left
    behind when time is up.
    """
    answer = threading.Event()
    target = _first_hop()

    def knock() -> None:
        try:
            socket.create_connection(target, timeout=patience).close()
        except OSError:
            return  # no answer: the event stays unset, which is the result
        answer.set()

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(patience)
    return answer.is_set()


def _first_hop() -> tuple[str, int]:
    """The host and port that a request to the hub connects to first."""
    from huggingface_hub import constants

    hub = urlsplit(constants.ENDPOINT)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(hub.scheme) or proxies.get("all")
    if proxy and not urllib.request.proxy_bypass(hub.hostname or ""):
        hub = urlsplit(proxy if "//" in proxy else f"//{proxy}", scheme="http")
    return hub.hostname or "", hub.port or (443 if hub.scheme == "https" else 80)


def _is_complete(folder: Path) -> bool:
    has_weights = (folder / WHOLE).is_file() or (folder / INDEX).is_file()
    try:
        return has_weights and bool(weight_files(folder))
    except ValueError:
        return False  # a shard is missing: as good as not cached


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    repository = ALIASES.get(name, name)
    try:
        return Path(snapshot_download(repository, allow_patterns=WANTED, etag_timeout=5))
    except GatedRepoError as error:
        raise WeightsAbsent(
            f"the makers of {name} ask you to accept their terms first; do so on its page, then "
            "run `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise WeightsAbsent(
            f"the hub has no model {name} (or it is private); mend the name, e.g. gpt2"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise WeightsAbsent(
            f"{name} could not be downloaded ({error}); try again: what has arrived is kept"
        ) from error


def _what_to_do(name: str) -> str:
    return (
        f"with a network run `hf download {ALIASES.get(name, name)}`, give the folder of a copy, "
        f"or use the bundled checkpoint {BUNDLED!r}"
    )
