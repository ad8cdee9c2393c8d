"""From a name to a folder: given, bundled, cached or downloaded, and always within seconds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from aigc_lab.core.files import data_folder
from aigc_lab.core.network import offline_by_environment
from aigc_lab.pretrained.checksums import CONFIG, SMALL, find_damage
from aigc_lab.pretrained.hub import PATIENCE, bounded_waiting, hub_answers, transport_errors
from aigc_lab.pretrained.hub_tokenizer import has_tokenizer
from aigc_lab.pretrained.weights import WHOLE, weight_files

BUNDLED = "town-gpt2"
TUNED = "town-sft"  # the same after supervised fine-tuning
COMES_ALONG = (BUNDLED, TUNED)
ALIASES = {name: f"openai-community/{name}" for name in ("gpt2-medium", "gpt2-large", "gpt2-xl")}
ALIASES["gpt2"] = "openai-community/gpt2"
HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
WANTED = [*SMALL, WHOLE, "model-*.safetensors"]


class WeightsAbsent(ValueError):
    """The weights are neither here nor to be had; the message says what to do."""


@dataclass(frozen=True)
class Located:
    """A folder that holds a model, and where it came from: folder, bundled, cache or hub."""

    folder: Path
    source: str


def locate(name: str | Path, offline: bool | None = None) -> Located:
    """Find a model: a folder, one that comes with the course, or a name on the Hugging Face hub.

    `COMES_ALONG` names those of the course. A hub name is looked for in the cache first, then on
    the hub if it answers within 2 seconds.
    Files whose checksum is not the one that the hub gave are as good as none. `offline=True` stays
    off the network; None follows the variable HF_HUB_OFFLINE.

    Raises: WeightsAbsent (a ValueError) saying what to do: when the hub leaves any question
        without an answer for 2 seconds, when a download that has begun stands still for 5 (for
        both, as HF_HUB_DOWNLOAD_TIMEOUT says), else at once; but weights are summed when they are
        new here, at a second or two per gigabyte from a disk that is fast enough.
        ValueError for a model of another architecture, before its weights are downloaded.
    """
    text = str(name)
    if Path(name).expanduser().is_dir():
        return Located(Path(name).expanduser(), "folder")
    if text in COMES_ALONG:
        return Located(bundled_folder(text), "bundled")
    if isinstance(name, Path) or not HUB_NAME.fullmatch(text) or text.startswith("."):
        raise WeightsAbsent(f"there is no folder {text}; mend the path, or give a hub name")
    if cached := cached_folder(text):
        return Located(_undamaged(cached, text), "cache")
    if is_offline(offline):
        raise WeightsAbsent(f"{text} is not in the cache, and we are offline; {_what_to_do(text)}")
    if not hub_answers(PATIENCE):
        raise WeightsAbsent(
            f"{text} is not in the cache, and the hub did not answer within {PATIENCE:g} seconds; "
            f"{_what_to_do(text)}"
        )
    return Located(_undamaged(_download(text), text), "hub")


def bundled_folder(name: str = BUNDLED) -> Path:
    """The checkpoint that comes with the course, or another of `COMES_ALONG`.

    Raises: WeightsAbsent when this installation lacks it.
    """
    folder = data_folder() / "pretrained" / name
    if not (folder / CONFIG).is_file():
        raise WeightsAbsent(f"the bundled checkpoint is not at {folder}; install the package again")
    return folder


def cached_folder(name: str) -> Path | None:
    """The snapshot of a hub model in the local cache, if there is a complete or a damaged one."""
    from huggingface_hub import try_to_load_from_cache

    for repository in dict.fromkeys([ALIASES.get(name, name), name]):
        config = try_to_load_from_cache(repository, CONFIG)
        folder = Path(config).parent if isinstance(config, str) else None
        if folder and (_is_complete(folder) or find_damage(folder, weights=False)):
            return folder
    return None


def is_offline(offline: bool | None = None) -> bool:
    """Whether the network is to be left alone: as told, else as HF_HUB_OFFLINE says."""
    if offline is not None:
        return offline
    from huggingface_hub import is_offline_mode  # which read the variable when it was imported

    return offline_by_environment() or is_offline_mode()


def _is_complete(folder: Path) -> bool:
    """Whether a snapshot has weights and tokenizer; a download cut off is as good as none."""
    try:
        return bool(weight_files(folder)) and has_tokenizer(folder)
    except ValueError:
        return False  # no weights, only a pickle, or a shard is missing


def _undamaged(folder: Path, name: str) -> Path:
    """The folder, unless a file in it is not the one that the hub promised."""
    if damage := find_damage(folder):
        raise WeightsAbsent(
            f"{name} is in the cache, but damaged: {damage}; with a network run "
            f"`hf download {ALIASES.get(name, name)} --force-download`"
        )
    return folder


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    from aigc_lab.pretrained.folder import read_format

    repository = ALIASES.get(name, name)
    try:
        with bounded_waiting():
            about = Path(snapshot_download(repository, allow_patterns=[CONFIG]))
            if (about / CONFIG).is_file():
                read_format(about)  # of another architecture not even the weights are fetched
            return Path(snapshot_download(repository, allow_patterns=WANTED))
    except GatedRepoError as error:
        raise WeightsAbsent(
            f"the makers of {name} ask you to accept their terms first; do so on its page, then "
            "run `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise WeightsAbsent(
            f"the hub has no model {name} (or it is private); mend the name, e.g. gpt2"
        ) from error
    except (*transport_errors(), json.JSONDecodeError) as error:  # or a page to sign in came
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise WeightsAbsent(
            f"{name} could not be downloaded ({reason}); what has arrived is kept; "
            f"{_what_to_do(name)}"
        ) from error


def _what_to_do(name: str) -> str:
    return (
        f"with a network run `hf download {ALIASES.get(name, name)}`, give the folder of a copy, "
        f"or use the bundled checkpoint {BUNDLED!r}"
    )
