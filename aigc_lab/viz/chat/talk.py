"""One question to several assistants at once, each answering in a thread of its own."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from aigc_lab.chat.assistant import Assistant

EVERY = 0.05  # seconds; more often than that a growing answer is not shown
LONGEST = 300  # letters of an error that are shown
STILL_ANSWERING = "The last question is still being answered: wait for it, or stop it."
NOT_A_WORD = "Stopped before the first word."


@dataclass
class Part:
    """What one assistant says to one question.

    `ending` is empty while it is being written, then "stop", "length", "stopped" or "error".
    """

    text: str = ""
    ending: str = ""
    error: str = ""


@dataclass(eq=False)
class Turn:
    """A question, whom it was asked by, and the answers in the order of the assistants."""

    question: str
    answers: list[Part]
    asker: str = ""
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the browser."""
        answers = [asdict(part) for part in self.answers]
        return {"question": self.question, "answers": answers}


class Talk:
    """What was asked and answered so far, and the answers that are being written.

    `changed` is called whenever something is to be shown, in whichever thread it happened, with
    `lock` held. When all assistants fail, or are stopped before a word, the question is taken back:
    it is no turn, and stands in `returned` with the reason, for whoever asked to try again.
    """

    def __init__(self, assistants: Mapping[str, Assistant], changed: Callable[[], None]) -> None:
        self.assistants = dict(assistants)
        self.turns: list[Turn] = []
        self.now: Turn | None = None
        self.returned: dict[str, str] = {}
        self.lock = threading.RLock()
        self._changed, self._told = changed, 0.0

    def ask(self, question: str, asker: str = "", system: str = "", **settings: Any) -> Turn:
        """Begin to answer, and return at once; `over` of the turn is set at the end.

        Raises: RuntimeError while the last question is being answered, ValueError for an empty
            question or settings that will not do; nothing has begun then.
        """
        with self.lock:
            if self.now is not None:
                raise RuntimeError(STILL_ANSWERING)
            asked = []
            for assistant in self.assistants.values():
                asked.append(assistant.ask(question, **settings))
                assistant.system = system
            turn = Turn(question, [Part() for _ in asked], asker)
            self.now, self.returned = turn, {}
            self._tell()
        for place, pieces in enumerate(asked):
            context = contextvars.copy_context()  # so that the kernel knows whose cell it is
            work = (self._answer, turn, place, pieces)
            threading.Thread(target=context.run, args=work, daemon=True).start()
        return turn

    def take_back(self, question: str, line: str, asker: str) -> None:
        """Give a question back to whoever asked, saying why."""
        with self.lock:
            self.returned = {"question": question, "line": line, "asker": asker}
            self._tell()

    def stop(self) -> None:
        """End all answers that are being written, at once."""
        with self.lock:
            if self.now is None:
                return
            for assistant, part in zip(self.assistants.values(), self.now.answers, strict=True):
                if not part.ending:
                    assistant.stop()
                    part.ending = "stopped"
            self._settle(self.now)

    def reset(self) -> None:
        """Begin anew; an answer that is being written is dropped."""
        with self.lock:
            dropped = self.now
            for assistant in self.assistants.values():
                assistant.reset()
            self.turns, self.now, self.returned = [], None, {}
            self._tell()
            if dropped is not None:
                dropped.over.set()

    def _answer(self, turn: Turn, place: int, pieces: Any) -> None:
        """What a thread does: take the pieces of an answer while it is wanted."""
        part = turn.answers[place]
        try:
            for piece in pieces:
                with self.lock:
                    if self.now is not turn:
                        return
                    part.text += piece
                    if time.monotonic() - self._told >= EVERY:
                        self._tell()
        except Exception as error:  # whatever a speaker may raise is shown to whoever asked
            self._end(turn, part, "error", one_line(error))
        else:
            self._end(turn, part, self._ending(place))

    def _ending(self, place: int) -> str:
        """How the newest answer of an assistant ended."""
        exchanges = list(self.assistants.values())[place].exchanges
        return exchanges[-1].ending if exchanges else "stopped"

    def _end(self, turn: Turn, part: Part, ending: str, error: str = "") -> None:
        """One answer is over; with the last of them the turn is."""
        with self.lock:
            if self.now is turn:
                part.ending, part.error = ending, error
                if all(each.ending for each in turn.answers):
                    self._settle(turn)
                else:
                    self._tell()

    def _settle(self, turn: Turn) -> None:
        """All answers are over: keep the turn, or take the question back."""
        self.now = None
        if reason := self._why_no_turn(turn):
            self.take_back(turn.question, reason, turn.asker)
        else:
            self.turns.append(turn)
            self._tell()
        turn.over.set()

    def _why_no_turn(self, turn: Turn) -> str:
        """The reason why a question got no answer at all, or an empty text."""
        for part in turn.answers:
            if part.ending in ("stop", "length") or (part.ending == "stopped" and part.text):
                return ""
        lines = [part.error for part in turn.answers if part.error]
        return " · ".join(dict.fromkeys(lines)) or NOT_A_WORD

    def _tell(self) -> None:
        self._told = time.monotonic()
        self._changed()


def one_line(error: BaseException) -> str:
    """What went wrong, in one line.

    >>> one_line(ValueError("too long:\\n  300 tokens"))
    'too long: 300 tokens'
    """
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
