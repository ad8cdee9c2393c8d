"""GPT-2's own tokenizer: the published one where it can be had, else a record of what it says.

The published vocabulary is not ours to give away. What comes with the course is what it made of
some texts, recorded by `tools/record_gpt2_tokens.py` beside the sha256 of the vocabulary used.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aigc_lab.core.files import data_folder, read_json
from aigc_lab.pretrained.locate import ALIASES
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.bpe_files import from_letters
from aigc_lab.text.corpus import fetch
from aigc_lab.text.gpt2 import MERGES, VOCAB
from aigc_lab.text.tokenizer import Tokenizer

RECORD = "gpt2-tokens"


class RecordedTokenizer:
    """What a tokenizer made of some texts; it knows those, and no others.

    `lines` hold a text, its ids, and its tokens in the letters of GPT-2's files.
    """

    def __init__(self, lines: Iterable[Mapping[str, Any]], vocab_size: int) -> None:
        self.vocab_size = vocab_size
        self.special_tokens: dict[str, int] = {}
        self._ids: dict[str, list[int]] = {}
        self._bytes: dict[int, bytes] = {}
        for line in lines:
            self._ids[line["text"]] = line["ids"]
            spelled = map(from_letters, line["tokens"])
            self._bytes.update(zip(line["ids"], spelled, strict=True))

    def encode(self, text: str, allow_special: bool = False) -> list[int]:
        """The recorded ids of a text.

        Raises: ValueError for a text that was not recorded.
        """
        if text not in self._ids:
            raise ValueError(
                f"{text[:40]!r} is not among the {len(self._ids)} recorded texts; other texts need "
                "the published vocabulary, which is fetched when there is a network"
            )
        return list(self._ids[text])

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """The text of some recorded ids."""
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", errors)

    def token_bytes(self, id: int) -> bytes:
        """The bytes of one token that occurs in a recorded text.

        Raises: ValueError for any other.
        """
        if id not in self._bytes:
            raise ValueError(f"token {id} is in none of the recorded texts")
        return self._bytes[id]


@dataclass(frozen=True)
class Gpt2Tokens:
    """GPT-2's tokenizer, live or recorded, and the texts that it can cut in either case.

    `texts` holds the recorded texts by name; `chinese` all tokens that hold a Chinese character
    (Japanese writes with them too); `notice` says which vocabulary this is.
    """

    tokenizer: Tokenizer | RecordedTokenizer = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)
    chinese: list[str] = field(repr=False)
    live: bool
    notice: str


def gpt2_tokens(download: bool = True) -> Gpt2Tokens:
    """GPT-2's published tokenizer from a cache or the network, else its record.

    Takes a few seconds at most, also without a network.
    Notebook: 01 tokens.
    """
    folder = data_folder() / "runs" / RECORD
    run = read_json(folder / "run.json")
    lines = [json.loads(line) for line in (folder / "tokens.jsonl").read_text("utf-8").splitlines()]
    texts = {line["name"]: line["text"] for line in lines}
    vocabulary = (
        f"the published vocabulary (vocab.json, sha256 {run['sha256']['vocab.json'][:16]}…)"
    )
    try:
        tokenizer = _published(download)
    except (ConnectionError, FileNotFoundError):
        reason = "it is neither in a cache here nor reachable"
    except ValueError as error:
        reason = f"what is here is another vocabulary: {error}"
    else:
        notice = f"Live: {vocabulary}."
        return Gpt2Tokens(tokenizer, texts, chinese_tokens(tokenizer), True, notice)
    recorded = RecordedTokenizer(lines, run["vocab_size"])
    notice = f"From a recorded run with {vocabulary}: {reason}."
    return Gpt2Tokens(recorded, texts, run["chinese"], False, notice)


def chinese_tokens(tokenizer: Tokenizer) -> list[str]:
    """The tokens that hold a whole Chinese character; of parts beside it, nothing is shown."""
    ids = range(tokenizer.vocab_size)
    spelled = (tokenizer.token_bytes(id).decode(errors="ignore") for id in ids)
    return [token for token in spelled if any(map(is_chinese, token))]


def is_chinese(character: str) -> bool:
    """Whether a character is a Chinese one, as Unicode names it.

    >>> [is_chinese(character) for character in "猫の?"]
    [True, False, False]
    """
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


def _published(download: bool) -> BPETokenizer:
    """The tokenizer that GPT-2 was published with.

    Raises: FileNotFoundError, ConnectionError or ValueError when it cannot be had.
    """
    if (files := _cached()) is None:
        if not download:
            raise FileNotFoundError("GPT-2's vocabulary is not in the cache; allow its download")
        files = fetch(VOCAB), fetch(MERGES)
    return BPETokenizer.from_gpt2_files(*files)


def _cached() -> tuple[Path, Path] | None:
    """The two files in the cache of the hub, where transformers leaves them."""
    from huggingface_hub import try_to_load_from_cache

    for repository in (ALIASES["gpt2"], "gpt2"):
        found = [try_to_load_from_cache(repository, name) for name in ("vocab.json", "merges.txt")]
        if all(isinstance(path, str) for path in found):
            return Path(found[0]), Path(found[1])
    return None
