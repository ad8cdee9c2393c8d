"""From ids to text as they arrive: whole characters only, and nothing of a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aigc_lab.text.tokenizer import Tokenizer


class TextWriter:
    """Turns ids into pieces of text that are safe to show at once.

    A token may hold half a Chinese character, or half a stop string. `add` keeps such a half back
    until the rest has come; bytes that no character can hold become U+FFFD, as in `decode`.
    The text ends before the stop string that is complete first, wherever tokens begin and end.

    Notebook: 07 generation.

    >>> from aigc_lab.text.tokenizer import CharTokenizer
    >>> writer = TextWriter(CharTokenizer("abc"), stop=("cb",))
    >>> [writer.add(i) for i in (0, 2, 2, 1)], writer.text, writer.finish_reason
    (['a', '', 'c', ''], 'ac', 'stop')
    """

    def __init__(
        self, tokenizer: Tokenizer, stop: tuple[str, ...] = (), end_ids: Collection[int] = ()
    ) -> None:
        self.ids: list[int] = []  # every id that arrived, the one that ended the text included
        self.text = ""
        self.finish_reason: str | None = None  # "stop" or "length" once finished
        self._tokenizer = tokenizer
        self._stop = stop
        self._end_ids = frozenset(end_ids)
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._held = ""

    def add(self, token_id: int) -> str:
        """Take one more id and return the text that can now be shown, often an empty string."""
        self.ids.append(token_id)
        if token_id in self._end_ids:
            return self._finish("stop")
        self._held += self._utf8.decode(self._tokenizer.token_bytes(token_id))
        return self._release()

    def close(self) -> str:
        """Return what was held back; no more ids will come."""
        return "" if self.finish_reason else self._finish("length")

    def _finish(self, reason: str) -> str:
        self._held += self._utf8.decode(b"", final=True)
        piece = self._release(everything=True)
        self.finish_reason = self.finish_reason or reason
        return piece

    def _release(self, everything: bool = False) -> str:
        cut = first_stop(self._held, self._stop)
        if cut is not None:
            self.finish_reason = "stop"
            piece, self._held = self._held[:cut], ""
        else:
            keep = 0 if everything else stop_prefix_length(self._held, self._stop)
            split = len(self._held) - keep
            piece, self._held = self._held[:split], self._held[split:]
        self.text += piece
        return piece


def first_stop(text: str, stop: tuple[str, ...]) -> int | None:
    """Where to cut: the start of the stop string that is complete first, or None.

    >>> first_stop("one two", ("two", "e t"))
    2
    """
    found = [(text.find(string) + len(string), text.find(string)) for string in stop]
    return min((match for match in found if match[1] >= 0), default=(0, None))[1]


def stop_prefix_length(text: str, stop: tuple[str, ...]) -> int:
    """How many of the last characters might be the beginning of a stop string.

    >>> stop_prefix_length("where?\\nQ", ("\\nQ:",))
    2
    """
    longest = max((len(string) - 1 for string in stop), default=0)
    for length in range(min(longest, len(text)), 0, -1):
        if any(string.startswith(text[-length:]) for string in stop):
            return length
    return 0
