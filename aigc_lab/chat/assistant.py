"""A conversation: who said what so far, and as much of it as the speaker can still read."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from aigc_lab.chat.replies import ContextExceeded, Message, Settings, Speaker


@dataclass(frozen=True)
class Exchange:
    """A question and its answer; `ending` is "stop", "length", or "stopped" by whoever asked."""

    question: str
    answer: str
    ending: str

    def messages(self) -> list[Message]:
        """The two as the API has them."""
        user = {"role": "user", "content": self.question}
        return [user, {"role": "assistant", "content": self.answer}]


class Assistant:
    """A speaker with a memory: every question comes with the conversation before it.

    When that no longer fits beside the answer, the oldest exchanges are left out, never the system
    message nor the newest question; `forgotten` says how many the speaker no longer reads. An
    error leaves the conversation as it was before the question. `stop` and `reset` may come from
    another thread, and take effect at once, whatever the speaker is doing.

    Raises: ValueError for settings that there are not.
    Notebook: 11 from GPT to ChatGPT.
    """

    def __init__(self, speaker: Speaker, system: str | None = None, **settings: Any) -> None:
        Settings.of(**settings)
        self.speaker, self.system, self.settings = speaker, system, settings
        self.forgotten = 0
        self._said: list[Exchange] = []
        self._now: _Question | None = None
        self._lock = threading.RLock()

    def ask(self, text: str, **settings: Any) -> Iterator[str]:
        """Ask, and hand out the answer piece by piece; settings given here hold this once.

        Whoever ends the iteration early stops the answer: what came is kept as `stop` keeps it.
        Raises: ValueError for an empty question, RuntimeError if it is answering already; and in
            the iteration whatever the speaker raises.
        """
        if not text.strip():
            raise ValueError(f"the question {text!r} is empty; write something to answer")
        settings = {**self.settings, **settings}
        Settings.of(**settings)
        with self._lock:
            if self._now is not None and self._now.begun:
                raise RuntimeError("the last question is still being answered; wait, or stop() it")
            self._now = now = _Question(text)
        return self._answer(now, settings)

    def say(self, text: str, **settings: Any) -> str:
        """Ask, and wait for the whole answer."""
        return "".join(self.ask(text, **settings))

    def stop(self) -> None:
        """End the answer that is being written; without a word of it the question goes too."""
        with self._lock:
            if self._now is not None:
                self._settle(self._now, "stopped")

    def reset(self) -> None:
        """Begin a new conversation, with the same system message and settings."""
        with self._lock:
            self._now, self._said, self.forgotten = None, [], 0

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All questions that have an answer, the forgotten ones too."""
        return tuple(self._said)

    @property
    def messages(self) -> list[Message]:
        """The whole conversation as the API has it, the forgotten part too."""
        return self._messages(self._said)

    def _messages(self, said: Sequence[Exchange]) -> list[Message]:
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, *(message for each in said for message in each.messages())]

    def _answer(self, now: _Question, settings: dict[str, Any]) -> Iterator[str]:
        with self._lock:
            if self._now is not now:
                return  # stopped before it began
            now.begun = True
        ending = None
        try:
            ending = yield from self._pieces(now, settings)
        except (GeneratorExit, KeyboardInterrupt):
            ending = "stopped"
            raise
        finally:
            self._settle(now, ending)

    def _pieces(self, now: _Question, settings: dict[str, Any]) -> Generator[str, None, str | None]:
        """The pieces of the answer, and then how it ended."""
        wanted = Settings.of(**settings).max_tokens
        while True:
            messages, room = self._fitting(now, wanted)
            # The API refuses more than there is room for.
            shorter = {"max_tokens": room} if 0 < room < wanted else {}
            try:
                with closing(self.speaker.stream(messages, **(settings | shorter))) as pieces:
                    for piece in pieces:
                        if not self._add(now, piece):
                            return None  # stopped, and settled, from elsewhere
                        yield piece
                    return pieces.reply.finish_reason
            except ContextExceeded:
                if now.answer or not self._forget_one(now):
                    raise

    def _fitting(self, now: _Question, wanted: int) -> tuple[list[Message], int]:
        """The messages to send, as much of the conversation as leaves room; and that room.

        Never more than half of what the speaker reads is kept free.
        """
        context = self.speaker.context
        limit = context - min(wanted, context // 2)
        newest = {"role": "user", "content": now.text}
        while True:
            messages = [*self._messages(self._said[self.forgotten :]), newest]
            count = self.speaker.count_tokens(messages)
            if count <= limit or not self._forget_one(now):
                return messages, context - count

    def _forget_one(self, now: _Question) -> bool:
        """Leave out one exchange more; False where there is none."""
        with self._lock:
            more = self._now is now and self.forgotten < len(self._said)
            self.forgotten += more
            return more

    def _add(self, now: _Question, piece: str) -> bool:
        """Take a piece of the answer, unless its question was stopped meanwhile."""
        with self._lock:
            if self._now is not now:
                return False
            now.answer += piece
            return True

    def _settle(self, now: _Question, ending: str | None) -> None:
        """The answer is over: keep it, or without an ending, or a word when stopped, drop it."""
        with self._lock:
            if self._now is not now:
                return
            self._now = None
            if ending and (now.answer or ending != "stopped"):
                self._said.append(Exchange(now.text, now.answer, ending))


@dataclass
class _Question:
    """The question that is being answered, and what has come of the answer."""

    text: str
    answer: str = ""
    begun: bool = False
