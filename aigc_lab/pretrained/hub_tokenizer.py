"""Tokenizer files beside a checkpoint: our kinds, and those of others through `tokenizers`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.core.files import atomic_write, read_json, write_json
from aigc_lab.generation.marks import end_ids, start_id
from aigc_lab.text.bpe_files import from_letters, is_like_gpt2
from aigc_lab.text.tokenizer import CharTokenizer, Tokenizer, load_tokenizer

if TYPE_CHECKING:
    import tokenizers

FILE = "tokenizer.json"
BYTE_TOKEN = re.compile(r"<0x([0-9A-F]{2})>")  # how SentencePiece writes a byte


class HubTokenizer:
    """A published tokenizer of any kind (Llama's, say), worked by the `tokenizers` library.

    Special tokens that its maker adds around a text are left to the caller, as with our own.
    Raises: ValueError for a file that the library cannot read.
    """

    def __init__(self, path: str | Path) -> None:
        import tokenizers

        document = read_json(path)
        try:
            self._library = tokenizers.Tokenizer.from_file(str(path))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # nothing more special, and panics that are no Exception
            raise ValueError(f"{path} is no tokenizer that can be read: {error}") from error
        self._byte_level = "ByteLevel" in str(document.get("decoder"))
        self._added = self._library.get_added_tokens_decoder()  # spelled as they stand in a text
        numbers = self._library.get_vocab(with_added_tokens=True).values()
        self._vocab_size = 1 + max(numbers, default=-1)
        self.special_tokens = {
            token.content: id for id, token in self._added.items() if token.special
        }

    @property
    def vocab_size(self) -> int:
        """One more than the largest id: a published tokenizer may leave numbers out."""
        return self._vocab_size

    def encode(self, text: str, allow_special: bool = False) -> list[int]:
        """The ids of a text; marks such as `</s>` written in it count as marks only if allowed."""
        self._library.encode_special_tokens = not allow_special
        return self._library.encode(text, add_special_tokens=False).ids

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """The text of some ids; `errors` is there for the other tokenizers' sake."""
        return self._library.decode([int(id) for id in ids], skip_special_tokens=False)

    def token_bytes(self, id: int) -> bytes:
        """The UTF-8 bytes of one token, as it stands in the middle of a text."""
        token = self._library.id_to_token(int(id))
        if token is None:
            raise ValueError(
                f"no token has the id {int(id)}; give one that this tokenizer makes, from 0 to "
                f"{self.vocab_size - 1}"
            )
        if id in self._added:
            return token.encode()
        if self._byte_level:
            return from_letters(token)
        if byte := BYTE_TOKEN.fullmatch(token):
            return bytes([int(byte[1], 16)])
        return token.replace("▁", " ").encode()  # SentencePiece writes a space as U+2581

    def save(self, folder: str | Path) -> Path:
        """Write `tokenizer.json` and its config, which AutoTokenizer opens."""
        return _write(folder, self._library, self)


def open_tokenizer(folder: str | Path) -> Tokenizer:
    """The tokenizer in a checkpoint folder: one of ours where it is one, else a HubTokenizer.

    Raises: ValueError when there is none, or it cannot be read.
    """
    folder = Path(folder)
    path = folder / FILE
    if not has_tokenizer(folder):
        raise ValueError(
            f"{folder} has no tokenizer ({FILE}, or vocab.json with merges.txt); copy it there, or "
            "use load_model(folder) for the weights alone"
        )
    document = read_json(path) if path.is_file() else {}
    if not isinstance(document, dict):
        raise ValueError(f"{path} holds a {type(document).__name__}, not a tokenizer")
    if characters := _read_characters(document):
        return characters
    if isinstance(document.get("model"), dict) and not is_like_gpt2(document):
        return HubTokenizer(path)
    if not path.is_file():
        _require_gpt2_files(folder)
    return load_tokenizer(folder)


def has_tokenizer(folder: Path) -> bool:
    """Whether `open_tokenizer` has something to open there: one file, or GPT-2's two."""
    in_two_files = all((folder / name).is_file() for name in ("vocab.json", "merges.txt"))
    return (folder / FILE).is_file() or in_two_files


def save_tokenizer(folder: str | Path, tokenizer: Tokenizer) -> Path:
    """Write a tokenizer so that AutoTokenizer opens it; one of characters becomes a word list."""
    if isinstance(tokenizer, CharTokenizer):
        return _write(folder, _characters(tokenizer), tokenizer)
    return tokenizer.save(folder)


def _characters(tokenizer: CharTokenizer) -> tokenizers.Tokenizer:
    """A tokenizer of characters in the library's terms: a list of words of one character."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    library = Tokenizer(
        models.WordLevel({letter: i for i, letter in enumerate(tokenizer.alphabet)})
    )
    library.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
    library.decoder = decoders.Fuse()
    marks = [AddedToken(mark, special=True, normalized=False) for mark in tokenizer.special_tokens]
    library.add_special_tokens(marks)
    return library


def _read_characters(document: dict[str, Any]) -> CharTokenizer | None:
    """What `_characters` wrote: words of one character, then marks, numbered as they stand."""
    model, added = document.get("model"), document.get("added_tokens")
    if not isinstance(model, dict) or model.get("type") != "WordLevel":
        return None
    vocab = model.get("vocab")
    if not isinstance(vocab, dict) or any(len(word) != 1 for word in vocab):
        return None
    if not isinstance(added, list) or not all(isinstance(mark, dict) for mark in added):
        return None
    marks = [mark.get("content") for mark in added]
    numbers = [*vocab.values(), *(mark.get("id") for mark in added)]
    plain = all(isinstance(mark, str) and mark for mark in marks)
    if not vocab or not plain or numbers != list(range(len(numbers))):
        return None
    return CharTokenizer("".join(vocab), marks)


def _require_gpt2_files(folder: Path) -> None:
    """Check the types of what GPT-2's two files hold; `load_tokenizer` checks what they say."""
    vocab = read_json(folder / "vocab.json")
    if not isinstance(vocab, dict) or not all(isinstance(id, int) for id in vocab.values()):
        raise ValueError(
            f"{folder / 'vocab.json'} does not hold a vocab of tokens and their ids; "
            "it is damaged, so take another copy"
        )
    try:
        (folder / "merges.txt").read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{folder / 'merges.txt'} is not UTF-8 text ({error}); take another copy"
        ) from error


def _write(folder: str | Path, library: tokenizers.Tokenizer, tokenizer: Tokenizer) -> Path:
    """Write a library's tokenizer, and name the tokens around a text for transformers."""
    settings: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast"}
    name_of = {id: token for token, id in tokenizer.special_tokens.items()}
    if (start := start_id(tokenizer)) is not None:
        settings["bos_token"] = name_of[start]
    if ends := end_ids(tokenizer):
        settings["eos_token"] = name_of[ends[0]]
    settings["clean_up_tokenization_spaces"] = False
    write_json(Path(folder) / "tokenizer_config.json", settings)
    return atomic_write(Path(folder) / FILE, library.to_str().encode())
