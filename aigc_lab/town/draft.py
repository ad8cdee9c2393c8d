"""A document while it is being written: its parts, and the tasks whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aigc_lab.town.dice import Dice, Phrase
from aigc_lab.town.language import Language


class Task(NamedTuple):
    """One thing to ask about a document: `question` ends where `answer` begins."""

    kind: str
    question: str
    answer: str


class Draft:
    """Collects the text of one document: first the body, then tasks about it."""

    def __init__(self, language: Language, parts: list[str] | None = None) -> None:
        self.language = language
        self.say, self.labels = language.say, language.labels
        self.parts: list[str] = [] if parts is None else parts
        self.emit = self.parts.append
        self.tasks: list[Task] = []
        self.body = ""

    def tell(self, phrase: Phrase) -> None:
        """Write one sentence."""
        self.emit(self.say[phrase[0]](*phrase[1:]))

    def end_body(self) -> None:
        """Close the body; what follows are tasks."""
        self.emit("\n")
        self.body = "".join(self.parts)

    def add(self, kind: str, question: str, answer: str) -> None:
        """Write one task, answer included."""
        self.emit(question)
        self.emit(answer + "\n")
        self.tasks.append(Task(kind, question, answer + "\n"))

    def ask(self, kind: str, question: str, answer: str) -> None:
        """Write a question line and its answer line."""
        self.add(kind, self.labels["question"] + question + self.labels["answer"], answer)

    def chat(self, kind: str, question: str, answer: str) -> None:
        """Write a customer's line and the agent's."""
        self.add(kind, self.labels["customer"] + question + self.labels["agent"], answer)

    def some_of(
        self, dice: Dice, pool: list[tuple], write: Callable[..., None], least: int, most: int
    ) -> None:
        """Write some of the tasks in the pool, in random order, `least` to `most` of them.

        Every number of tasks is equally likely: the choice is made one task at a time, by
        stopping with probability 1/(numbers still possible).
        """
        most = min(most, len(pool))
        for done in range(most):
            if done >= least and dice.chance(1, most - done + 1):
                return
            write(*dice.draw(pool))
