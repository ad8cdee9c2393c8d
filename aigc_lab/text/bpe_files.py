"""The files of a byte-level BPE tokenizer: GPT-2's two, and the one that transformers reads.

Those files are text, so each byte is written as one printable character: the bytes that Latin-1
prints stand for themselves, and the others become the characters from U+0100 on (a space is "Ġ").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from aigc_lab.core.files import read_json, write_json

# GPT-2 numbers its bytes so that the printable ones come first: "!" is token 0, a space token 220.
_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
BYTE_ORDER = bytes(_PRINTABLE + [byte for byte in range(256) if byte not in _PRINTABLE])
_TOKEN_OF_BYTE = bytes(BYTE_ORDER.index(byte) for byte in range(256))
_LETTER_OF_BYTE = {
    byte: chr(byte if place < len(_PRINTABLE) else 0x100 + place - len(_PRINTABLE))
    for place, byte in enumerate(BYTE_ORDER)
}
_BYTE_OF_LETTER = {letter: byte for byte, letter in _LETTER_OF_BYTE.items()}

# What some tokenizers do besides merging, and GPT-2's does not.
_MORE_RULES = ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges")


def to_tokens(data: bytes) -> str:
    """Bytes as base tokens, one character `chr(id)` each.

    >>> [ord(token) for token in to_tokens(b"! a")]
    [0, 220, 64]
    """
    return data.translate(_TOKEN_OF_BYTE).decode("latin-1")


def to_letters(data: bytes) -> str:
    """Bytes as the printable characters that stand for them in the files.

    >>> to_letters(" 猫".encode())
    'ĠçĮ«'
    """
    return "".join(map(_LETTER_OF_BYTE.__getitem__, data))


def from_letters(letters: str) -> bytes:
    """Printable characters as the bytes they stand for: `to_letters` undone."""
    try:
        return bytes(map(_BYTE_OF_LETTER.__getitem__, letters))
    except KeyError as error:
        raise ValueError(
            f"{letters!r} is not a byte-level token: {error.args[0]!r} stands for no byte"
        ) from error


def read_gpt2(
    vocab_json: str | Path, merges_txt: str | Path
) -> tuple[list[tuple[bytes, bytes]], list[str]]:
    """Merges and special tokens from GPT-2's `vocab.json` and `merges.txt`."""
    lines = Path(merges_txt).read_text(encoding="utf-8").splitlines()
    if lines and lines[0].startswith("#version"):
        del lines[0]
    merges = _read_merges(lines, merges_txt)
    vocab = read_json(vocab_json)
    marks = [token for token in vocab if token[:1] + token[-1:] in ("<>", "[]")]
    return merges, _check_layout(vocab, merges, marks, vocab_json)


def read_tokenizer_json(path: str | Path) -> tuple[list[tuple[bytes, bytes]], list[str]]:
    """Merges and special tokens from a `tokenizer.json` of GPT-2's kind, such as `save` writes."""
    document = read_json(path)
    if not is_like_gpt2(document):
        raise ValueError(
            f"{path} holds no byte-level BPE tokenizer like GPT-2's; "
            "open other kinds with transformers' AutoTokenizer"
        )
    model = document["model"]
    merges = _read_merges(model["merges"], path)
    added = {token["content"]: token["id"] for token in document.get("added_tokens", [])}
    return merges, _check_layout({**model["vocab"], **added}, merges, added, path)


def save(
    folder: str | Path,
    tokens: Sequence[bytes],
    merges: Sequence[tuple[bytes, bytes]],
    special_tokens: dict[str, int],
) -> Path:
    """Write `tokenizer.json` and `tokenizer_config.json`; return the path of the first."""
    ordinary = len(tokens) - len(special_tokens)
    byte_level = {"add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": id, "content": token, **flags, "special": True}
            for token, id in special_tokens.items()
        ],
        "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", **byte_level},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", **byte_level},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {to_letters(token): id for id, token in enumerate(tokens[:ordinary])},
            "merges": [f"{to_letters(left)} {to_letters(right)}" for left, right in merges],
        },
    }
    settings: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast"}
    if special_tokens:
        first = next(iter(special_tokens))
        settings |= {"bos_token": first, "eos_token": first, "unk_token": first}
    settings["clean_up_tokenization_spaces"] = False
    write_json(Path(folder) / "tokenizer_config.json", settings)
    return write_json(Path(folder) / "tokenizer.json", document)


def is_like_gpt2(document: Any) -> bool:
    """Whether a `tokenizer.json` works as GPT-2's does, so that `read_tokenizer_json` is for it.

    Then text is not changed before it is cut, it is cut into GPT-2's words of bytes, the bytes are
    numbered in GPT-2's order, and merging has no rule beyond the list of merges. Tokenizers of any
    other kind need the library that made them.
    """
    fields = document if isinstance(document, dict) else {}
    model, cutting = fields.get("model"), fields.get("pre_tokenizer")
    if not isinstance(model, dict) or not isinstance(cutting, dict):
        return False
    vocab = model.get("vocab")
    return (
        not fields.get("normalizer")
        and cutting.get("type") == "ByteLevel"
        and cutting.get("use_regex", True) is True
        and not cutting.get("add_prefix_space")
        and model.get("type", "BPE") == "BPE"
        and isinstance(model.get("merges"), list)
        and not any(model.get(rule) for rule in _MORE_RULES)
        and isinstance(vocab, dict)
        and all(vocab.get(letter) == id for id, letter in enumerate(to_letters(BYTE_ORDER)))
    )


def _read_merges(
    merges: Iterable[str | Sequence[str]], source: str | Path
) -> list[tuple[bytes, bytes]]:
    """Merges written as "a b" or as ["a", "b"]."""
    pairs = []
    for number, merge in enumerate(merges):
        halves = merge.split(" ") if isinstance(merge, str) else merge
        if len(halves) != 2:
            raise ValueError(
                f"merge {number} in {source} is {merge!r}; a merge is two tokens and a space"
            )
        pairs.append((from_letters(halves[0]), from_letters(halves[1])))
    return pairs


def _check_layout(
    vocab: dict[str, int],
    merges: Sequence[tuple[bytes, bytes]],
    marks: Iterable[str],
    source: str | Path,
) -> list[str]:
    """Check that ids are bytes, then merges, then specials; return the specials in order.

    `marks` are all tokens that may be special.
    """
    spelled = [bytes([byte]) for byte in BYTE_ORDER]
    spelled += [left + right for left, right in merges]
    ordinary = {to_letters(token): None for token in spelled}  # a token met twice keeps its place
    special = sorted(set(vocab) - set(ordinary), key=vocab.__getitem__)
    if unknown := set(special) - set(marks):
        raise ValueError(
            f"{source} holds {len(unknown)} tokens such as {min(unknown)!r} that no merge makes; "
            "are the merges complete?"
        )
    for id, token in enumerate([*ordinary, *special]):
        if vocab.get(token) != id:
            raise ValueError(
                f"{source} gives token {token!r} the id {vocab.get(token)}, where GPT-2's order "
                f"(bytes, merges, special tokens) has {id}; is it GPT-2's, and complete?"
            )
    return special
