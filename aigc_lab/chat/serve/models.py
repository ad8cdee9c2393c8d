"""From the name of a model to a folder that transformers opens."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.chat.bundled import CHAT, load_chat
from aigc_lab.chat.template import can_chat, save_chat
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.hub_tokenizer import has_tokenizer
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import BUNDLED, locate
from aigc_lab.training.run_files import is_run, load_run

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer


@contextlib.contextmanager
def opened_folder(name: str) -> Iterator[Path]:
    """A folder in transformers' format; one that had to be written is deleted in the end.

    `name` is a folder, a run's folder or a checkpoint in it, "town-chat", "town-sft",
    "town-gpt2", or a model of the hub.
    Raises: ValueError when there is no such model, or something of it is missing.
    """
    path = Path(name).expanduser()
    if name == CHAT and not path.exists():
        loaded = load_chat()
        with _written(loaded.model, loaded.tokenizer) as folder:
            yield folder
    elif path.is_file() or (path.is_dir() and is_run(path)):
        with _written(*load_run(path)) as folder:
            yield folder
    else:
        folder = locate(BUNDLED if name == "bundled" else name).folder
        require_whole(folder)
        yield folder


def require_whole(folder: Path) -> None:
    """Refuse a folder that lacks a part or holds a damaged one.

    transformers does so at length, and draws weights that are missing at random.
    Raises: ValueError saying what is wrong.
    """
    if not has_tokenizer(folder):
        raise ValueError(
            f"{folder} has no tokenizer; write the model together with it, as "
            "`aigc-lab export` does"
        )
    load_pretrained(folder, device="meta")  # reads every tensor and keeps none


@contextlib.contextmanager
def _written(model: GPT, tokenizer: Tokenizer) -> Iterator[Path]:
    write = save_chat if can_chat(tokenizer) else save_pretrained
    with tempfile.TemporaryDirectory(prefix="aigc-lab-", ignore_cleanup_errors=True) as folder:
        write(folder, model, tokenizer)
        yield Path(folder)
