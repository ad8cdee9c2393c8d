"""What a tokenizer is, the simplest one, and opening any of them from a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from aigc_lab.core.files import read_json, write_json
from aigc_lab.text import bpe_files
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.words import END_OF_TEXT, require_text, split_special, stream_special

CHARACTER_KIND = "aigc_lab characters"


@runtime_checkable
class Tokenizer(Protocol):
    """Text to ids and back; whoever has these members is a tokenizer."""

    @property
    def vocab_size(self) -> int:
        """V, the number of tokens: ids run from 0 to V - 1."""

    special_tokens: dict[str, int]

    def encode(self, text: str, allow_special: bool = False) -> list[int]:
        """The ids of a text."""

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """The text of some ids."""

    def token_bytes(self, id: int) -> bytes:
        """The UTF-8 bytes of one token."""

    def save(self, folder: str | Path) -> Path:
        """Write the tokenizer into a folder, where `load_tokenizer` finds it."""


class CharTokenizer:
    """One token per character: the simplest tokenizer, for texts of a small alphabet.

    Ids follow the order of `alphabet`; special tokens come last.
    Raises: ValueError for an alphabet that is empty or repeats a character.
    Notebook: 01 tokens.

    >>> tokenizer = CharTokenizer.train("banana")
    >>> tokenizer.alphabet, tokenizer.encode("nab")
    ('abn', [2, 0, 1])
    """

    def __init__(self, alphabet: str, special_tokens: Sequence[str] = ()) -> None:
        self.alphabet = require_text(alphabet)
        if not alphabet or len(set(alphabet)) < len(alphabet):
            raise ValueError(
                f"the alphabet {alphabet[:40]!r} is empty or repeats a character; "
                "give each character once, or use CharTokenizer.train(text)"
            )
        tokens = [*alphabet, *special_tokens]
        if len(set(tokens)) < len(tokens) or "" in tokens:
            raise ValueError(
                f"special tokens {list(special_tokens)} hold an empty one, or one that stands "
                f"twice; choose marks such as {END_OF_TEXT!r}"
            )
        self._tokens = tokens
        self._id = {token: id for id, token in enumerate(tokens)}
        self.special_tokens = {token: self._id[token] for token in special_tokens}

    def __repr__(self) -> str:
        return f"CharTokenizer({self.alphabet!r}, special_tokens={list(self.special_tokens)})"

    @classmethod
    def train(cls, text: str | Iterable[str], special_tokens: Sequence[str] = ()) -> CharTokenizer:
        """Take the characters of a text, or of several, sorted, as the alphabet.

        Special tokens are not text.
        """
        found: set[str] = set()
        for document in [text] if isinstance(text, str) else text:
            found.update(*split_special(require_text(document), special_tokens)[::2])
        return cls("".join(sorted(found)), special_tokens)

    @property
    def vocab_size(self) -> int:
        """V: the characters and the special tokens."""
        return len(self._tokens)

    def encode(self, text: str, allow_special: bool = False) -> list[int]:
        """The ids of a text.

        Raises: ValueError naming the first character that the alphabet does not have.
        """
        require_text(text)
        pieces = split_special(text, self.special_tokens) if allow_special else [text]
        ids: list[int] = []
        for place, piece in enumerate(pieces):
            try:
                ids.extend(map(self._id.__getitem__, [piece] if place % 2 else piece))
            except KeyError as error:
                raise ValueError(
                    f"the character {error.args[0]!r} is not in the alphabet of "
                    f"{len(self.alphabet)}; leave it out, or train on text that has it"
                ) from error
        return ids

    def encode_iter(self, chunks: Iterable[str], allow_special: bool = False) -> Iterator[int]:
        """The ids of a text that arrives in chunks, wherever it was cut.

        Raises: ValueError naming the first character that the alphabet does not have.
        """
        specials = self.special_tokens if allow_special else {}
        for piece in stream_special(map(require_text, chunks), specials):
            yield from self.encode(piece, allow_special)

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """The text of some ids; `errors` is there for the other tokenizers' sake.

        Raises: ValueError for an id outside the vocabulary.
        """
        return "".join(map(self._token, ids))

    def token_bytes(self, id: int) -> bytes:
        """The UTF-8 bytes of one token."""
        return self._token(id).encode()

    def save(self, folder: str | Path) -> Path:
        """Write `tokenizer.json`; only `load_tokenizer` reads this kind, transformers does not."""
        document = {
            "type": CHARACTER_KIND,
            "alphabet": self.alphabet,
            "special_tokens": list(self.special_tokens),
        }
        return write_json(Path(folder) / "tokenizer.json", document)

    def _token(self, id: int) -> str:
        if not 0 <= id < len(self._tokens):
            raise ValueError(
                f"id {int(id)} is not one of this tokenizer's 0 to {len(self._tokens) - 1}; "
                "were these ids made with another tokenizer?"
            )
        return self._tokens[id]


def load_tokenizer(folder: str | Path) -> Tokenizer:
    """Open the tokenizer in a folder: `tokenizer.json`, or GPT-2's `vocab.json` and `merges.txt`.

    Raises: FileNotFoundError when neither is there; ValueError when they hold something else.
    """
    folder = Path(folder)
    if (path := folder / "tokenizer.json").is_file():
        document = read_json(path)
        if isinstance(document, dict) and document.get("type") == CHARACTER_KIND:
            return _read_characters(document, path)
        _require_bpe_fields(document, path)
        return BPETokenizer(*bpe_files.read_tokenizer_json(path))
    vocab, merges = folder / "vocab.json", folder / "merges.txt"
    if vocab.is_file() and merges.is_file():
        return BPETokenizer.from_gpt2_files(vocab, merges)
    raise FileNotFoundError(
        f"{folder} holds neither tokenizer.json nor vocab.json with merges.txt; "
        "give the folder in which a tokenizer was saved"
    )


def _read_characters(document: dict[str, Any], path: Path) -> CharTokenizer:
    """The tokenizer that `CharTokenizer.save` wrote."""
    alphabet, special = document.get("alphabet"), document.get("special_tokens")
    if not isinstance(alphabet, str) or not _all(special, str):
        raise _damaged(path, "an alphabet (a text) and special_tokens (a list of texts)")
    try:
        return CharTokenizer(alphabet, special)
    except ValueError as error:
        raise ValueError(f"{path} is damaged, take another copy: {error}") from error


def _require_bpe_fields(document: Any, path: Path) -> None:
    """Check the types of the fields of a BPE tokenizer; `bpe_files` checks what they say."""
    fields = document if isinstance(document, dict) else {}
    model, added = fields.get("model") or {}, fields.get("added_tokens", [])
    if not isinstance(model, dict) or not isinstance(fields.get("pre_tokenizer") or {}, dict):
        raise _damaged(path, "a tokenizer's model and pre_tokenizer (JSON objects)")
    if not {"vocab", "merges"} <= set(model):
        return  # of another kind, which `bpe_files` names
    vocab, merges = model["vocab"], model["merges"]
    if not isinstance(vocab, dict) or not _all(list(vocab.values()), int):
        raise _damaged(path, "a vocab of tokens and their ids")
    if not isinstance(merges, list) or not all(isinstance(m, str) or _all(m, str) for m in merges):
        raise _damaged(path, "a list of merges")
    if not _all(added, dict) or not all(
        isinstance(token.get("content"), str) and isinstance(token.get("id"), int)
        for token in added
    ):
        raise _damaged(path, "added_tokens with content and id")


def _all(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)


def _damaged(path: Path, expected: str) -> ValueError:
    return ValueError(f"{path} does not hold {expected}; it is damaged, so take another copy")
