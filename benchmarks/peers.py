"""Peers that may or may not be at hand: texts, and a copy of minbpe."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

from aigc_lab.text.corpus import load_corpus
from aigc_lab.town.documents import documents
from benchmarks.checkout import ROOT, git

BESIDE_THE_REPOSITORY = ROOT.parent / "shared" / "data"
MINBPE = "AIGC_LAB_MINBPE"


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
    folder = Path(os.environ.get(MINBPE, ""))
    if not os.environ.get(MINBPE) or not (folder / "minbpe" / "regex.py").is_file():
        raise NotHere(
            f"minbpe is not at hand: set {MINBPE} to the folder of a copy "
            "(git clone https://github.com/karpathy/minbpe)"
        )
    package = ModuleType("minbpe")  # its own __init__ asks for tiktoken, which this does not need
    package.__path__ = [str(folder / "minbpe")]
    sys.modules["minbpe"] = package
    module = importlib.import_module("minbpe.regex")
    commit = git(folder, "describe", "--always", "--abbrev=12", "--dirty=+changes", "--exclude=*")
    return module.RegexTokenizer, module.GPT2_SPLIT_PATTERN, commit or "unknown"
