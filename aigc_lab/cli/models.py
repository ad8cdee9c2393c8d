"""From the word MODEL to a model: a run, an exported folder, the bundled one, or GPT-2."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.core.console import note
from aigc_lab.training import run_files as runs

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

MODELS = """\
MODEL is one of
  runs/NAME        the folder of a run that `aigc-lab train` made (its best step), or one
                   checkpoint file in it, such as runs/NAME/last.safetensors
  FOLDER           a model in transformers' format, such as `aigc-lab export` writes
  bundled          the checkpoint that comes with the course (also called town-gpt2)
  town-chat        the course's assistant; also town-sft, before its last lesson
  gpt2             GPT-2 from the cache or the hub; also gpt2-medium, gpt2-large, gpt2-xl
"""
BUNDLED = "bundled"


@dataclass(frozen=True)
class Opened:
    """A model ready to use, its tokenizer, and the name that the user gave it."""

    name: str
    model: GPT
    tokenizer: Tokenizer


@dataclass(frozen=True)
class Found:
    """Where a model is, before anything large is read; `run` is its run's folder, if it has one.

    `adapted`: `path` holds only the adapter that makes an assistant of another checkpoint.
    """

    name: str
    path: Path
    run: Path | None = None
    adapted: bool = False

    def open(self, device: str = "auto") -> Opened:
        """Read the model; `device` is where it will compute.

        Raises: ValueError when a file is missing, damaged or of another kind.
        """
        from aigc_lab.core.runtime import pick_device

        place = pick_device(device)
        if self.run:
            model, tokenizer = runs.load_run(self.path)
            return Opened(self.name, model.to(place), tokenizer)
        if self.adapted:
            from aigc_lab.chat.bundled import load_chat

            chat = load_chat()
            return Opened(self.name, chat.model.to(place), chat.tokenizer)
        from aigc_lab.pretrained.load import load_pretrained

        loaded = load_pretrained(self.path, device=place)
        return Opened(self.name, loaded.model, loaded.tokenizer)

    def recipe(self) -> dict[str, Any] | None:
        """What the run was asked for, if it is one of ours."""
        return runs.read_recipe(self.run) if self.run else None


def find_model(name: str) -> Found:
    """Find what MODEL names; the hub is asked only for names that are no path here.

    Raises: ValueError saying what stands there instead, and what to do.
    """
    path = Path(name).expanduser()
    if name == BUNDLED:
        from aigc_lab.pretrained.locate import bundled_folder

        return Found(name, bundled_folder())
    if path.is_file():
        return _checkpoint_file(name, path)
    if path.is_dir():
        if runs.is_run(path):
            return Found(name, path, run=path)
        if (path / "config.json").is_file():
            return Found(name, path)
        raise ValueError(
            f"{name} holds neither a run (last.safetensors) nor a model (config.json); "
            "name the folder that `aigc-lab train` or `aigc-lab export` wrote"
        )
    return _by_name(name, path)


def is_model(word: str) -> bool:
    """Whether a word by itself can only be meant as MODEL: a name of a model, or a folder."""
    from aigc_lab.chat.bundled import CHAT
    from aigc_lab.pretrained.locate import ALIASES, COMES_ALONG

    return word in (BUNDLED, CHAT, *COMES_ALONG, *ALIASES) or os.path.isdir(word)


def find_models(names: Sequence[str]) -> list[Found]:
    """Find several, so that a wrong name is told before the first is opened."""
    return [find_model(name) for name in names]


def _checkpoint_file(name: str, path: Path) -> Found:
    if path.suffix != ".safetensors":
        raise ValueError(
            f"{name} is a file, but no checkpoint (*.safetensors); name a run's folder, one of its "
            "checkpoints, or a folder in transformers' format"
        )
    return Found(name, path, run=path.parent)


def _by_name(name: str, path: Path) -> Found:
    """A model by its name: of the course, the cache or the hub; a path is told to be none."""
    from aigc_lab.chat.bundled import CHAT, adapter_folder
    from aigc_lab.pretrained.locate import ALIASES, BUNDLED, WeightsAbsent, locate

    if name == CHAT:
        return Found(name, adapter_folder(), adapted=True)
    known = name in ALIASES or name == BUNDLED
    is_path = name.startswith((".", "/", "~")) or (path.parent != Path() and path.parent.is_dir())
    if is_path and not known:
        raise ValueError(f"there is no {name}; {_neighbours(path)}")
    try:
        located = locate(name)
    except WeightsAbsent as error:
        if known:
            raise
        raise WeightsAbsent(
            f"there is no folder {name} here; {_meant(name)}; for a model of the hub: {error}"
        ) from error
    if located.source == "hub":
        note(f"{name}: downloaded from the hub; it is in the cache from now on")
    return Found(name, located.folder)


def _meant(name: str) -> str:
    """The folder here, or of a run, whose name is nearly this one."""
    places = [place for place in (Path(), Path("runs")) if place.is_dir()]
    folders = {item.name: item for place in places for item in place.iterdir() if item.is_dir()}
    close = get_close_matches(name, folders, n=1)
    return f"is {folders[close[0]]} meant?" if close else "check its name, and where you are"


def _neighbours(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either, so check the path"
    names = sorted(item.name for item in path.parent.iterdir() if item.is_dir())
    if not names:
        return f"{path.parent} holds no folder, so train first: aigc-lab train python_docs"
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return f"{path.parent} holds {shown}"
