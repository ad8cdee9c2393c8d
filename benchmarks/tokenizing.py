"""Byte-pair encoding: learning merges from a text, and encoding the text with them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.bpe_files import BYTE_ORDER, from_letters
from benchmarks.lone import ONE_THREAD as LONE
from benchmarks.peers import NotHere, minbpe, shakespeare, town_text
from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.turns import Worker

MB = 1e6
BASE = 256
FEW_MERGES, PART = 256, 131_072  # what minbpe can learn in seconds
VOCAB = 4096
ONE_THREAD = "tokenizers, one thread"
GOAL_TRAINING, GOAL_ENCODING = 100.0, 5.0  # times minbpe
GOAL_ONE_THREAD = 0.5  # times tokenizers: no slower than half as fast
GOAL_SPEED = 1.0  # MB/s of encoding
Merges = list[tuple[bytes, bytes]]


def _learning(rounds: int, small: bool) -> list[Table]:
    """Learning a few merges, which minbpe can do too, and many."""
    try:
        text = town_text(40) if small else shakespeare()
    except NotHere as missing:
        return [Table("learning merges from tiny Shakespeare", skipped=str(missing))]
    few = (text[:2000], 20) if small else (text[:PART], FEW_MERGES)
    return [_learn_few(*few, rounds), _learn_many(text, 300 if small else VOCAB, rounds)]


def _encoding(rounds: int, small: bool) -> list[Table]:
    """Encoding with an empty and with a full memory of words."""
    try:
        text = town_text(40) if small else shakespeare()
    except NotHere as missing:
        return [Table("encoding tiny Shakespeare", skipped=str(missing))]
    tokenizer = BPETokenizer.train(text, 300 if small else VOCAB, special_tokens=())
    return [_encode_first(tokenizer, text, rounds), _encode_again(tokenizer, text, rounds)]


PARTS: dict[str, Part] = {"learning": _learning, "encoding": _encoding}


# --- learning ------------------------------------------------------------------------------------


def _learn_few(text: str, merges: int, rounds: int) -> Table:
    title = f"learning {merges} merges from the first {_size(text)}"
    try:
        peer, pattern, commit = minbpe()
    except NotHere as missing:
        return Table(title, skipped=str(missing))
    learned: dict[str, Merges] = {}

    def ours() -> None:
        learned["ours"] = BPETokenizer.train(text, BASE + merges, special_tokens=()).merges

    def theirs() -> None:
        tokenizer = peer(pattern)
        tokenizer.train(text, BASE + merges)
        spelled = tokenizer.vocab
        learned["minbpe"] = [(spelled[left], spelled[right]) for left, right in tokenizer.merges]

    racing = [
        Contender("ours", ours),
        Contender("minbpe", theirs),
        Contender("tokenizers", partial(learn_with_tokenizers, text, BASE + merges)),
    ]
    with _one_thread(text, BASE + merges) as lone:
        seconds = race([*racing, lone], rounds, title)
    facts = {
        "minbpe": f"commit {commit}",
        "tokenizers": tokenizers.__version__,
        "merges the same as minbpe's, before a tie that it settles differently": _same(
            learned["ours"], learned["minbpe"]
        ),
    }
    goals = {"minbpe": GOAL_TRAINING, ONE_THREAD: GOAL_ONE_THREAD}
    return table(title, "MB", len(text.encode()) / MB, seconds, facts, goals)


def _learn_many(text: str, vocab: int, rounds: int) -> Table:
    learned: dict[str, Merges] = {}

    def ours() -> None:
        learned["ours"] = BPETokenizer.train(text, vocab, special_tokens=()).merges

    def theirs() -> None:
        learned["tokenizers"] = merges_of(learn_with_tokenizers(text, vocab))

    title = f"learning a vocabulary of {vocab:,} from {_size(text)}"
    racing = [Contender("ours", ours), Contender("tokenizers", theirs)]
    with _one_thread(text, vocab) as lone:
        seconds = race([*racing, lone], rounds, title)
    facts = {
        "tokenizers": tokenizers.__version__,
        "merges learned": len(learned["ours"]),
        "of them the same as tokenizers', from the first on": _same(
            learned["ours"], learned["tokenizers"]
        ),
    }
    goals = {ONE_THREAD: GOAL_ONE_THREAD}
    return table(title, "MB", len(text.encode()) / MB, seconds, facts, goals)


@contextmanager
def _one_thread(text: str, vocab: int) -> Iterator[Contender]:
    """tokenizers in a process with a single thread; telling it when to begin takes no time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        file.write_text(text, encoding="utf-8", newline="")
        with Worker(["benchmarks.lone", str(file)], LONE) as worker:
            yield Contender(ONE_THREAD, partial(worker.turn, str(vocab)))


def learn_with_tokenizers(text: str, vocab: int) -> Tokenizer:
    """Hugging Face's tokenizers, set to learn what we learn; it uses all cores."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        min_frequency=2,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def merges_of(tokenizer: Tokenizer) -> Merges:
    """What a tokenizer of tokenizers has learned, as pairs of bytes."""
    written = json.loads(tokenizer.to_str())["model"]["merges"]
    pairs = [merge.split(" ") if isinstance(merge, str) else merge for merge in written]
    return [(from_letters(left), from_letters(right)) for left, right in pairs]


def _same(ours: Sequence, theirs: Sequence) -> int:
    """How many are the same before the first that is not."""
    pairs = zip(ours, theirs, strict=False)
    return next((at for at, (mine, their) in enumerate(pairs) if mine != their), len(ours))


# --- encoding ------------------------------------------------------------------------------------


def _encode_first(tokenizer: BPETokenizer, text: str, rounds: int) -> Table:
    """Every turn with a new tokenizer, which has not met a word yet."""
    racing, new = _encoders(tokenizer, text)
    facts = {"vocabulary": tokenizer.vocab_size, "tokenizers": tokenizers.__version__}
    goals = {"ours": GOAL_SPEED}
    try:
        racing["minbpe"], facts["minbpe"] = _minbpe_encoder(tokenizer, text)
        goals["minbpe"] = GOAL_ENCODING
    except NotHere as missing:
        facts["minbpe"] = f"skipped: {missing}"
    _require_same_ids(tokenizer, text, new, racing)
    title = f"encoding {_size(text)} for the first time"
    seconds = race([Contender(name, run, new) for name, run in racing.items()], rounds, title)
    return table(title, "MB", len(text.encode()) / MB, seconds, facts, goals)


def _encode_again(tokenizer: BPETokenizer, text: str, rounds: int) -> Table:
    """Always the same tokenizer, which remembers the words it has met."""
    racing, new = _encoders(tokenizer, text)
    new()
    title = f"encoding {_size(text)} again"
    seconds = race([Contender(name, run) for name, run in racing.items()], rounds, title)
    facts = {"vocabulary": tokenizer.vocab_size, "tokenizers": tokenizers.__version__}
    return table(title, "MB", len(text.encode()) / MB, seconds, facts, {"ours": GOAL_SPEED})


def _encoders(
    tokenizer: BPETokenizer, text: str
) -> tuple[dict[str, Callable[[], list[int]]], Callable[[], None]]:
    """Ways to encode the text, and a function that gives all of them empty caches."""
    with tempfile.TemporaryDirectory() as folder:
        written = tokenizer.save(folder).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    fresh: dict[str, BPETokenizer | Tokenizer] = {}

    def new() -> None:
        fresh["ours"] = BPETokenizer(tokenizer.merges, special_tokens=())
        fresh["theirs"] = Tokenizer.from_str(written)

    def by_lines() -> list[int]:
        encoded = fresh["theirs"].encode_batch_fast(lines)
        return [id for line in encoded for id in line.ids]

    encoders = {
        "ours": lambda: fresh["ours"].encode(text),
        "tokenizers": lambda: fresh["theirs"].encode(text).ids,
        "tokenizers, line by line on all cores": by_lines,
    }
    return encoders, new


def _minbpe_encoder(tokenizer: BPETokenizer, text: str) -> tuple[Callable[[], list[int]], str]:
    """minbpe with our merges; its ids of single bytes are the bytes, so they are translated."""
    peer, pattern, commit = minbpe()
    theirs = peer(pattern)
    ids = {bytes([byte]): byte for byte in range(BASE)}
    for rank, (left, right) in enumerate(tokenizer.merges):
        theirs.merges[ids[left], ids[right]] = BASE + rank
        ids[left + right] = BASE + rank
    return lambda: theirs.encode_ordinary(text), f"commit {commit}"


def _require_same_ids(
    tokenizer: BPETokenizer,
    text: str,
    new: Callable[[], None],
    encoders: dict[str, Callable[[], list[int]]],
) -> None:
    new()
    expected = tokenizer.encode(text)
    spelled = [BYTE_ORDER[id] if id < BASE else id for id in expected]  # as minbpe numbers them
    for name, encode in encoders.items():
        if encode() != (spelled if name == "minbpe" else expected):
            raise UnfairRace(f"{name} gives other ids than ours")


def _size(text: str) -> str:
    return f"{len(text.encode()) / MB:.2f} MB"
