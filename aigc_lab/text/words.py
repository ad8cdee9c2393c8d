"""Cutting text into words before byte-pair encoding, from a string or from a stream of chunks.

GPT-2 never merges across a word boundary, where a word is a run of letters, digits or other signs
with at most one space in front. Any text comes apart without loss: joined, the words are the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

END_OF_TEXT = "<|endoftext|>"  # as in GPT-2: it stands between two texts, an end and a beginning

# The alternatives are tried from left to right: English endings such as 's and 'll; letters;
# digits; other signs; whitespace (which leaves its last space to the word that follows).
PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_WORD = regex.compile(PATTERN)

# Between a sign and a space, and between a letter and anything else, a word always ends, whatever
# stands before and after. (?r) searches from the right, so the first match is the last such place.
_SURE_END = regex.compile(r"(?r)(?<=\S)(?=\s)|(?<=\p{L})(?=\P{L})")


def split_words(text: str) -> list[str]:
    """Cut a text into words as GPT-2 does.

    Source: Radford et al. 2019 (GPT-2), section 2.2.
    Notebook: 01 tokens.

    >>> split_words("It's 42 cats,  猫咪!")
    ['It', "'s", ' 42', ' cats', ',', ' ', ' 猫咪', '!']
    """
    return _WORD.findall(text)


def special_pattern(special_tokens: Iterable[str]) -> regex.Pattern | None:
    """A pattern that finds special tokens, the longest where several fit; None without any."""
    longest_first = sorted(special_tokens, key=len, reverse=True)
    if not longest_first:
        return None
    return regex.compile("(" + "|".join(map(regex.escape, longest_first)) + ")")


def split_special(text: str, special_tokens: Iterable[str]) -> list[str]:
    """Cut a text around its special tokens: ordinary text at even places, specials at odd ones.

    >>> split_special("Hi<|end|>Bye", ["<|end|>"])
    ['Hi', '<|end|>', 'Bye']
    """
    pattern = special_pattern(special_tokens)
    return pattern.split(text) if pattern else [text]


def stream_special(chunks: Iterable[str], special_tokens: Iterable[str]) -> Iterator[str]:
    """Like `split_special`, for a text that arrives in chunks, with memory for one of them.

    Ordinary text may come in several pieces; each special token is a piece of its own, also where
    the text was cut in the middle of it. The end of a chunk that could still grow into a special
    token waits for the next one.
    """
    specials = tuple(special_tokens)
    pattern = special_pattern(specials)
    beginnings = {token[:size] for token in specials for size in range(1, len(token))}
    longest = max(map(len, specials), default=0)
    waiting = ""
    for chunk in chunks:
        text, place = waiting + chunk, 0
        while True:
            first = max(place, len(text) - longest + 1)
            hold = next((i for i in range(first, len(text)) if text[i:] in beginnings), len(text))
            found = pattern.search(text, place) if pattern else None
            if found is None or found.start() >= hold:
                break
            yield from (text[place : found.start()], found.group())
            place = found.end()
        yield text[place:hold]
        waiting = text[hold:]
    yield from split_special(waiting, specials)


def whole_words(pieces: Iterable[str], special_tokens: Iterable[str] = ()) -> Iterator[str]:
    """Regroup a stream of text so that no piece ends inside a word; special tokens stay alone.

    Cutting every piece into words gives exactly the words of the whole text. Memory holds one
    piece, or the longest stretch without a sure end of a word.

    >>> list(whole_words(["Once upo", "n a ti", "me"]))
    ['Once', ' upon a', ' time']
    """
    specials = frozenset(special_tokens)
    waiting: list[str] = []
    last = ""  # the last character that waits: a word may end right behind it
    for piece in pieces:
        if piece in specials:
            yield from filter(None, ("".join(waiting), piece))
            waiting, last = [], ""
        elif found := _SURE_END.search(last + piece):
            cut = found.start() - len(last)
            yield "".join(waiting) + piece[:cut]
            waiting, last = [piece[cut:]], piece[-1]
        elif piece:
            waiting.append(piece)
            last = piece[-1]
    if rest := "".join(waiting):
        yield rest


def require_text(text: object) -> str:
    """Return `text` when UTF-8 can write it.

    Raises: ValueError for anything but a str, and for half a surrogate pair, which is no character.
    """
    if not isinstance(text, str):
        raise ValueError(
            f"text must be a str, but a {type(text).__name__} arrived; "
            "read bytes with .decode('utf-8'), and ids with .decode(ids)"
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"character {error.start} of the text is {text[error.start]!a}, half of a surrogate "
            "pair: no character, so UTF-8 cannot write it; mend the text first, with "
            "text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')"
        ) from error
    return text
