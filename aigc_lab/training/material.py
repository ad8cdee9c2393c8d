"""What a recipe's run learns from: a text, a file of token ids, or a streamed data set."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from torch import Tensor

from aigc_lab.core.files import write_json
from aigc_lab.text.batches import Batches
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.gpt2 import gpt2_tokenizer
from aigc_lab.text.streamed import StreamedTexts, texts_to_file
from aigc_lab.text.token_ids import as_ids, encode_documents, open_ids, split
from aigc_lab.text.tokenizer import CharTokenizer, Tokenizer, load_tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.town.batches import Exam, TownBatches
from aigc_lab.training import run_files
from aigc_lab.training.recipes import Recipe
from aigc_lab.training.texts import Text, ids_file, ids_to_learn, load_text, size, written_once

MOST_HELD_OUT = 2**20  # ids of a file: more would tell a loss hardly any better
LEARNED = "GPT-2's vocabulary is not at hand, so word pieces were learned from the text:"
ENOUGH_TEXT = 20 * 2**20  # characters of a data set that word pieces are learned from


@dataclass(frozen=True)
class Source:
    """Where the tokens come from, instead of the recipe's own text.

    `tokens` is a file of ids, as `write_ids` writes it; `dataset` a data set for `StreamedTexts`;
    `vocabulary` a folder with the tokenizer to use, or the one that made the ids.

    Raises: ValueError for more than one of text, tokens and dataset.
    """

    text: str | None = None
    tokens: str | None = None
    dataset: str | None = None
    column: str = "text"
    vocabulary: str | None = None

    def __post_init__(self) -> None:
        given = [name for name in ("text", "tokens", "dataset") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} were given; a run learns from one of them")


@dataclass(frozen=True)
class Material:
    """All that a run needs beside a model: batches, and what wrote and will read them.

    `facts` go into the run's recipe.json, and must be the same when the run goes on.
    """

    tokenizer: Tokenizer | None
    batches: Batches | TownBatches
    vocab_size: int
    facts: dict[str, Any]
    text: Text | None = None
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What it is, for a reader, a line a topic."""
        facts, total = self.facts, self.batches.total_tokens
        count = "without end" if total is None else f"{total:,} tokens to learn from"
        lines = [f"text       {facts['text']}: {count}"]
        if self.text:
            lines[0] += f", {size(self.text.held_out):,} bytes held out ({self.text.licence})"
        kind = type(self.tokenizer).__name__ if self.tokenizer else "not here"
        lines.append(f"tokenizer  {kind}, {self.vocab_size:,} tokens")
        return [*lines, *(f"           {remark}" for remark in self.remarks)]

    def write(self, folder: Path, recipe: dict[str, Any]) -> None:
        """Put down what the run needs beside its checkpoints, the recipe first."""
        if self.text and self.tokenizer:
            run_files.write_run(folder, recipe, self.tokenizer, self.text)
            return
        write_json(folder / run_files.RECIPE, recipe)
        if self.tokenizer:
            self.tokenizer.save(folder)


class ExamInParts:
    """Batches whose examination comes in parts of `rows` rows, as many as fit in memory."""

    def __init__(self, batches: Batches | TownBatches, rows: int) -> None:
        self.batches, self.rows = batches, rows
        self.next, self.total_tokens = batches.next, batches.total_tokens

    def evaluation(self, n: int) -> list[tuple[Tensor, Tensor]]:
        """The `n` batches of the whole examination, cut."""
        exam = self.batches.evaluation(n)
        parts = [
            part
            for x, y in exam
            for part in zip(x.split(self.rows), y.split(self.rows), strict=True)
        ]
        return Exam(parts, exam.floor) if isinstance(exam, Exam) else parts


def gather(recipe: Recipe, source: Source, folder: Path, goes_on: bool = False) -> Material:
    """Get a recipe's material ready; `goes_on` takes the tokenizer that stands in the folder.

    Raises: ValueError, FileNotFoundError or ConnectionError saying what is wrong with it.
    """
    kept = folder if goes_on and (folder / "tokenizer.json").is_file() else None
    if source.tokens:
        return _from_ids(recipe, source, kept)
    if source.dataset:
        return _from_dataset(recipe, source, kept)
    name = require_text(recipe, source)
    return _from_text(recipe, load_text(name, progress=sys.stderr.isatty()), source, kept)


def download(recipe: Recipe, source: Source) -> None:
    """Fetch what comes over the network, so that several processes do not fetch it all at once."""
    if recipe.tokenizer == "gpt2":
        with suppress(ConnectionError, ValueError):  # `gather` will say so
            gpt2_tokenizer()
    if not (source.tokens or source.dataset):
        load_text(require_text(recipe, source), progress=sys.stderr.isatty())


def require_text(recipe: Recipe, source: Source) -> str:
    """What a run learns from, by the name that it was given.

    Raises: ValueError when nothing was given, and the recipe has no text of its own.
    """
    name = source.tokens or source.dataset or source.text or recipe.text
    if name is None:
        raise ValueError(
            f"the recipe {recipe.name} has no text of its own; give it a text (a name or a path), "
            "--tokens FILE.npy or --dataset NAME"
        )
    return name


def _from_text(recipe: Recipe, text: Text, source: Source, kept: Path | None) -> Material:
    tokenizer, remarks = _tokenizer(recipe, source, kept, text)
    sizes = (recipe.train.batch_size, recipe.model.block_size)
    batches: Batches | TownBatches
    if text.endless:
        batches = TownBatches(tokenizer, *sizes, recipe.train.seed)
    else:
        ids = ids_to_learn(text, tokenizer, progress=sys.stderr.isatty())
        held_out = encode_documents(tokenizer, text.held_out)[0]
        batches = Batches(ids, *sizes, held_out, recipe.train.seed)
    facts = {"text": text.name, "text_sha256": text.sha256}
    return Material(tokenizer, batches, tokenizer.vocab_size, facts, text, remarks)


def _from_dataset(recipe: Recipe, source: Source, kept: Path | None) -> Material:
    texts = StreamedTexts(str(source.dataset), source.column)
    tokenizer, remarks = _tokenizer(recipe, source, kept, texts)
    path = ids_file(texts.fingerprint, tokenizer)
    written_once(path, lambda: texts_to_file(tokenizer, texts, path))
    facts = {"text": source.dataset, "column": source.column}
    remarks.append(f"its ids are kept in {path}")
    return _of_ids(recipe, path, tokenizer, tokenizer.vocab_size, facts, remarks)


def _from_ids(recipe: Recipe, source: Source, kept: Path | None) -> Material:
    path = Path(str(source.tokens))
    found = kept or source.vocabulary
    beside = path.parent if (path.parent / "tokenizer.json").is_file() else None
    tokenizer = load_tokenizer(found or beside) if found or beside else None
    if tokenizer and beside and not _same(tokenizer, load_tokenizer(beside)):
        raise ValueError(
            f"{path} was written with the tokenizer beside it, and {found} holds another one; "
            "leave --vocabulary out, or write the ids again"
        )
    vocab_size = tokenizer.vocab_size if tokenizer else recipe.model.vocab_size
    return _of_ids(recipe, path, tokenizer, vocab_size, {"text": path.name}, [])


def _of_ids(
    recipe: Recipe,
    path: Path,
    tokenizer: Tokenizer | None,
    vocab_size: int,
    facts: dict[str, Any],
    remarks: list[str],
) -> Material:
    """The material of a file of ids, whose end is held out."""
    try:
        ids = as_ids(open_ids(path), vocab_size)
    except ValueError as error:
        raise ValueError(f"{path} cannot be learned from: {error}") from error
    learn, held_out = split(ids, min(0.1, MOST_HELD_OUT / max(1, len(ids))))
    sizes = (recipe.train.batch_size, recipe.model.block_size)
    batches = Batches(learn, *sizes, held_out, recipe.train.seed)
    facts = {**facts, "tokens": len(ids)}
    return Material(tokenizer, batches, vocab_size, facts, remarks=remarks)


def _tokenizer(
    recipe: Recipe, source: Source, kept: Path | None, texts: Text | Iterable[str]
) -> tuple[Tokenizer, list[str]]:
    """The tokenizer of a run, and what is to be said of it."""
    if found := kept or source.vocabulary:
        return load_tokenizer(found), []
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
    return _learn_pieces(_first(texts, ENOUGH_TEXT), recipe.model.vocab_size), remarks


def learn_tokenizer(text: Text, kind: str, vocab_size: int | None) -> Tokenizer:
    """A tokenizer learned from the text: word pieces of what is learned from, or characters.

    The characters are those of the whole text, so that the held-out part can be written too.
    """
    if kind == "char":
        return CharTokenizer.train(chain(text.learn, text.held_out), [END_OF_TEXT])
    return _learn_pieces(text.for_tokenizer, vocab_size or 0)


def _learn_pieces(texts: Iterable[str], vocab_size: int) -> BPETokenizer:
    return BPETokenizer.train(texts, vocab_size, progress=sys.stderr.isatty())


def _first(texts: Iterable[str], characters: int) -> Iterator[str]:
    """The first texts that hold so many characters."""
    for text in texts:
        yield text
        characters -= len(text)
        if characters <= 0:
            return


def _same(one: Tokenizer, other: Tokenizer) -> bool:
    if one.vocab_size != other.vocab_size or one.special_tokens != other.special_tokens:
        return False
    return all(one.token_bytes(id) == other.token_bytes(id) for id in range(one.vocab_size))
