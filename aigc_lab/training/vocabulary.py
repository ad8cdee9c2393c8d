"""The tokenizer of a recipe's run: found, downloaded or learned, by one process for all."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.gpt2 import gpt2_tokenizer
from aigc_lab.text.streamed import first_texts
from aigc_lab.text.tokenizer import CharTokenizer, Tokenizer, load_tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.training.recipes import Recipe
from aigc_lab.training.sharing import written_once
from aigc_lab.training.texts import Text

LEARNED = "GPT-2's vocabulary is not at hand, so word pieces were learned from the text:"
ENOUGH_TEXT = 20 * 2**20  # characters of a data set that word pieces are learned from


def make_tokenizer(
    recipe: Recipe,
    texts: Text | Iterable[str],
    share: Path | None = None,
    found: str | Path | None = None,
) -> tuple[Tokenizer, list[str]]:
    """The tokenizer of a run, `found` in a folder or made, and what is to be said of it.

    With a folder to `share`, the first process of this machine makes it and the others open it, so
    that they all have the same and nothing is downloaded or learned twice.

    Raises: TimeoutError when the first process has ended before it was made.
    """
    if found:
        return load_tokenizer(found), []
    if share is None:
        return _made(recipe, texts)
    remarks: list[str] = []

    def make() -> None:
        tokenizer, told = _made(recipe, texts)
        tokenizer.save(share)
        remarks.extend(told)

    written_once(share / "tokenizer.json", make)
    return load_tokenizer(share), remarks


def learn_tokenizer(text: Text, kind: str, vocab_size: int | None) -> Tokenizer:
    """A tokenizer learned from the text: word pieces of what is learned from, or characters.

    The characters are those of the whole text, so that the held-out part can be written too.
    """
    if kind == "char":
        return CharTokenizer.train(chain(text.learn, text.held_out), [END_OF_TEXT])
    return _learn_pieces(text.for_tokenizer, vocab_size or 0)


def _learn_pieces(texts: Iterable[str], vocab_size: int) -> BPETokenizer:
    return BPETokenizer.train(texts, vocab_size, progress=sys.stderr.isatty())


def _made(recipe: Recipe, texts: Text | Iterable[str]) -> tuple[Tokenizer, list[str]]:
    kind, remarks = recipe.tokenizer, []
    if kind == "gpt2":
        try:
            return gpt2_tokenizer(), []
        except (ConnectionError, ValueError) as error:
            kind, remarks = "bpe", [LEARNED, *str(error).splitlines()]
    if isinstance(texts, Text):
        return learn_tokenizer(texts, kind, recipe.model.vocab_size), remarks
    if kind == "char":  # a character that comes late must have an id too
        return CharTokenizer.train(texts, [END_OF_TEXT]), remarks
    return _learn_pieces(first_texts(texts, ENOUGH_TEXT), recipe.model.vocab_size), remarks
