"""Cutting streamed text before a stop string, of which nothing may have been sent by then."""

from __future__ import annotations

from aigc_lab.generation.pieces import first_stop, stop_prefix_length


class Cutter:
    """Passes text on, except what is, or might become, a stop string.

    >>> cutter = Cutter(("\\nQ:",))
    >>> cutter.add("Here."), cutter.add("\\n"), cutter.add("Q: Why?"), cutter.close()
    ('Here.', '', '', '')
    """

    def __init__(self, stop: tuple[str, ...]) -> None:
        self.sent = 0  # characters
        self._stop = stop
        self._held = ""
        self._ended = False

    def add(self, text: str) -> str:
        """Take more text and return what can be sent now."""
        if self._ended:
            return ""
        self._held += text
        cut = first_stop(self._held, self._stop)
        if cut is not None:
            self._ended = True
            self._held = self._held[:cut]
            return self.close()
        return self._send(len(self._held) - stop_prefix_length(self._held, self._stop))

    def close(self) -> str:
        """What was held back, when no more will come."""
        return self._send(len(self._held))

    def _send(self, length: int) -> str:
        piece, self._held = self._held[:length], self._held[length:]
        self.sent += len(piece)
        return piece
