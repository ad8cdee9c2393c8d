"""Peers that may or may not be at hand: texts, and copies of minbpe and nanoGPT."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from aigc_lab.text.corpus import load_corpus
from aigc_lab.town.documents import documents
from benchmarks.checkout import ROOT, git

BESIDE_THE_REPOSITORY = ROOT.parent / "shared" / "data"
MINBPE = "AIGC_LAB_MINBPE"
NANOGPT = "AIGC_LAB_NANOGPT"


class NotHere(Exception):
    """A race cannot be held, because something it needs is not at hand; says what and the mend."""


def shakespeare() -> str:
    """Tiny Shakespeare, from `AIGC_LAB_DATA`, from beside the repository, or from the network.

    Raises: NotHere when it is in none of these places.
    """
    if BESIDE_THE_REPOSITORY.is_dir():
        os.environ.setdefault("AIGC_LAB_DATA", str(BESIDE_THE_REPOSITORY))
    try:
        (text,) = load_corpus("shakespeare").documents
    except ConnectionError as error:
        raise NotHere(
            "tiny Shakespeare is not at hand: set AIGC_LAB_DATA to the folder of "
            "tinyshakespeare.txt, or run this with a network"
        ) from error
    return text


def town_text(count: int) -> str:
    """Some documents of Tiny Town, which are always at hand."""
    return "\n".join(document.text for document in documents(count))


def minbpe() -> tuple[type, str, str]:
    """minbpe's tokenizer class, GPT-2's pattern as it writes it, and the commit of the copy.

    Raises: NotHere when `AIGC_LAB_MINBPE` does not name a copy.
    """
    folder = _copy("minbpe", MINBPE, "minbpe/regex.py")
    package = ModuleType("minbpe")  # its own __init__ asks for tiktoken, which this does not need
    package.__path__ = [str(folder / "minbpe")]
    sys.modules["minbpe"] = package
    module = importlib.import_module("minbpe.regex")
    return module.RegexTokenizer, module.GPT2_SPLIT_PATTERN, _commit(folder)


def nanogpt() -> tuple[ModuleType, str]:
    """nanoGPT's module `model`, under a name of our own, and the commit of the copy.

    Raises: NotHere when `AIGC_LAB_NANOGPT` does not name a copy.
    """
    folder = _copy("nanoGPT", NANOGPT, "model.py")
    spec = importlib.util.spec_from_file_location("_nanogpt_model", folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module, _commit(folder)


def _copy(name: str, variable: str, needed: str) -> Path:
    """The folder of a project's copy, which an environment variable names."""
    folder = Path(os.environ.get(variable, ""))
    if not os.environ.get(variable) or not (folder / needed).is_file():
        raise NotHere(
            f"{name} is not at hand: set {variable} to the folder of a copy "
            f"(git clone https://github.com/karpathy/{name})"
        )
    return folder


def _commit(folder: Path) -> str:
    described = git(
        folder, "describe", "--always", "--abbrev=12", "--dirty=+changes", "--exclude=*"
    )
    return described or "unknown"
