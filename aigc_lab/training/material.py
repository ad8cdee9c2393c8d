"""What a recipe's run learns from: a text, a file of token ids, or a streamed data set."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from aigc_lab.core.files import cache_folder, write_json
from aigc_lab.core.units import size as disk_size
from aigc_lab.text.batches import Batches
from aigc_lab.text.streamed import StreamedTexts, first_texts, require_room, texts_to_file
from aigc_lab.text.token_ids import as_ids, encode_documents, id_format, open_ids, split
from aigc_lab.text.tokenizer import Tokenizer, load_tokenizer
from aigc_lab.town.batches import Exam, TownBatches
from aigc_lab.training import run_files
from aigc_lab.training.recipes import Recipe
from aigc_lab.training.sharing import written_once
from aigc_lab.training.texts import HELD_OUT_PART, Text, ids_file, ids_to_learn, load_text, size
from aigc_lab.training.vocabulary import make_tokenizer

LEAST_IDS = 2**20  # of a data set: a short run's examination shall not be of a few lines
MOST_HELD_OUT = 2**20  # ids of a file: more would tell a loss hardly any better


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


def gather(
    recipe: Recipe,
    source: Source,
    folder: Path,
    goes_on: bool = False,
    share: Path | None = None,
) -> Material:
    """Get a recipe's material ready; `goes_on` takes the tokenizer that stands in the folder.

    Several processes get a folder to `share`, so that only one of them makes the tokenizer.

    Raises: ValueError, FileNotFoundError or ConnectionError saying what is wrong with it.
    """
    kept = folder if goes_on and (folder / "tokenizer.json").is_file() else None
    if source.tokens:
        return _from_ids(recipe, source, kept)
    if source.dataset:
        return _from_dataset(recipe, source, kept, share)
    text = load_text(require_text(recipe, source), progress=sys.stderr.isatty())
    return _from_text(recipe, text, source, kept, share)


def ids_to_read(recipe: Recipe) -> int:
    """How many ids of a data set a run takes: what its steps can read, and what is held out.

    >>> from aigc_lab.training.recipes import RECIPES
    >>> ids_to_read(RECIPES["gpt2-124m"]) - 20_000 * 512 * 1024 == MOST_HELD_OUT
    True
    """
    read = recipe.train.steps * recipe.train.batch_size * recipe.model.block_size
    whole = min(math.ceil(read / (1 - HELD_OUT_PART)), read + MOST_HELD_OUT)
    return max(LEAST_IDS, whole)


def to_fetch(recipe: Recipe, source: Source) -> list[str]:
    """What is streamed before the first step, in a line, if anything is."""
    if not source.dataset:
        return []
    count = StreamedTexts(source.dataset).most_ids(ids_to_read(recipe))
    room = disk_size(count * id_format(recipe.model.vocab_size).itemsize)
    told = f"up to {count:,} token ids of {source.dataset}, kept in {cache_folder()} ({room})"
    return [f"to read    {told}"]


def download(recipe: Recipe, source: Source) -> None:
    """Fetch the text if it comes over the network: several processes must not do so at once."""
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


def _from_text(
    recipe: Recipe, text: Text, source: Source, kept: Path | None, share: Path | None
) -> Material:
    tokenizer, remarks = make_tokenizer(recipe, text, share, kept or source.vocabulary)
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


def _from_dataset(
    recipe: Recipe, source: Source, kept: Path | None, share: Path | None
) -> Material:
    texts = StreamedTexts(str(source.dataset), source.column)
    limit = ids_to_read(recipe)
    enough = first_texts(texts, limit)  # no token is shorter than a character
    tokenizer, remarks = make_tokenizer(recipe, enough, share, kept or source.vocabulary)
    path = ids_file(f"{texts.fingerprint}-{limit}", tokenizer)

    def write() -> None:
        require_room(path, texts.most_ids(limit), tokenizer.vocab_size)
        texts_to_file(tokenizer, texts, path, limit=limit)

    ids = open_ids(written_once(path, write))
    facts = {"text": source.dataset, "column": source.column}
    remarks.append(f"its ids, as many as the run reads, are kept in {path}")
    return _of_ids(recipe, ids, tokenizer, tokenizer.vocab_size, facts, remarks)


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
    try:
        ids = as_ids(open_ids(path), vocab_size)
    except ValueError as error:
        raise ValueError(f"{path} cannot be learned from: {error}") from error
    return _of_ids(recipe, ids, tokenizer, vocab_size, {"text": path.name}, [])


def _of_ids(
    recipe: Recipe,
    ids: np.ndarray,
    tokenizer: Tokenizer | None,
    vocab_size: int,
    facts: dict[str, Any],
    remarks: list[str],
) -> Material:
    """The material of a file of ids, whose end is held out."""
    learn, held_out = split(ids, min(HELD_OUT_PART, MOST_HELD_OUT / max(1, len(ids))))
    sizes = (recipe.train.batch_size, recipe.model.block_size)
    batches = Batches(learn, *sizes, held_out, recipe.train.seed)
    facts = {**facts, "tokens": len(ids)}
    return Material(tokenizer, batches, vocab_size, facts, remarks=remarks)


def _same(one: Tokenizer, other: Tokenizer) -> bool:
    if one.vocab_size != other.vocab_size or one.special_tokens != other.special_tokens:
        return False
    return all(one.token_bytes(id) == other.token_bytes(id) for id in range(one.vocab_size))
