"""Byte-level byte-pair encoding, the tokenizer of GPT-2: any text in, whole numbers out, and back.

Text is cut into words (`words.py`), each word is written as UTF-8 bytes, and learned merges join
neighbours into longer tokens (`bpe_train.py` learns them). Since every byte is a token, every text
can be written: Chinese, emoji, anything.

As in training, a token inside a word is written as the single character `chr(id)`. The ids are laid
out as in GPT-2's published vocabulary: 256 bytes, the merges in the order learned, the specials.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import add
from pathlib import Path

from aigc_lab.text import bpe_files
from aigc_lab.text.bpe_train import BASE_TOKENS, learn_merges
from aigc_lab.text.words import (
    END_OF_TEXT,
    require_text,
    split_special,
    split_words,
    stream_special,
    whole_words,
)

CHUNK = 2**20  # characters of a long text that are cut into words at a time
CACHED_WORDS = 2**16  # how many words are remembered with their ids
LONGEST_CACHED = 64  # longer words hardly ever come again


class BPETokenizer:
    """Byte-level BPE that any text goes through unchanged.

    `merges` are pairs of byte strings in the order learned; `special_tokens` get the last ids.
    Special tokens are found in a text only when `allow_special=True`; otherwise they are encoded
    like any other text, so that a user cannot end a document by typing its mark.
    Raises: ValueError for a merge whose halves are not tokens yet, and for specials that clash.
    Source: Sennrich, Haddow and Birch 2016; Radford et al. 2019 (GPT-2), section 2.2.
    Notebook: 01 tokens.

    >>> tokenizer = BPETokenizer([(b"l", b"o"), (b"lo", b"w")])
    >>> tokenizer.encode("slow low")
    [82, 257, 220, 257]
    >>> tokenizer.decode([82, 257])
    'slow'
    """

    def __init__(
        self,
        merges: Iterable[tuple[bytes, bytes]],
        special_tokens: Sequence[str] = (END_OF_TEXT,),
    ) -> None:
        self.merges = [(bytes(left), bytes(right)) for left, right in merges]
        character = {bytes([byte]): chr(id) for id, byte in enumerate(bpe_files.BYTE_ORDER)}
        self._pairs: list[str] = []  # by rank: the two tokens to merge, and the token they become
        self._merged: list[str] = []
        for rank, (left, right) in enumerate(self.merges):
            if left not in character or right not in character:
                missing = left if left not in character else right
                raise ValueError(
                    f"merge {rank} joins {left!r} and {right!r}, but {missing!r} is not a token "
                    "yet; merges must stand in the order in which they were learned"
                )
            self._pairs.append(character[left] + character[right])
            new = chr(len(character))  # or, should two merges spell one token, the same again
            self._merged.append(character.setdefault(left + right, new))
        self._rank = {pair: rank for rank, pair in enumerate(self._pairs)}
        self._bytes = list(character)  # by id: dicts keep the order in which keys came in
        self.special_tokens = self._add_special_tokens(special_tokens)
        self._ids_of = _WordCache(self)

    def __repr__(self) -> str:
        return f"BPETokenizer(vocab_size={self.vocab_size}, special_tokens={self.special_tokens})"

    @property
    def vocab_size(self) -> int:
        """V: bytes, merged tokens and specials."""
        return len(self._bytes)

    @classmethod
    def train(
        cls,
        text: str | Iterable[str],
        vocab_size: int,
        special_tokens: Sequence[str] = (END_OF_TEXT,),
        progress: bool = False,
    ) -> BPETokenizer:
        """Learn a tokenizer of `vocab_size` tokens from a text, or from several.

        No merge is learned across the border of two texts or from a special token. The vocabulary
        stays smaller when the text has no more pairs that repeat.
        Raises: ValueError when `vocab_size` has no room for 256 bytes and the special tokens.
        Notebook: 01 tokens.

        >>> tokenizer = BPETokenizer.train("low lower lowest", vocab_size=259)
        >>> [tokenizer.token_bytes(id) for id in tokenizer.encode("lowers")]
        [b'low', b'e', b'r', b's']
        """
        smallest = BASE_TOKENS + len(special_tokens)
        if not isinstance(vocab_size, int) or not smallest <= vocab_size <= 1_000_000:
            raise ValueError(
                f"vocab_size={vocab_size!r} must be a whole number from {smallest} (256 bytes and "
                f"{len(special_tokens)} special tokens) to 1,000,000"
            )
        counts: Counter[str] = Counter()
        for document in [text] if isinstance(text, str) else text:
            for block in _blocks(require_text(document), special_tokens):
                counts.update(split_words(block))
        words = {bpe_files.to_tokens(word.encode()): times for word, times in counts.items()}
        merges, tokens = [], [bytes([byte]) for byte in bpe_files.BYTE_ORDER]
        for left, right in learn_merges(words, vocab_size - smallest, progress):
            merges.append((tokens[left], tokens[right]))
            tokens.append(tokens[left] + tokens[right])
        return cls(merges, special_tokens)

    @classmethod
    def from_gpt2_files(cls, vocab_json: str | Path, merges_txt: str | Path) -> BPETokenizer:
        """Read a tokenizer in the two files that GPT-2 was published with.

        Raises: ValueError when the files do not hold one, or number their tokens differently.
        """
        return cls(*bpe_files.read_gpt2(vocab_json, merges_txt))

    def encode(self, text: str, allow_special: bool = False) -> list[int]:
        """The ids of a text.

        Raises: ValueError when `text` is not a str, or holds half a surrogate pair.
        """
        require_text(text)
        if not allow_special:
            return self._encode_words(text)
        ids: list[int] = []
        for place, piece in enumerate(split_special(text, self.special_tokens)):
            if place % 2:
                ids.append(self.special_tokens[piece])
            else:
                ids.extend(self._encode_words(piece))
        return ids

    def encode_iter(self, chunks: Iterable[str], allow_special: bool = False) -> Iterator[int]:
        """The ids of a text that arrives in chunks, such as a file larger than memory.

        The ids are those of the chunks joined, wherever they were cut.

        >>> tokenizer = BPETokenizer([(b"l", b"o"), (b"lo", b"w")])
        >>> list(tokenizer.encode_iter(["sl", "o", "w low"])) == tokenizer.encode("slow low")
        True
        """
        specials = self.special_tokens if allow_special else {}
        pieces = stream_special(map(require_text, chunks), specials)
        for piece in whole_words(pieces, specials):
            if piece in specials:
                yield specials[piece]
            else:
                yield from self._encode_words(piece)

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """The text of some ids; bytes that are not whole characters become U+FFFD.

        Pass `errors="strict"` to get a UnicodeDecodeError instead.
        Raises: ValueError for an id outside the vocabulary.
        """
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", errors)

    def token_bytes(self, id: int) -> bytes:
        """The bytes of one token; a character of several bytes may be split over tokens."""
        if not 0 <= id < len(self._bytes):
            raise ValueError(
                f"id {int(id)} is not one of this tokenizer's 0 to {len(self._bytes) - 1}; "
                "were these ids made with another tokenizer?"
            )
        return self._bytes[id]

    def save(self, folder: str | Path) -> Path:
        """Write `tokenizer.json`, which `load_tokenizer` and transformers' AutoTokenizer open."""
        return bpe_files.save(folder, self._bytes, self.merges, self.special_tokens)

    def _encode_words(self, text: str) -> list[int]:
        return list(chain.from_iterable(map(self._ids_of.__getitem__, split_words(text))))

    def _merge(self, word: str) -> list[str]:
        """Merge the tokens of one word: always the pair that was learned first, then leftmost.

        `left` and `right` link each token to its neighbours. The second token of a merged pair
        becomes "", and an entry of the heap that no longer finds its pair is passed over.
        """
        ranks, pairs, merged = self._rank, self._pairs, self._merged
        tokens = [*word, ""]
        left, right = list(range(-1, len(word))), list(range(1, len(word) + 2))
        beside = enumerate(map(add, word, word[1:]))
        heap = [(ranks[pair], place) for place, pair in beside if pair in ranks]
        heapq.heapify(heap)
        while heap:
            rank, place = heapq.heappop(heap)
            second = right[place]
            if tokens[place] + tokens[second] != pairs[rank]:
                continue
            tokens[place], tokens[second] = merged[rank], ""
            before, after = left[place], right[second]
            right[place], left[after] = after, place
            if before >= 0 and (rank := ranks.get(tokens[before] + tokens[place])) is not None:
                heapq.heappush(heap, (rank, before))
            if (rank := ranks.get(tokens[place] + tokens[after])) is not None:
                heapq.heappush(heap, (rank, place))
        return [token for token in tokens if token]

    def _add_special_tokens(self, special_tokens: Sequence[str]) -> dict[str, int]:
        ids: dict[str, int] = {}
        ordinary = set(self._bytes)
        for token in special_tokens:
            spelled = require_text(token).encode()
            if not token or token in ids or spelled in ordinary:
                raise ValueError(
                    f"special token {token!r} is empty, given twice, or spelled like an ordinary "
                    f"token; choose a mark that no text contains, such as {END_OF_TEXT!r}"
                )
            ids[token] = len(self._bytes)
            self._bytes.append(spelled)
        return ids


class _WordCache(dict[str, list[int]]):
    """Remembers the ids of words, since a few thousand words make up most of a text."""

    def __init__(self, tokenizer: BPETokenizer) -> None:
        self.tokenizer = tokenizer

    def __missing__(self, word: str) -> list[int]:
        ids = list(map(ord, self.tokenizer._merge(bpe_files.to_tokens(word.encode()))))
        if len(word) <= LONGEST_CACHED:
            if len(self) >= CACHED_WORDS:
                self.clear()
            self[word] = ids
        return ids


def _blocks(text: str, special_tokens: Sequence[str]) -> Iterator[str]:
    """A text without its special tokens, in blocks of whole words."""
    for piece in split_special(text, special_tokens)[::2]:
        yield from whole_words(piece[at : at + CHUNK] for at in range(0, len(piece), CHUNK))
