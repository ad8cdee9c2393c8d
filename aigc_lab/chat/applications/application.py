"""What an application is: examples with a known answer, a prompt, a check and a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.town.turns import Message

if TYPE_CHECKING:
    from aigc_lab.chat.applications.asking import AnySpeaker


class Prompt(NamedTuple):
    """One question in two forms: messages for an assistant, a document for a base model.

    The document ends where the answer begins.
    """

    messages: tuple[Message, ...]
    document: str


@dataclass(frozen=True)
class Example:
    """One thing to do, with its right answer.

    `written` is the answer as a document would have it: after a space in English, and with the
    line break that ends it.
    """

    kind: str
    language: str
    prompt: Prompt
    answer: str
    written: str

    @property
    def text(self) -> str:
        """All that was given: the texts of the system and the user, one after another."""
        return "\n".join(m["content"] for m in self.prompt.messages if m["role"] != "assistant")

    @property
    def question(self) -> str:
        """What is asked, without the text that stands before it."""
        return self.prompt.messages[-1]["content"].rsplit("\n", 1)[-1]

    @property
    def source(self) -> str:
        """The text that the first question is about, or nothing."""
        asked = next(m["content"] for m in self.prompt.messages if m["role"] == "user")
        return asked.rpartition("\n")[0]


@dataclass(frozen=True)
class Application:
    """Something to use a language model for, with all that it takes to score it.

    `examples(count, split, seed, language)` gives held-out work, `check(example, said)` decides
    whether an answer of at most `max_tokens` will do, `baseline(example)` answers without a model.
    `complaint`, where there is one, says what is wrong with the form of an answer (or None), so
    that the model can be told and asked again; it does not know the right answer. `procedure`,
    where there is one, gets the answers when one question after another will not do.

    Notebook: 12 applications.
    """

    name: str
    why: str
    examples: Callable[[int, str, int, str | None], list[Example]]
    check: Callable[[Example, str], bool]
    baseline: Callable[[Example], str]
    baseline_name: str
    max_tokens: int = 32
    complaint: Callable[[Example, str], str | None] | None = None
    procedure: Callable[[AnySpeaker, Sequence[Example]], list[str]] | None = None

    def messages(self, example: Example, shots: Sequence[Example] = ()) -> list[Message]:
        """The messages that ask for an example, after some answered ones.

        Only one system message may stand there, that of the example; what a shot's said goes in
        front of its first question.
        """
        system = [m for m in example.prompt.messages if m["role"] == "system"]
        asked = [m for m in example.prompt.messages if m["role"] != "system"]
        return [*system, *(m for shot in shots for m in _as_shot(shot)), *asked]

    def base_prompt(self, example: Example, shots: Sequence[Example] = ()) -> str:
        """The same as one text, documents with their answers first, for a base model to go on with.

        Between documents stands the mark that stood there in training.
        """
        known = [shot.prompt.document + shot.written + END_OF_TEXT for shot in shots]
        return "".join([*known, example.prompt.document])

    def prompt(self, example: Example, shots: Sequence[Example] = ()) -> Prompt:
        """Both forms of an example after some answered ones."""
        return Prompt(tuple(self.messages(example, shots)), self.base_prompt(example, shots))


def _as_shot(shot: Example) -> list[Message]:
    told = [m["content"] for m in shot.prompt.messages if m["role"] == "system"]
    first, *rest = [m for m in shot.prompt.messages if m["role"] != "system"]
    opened = {"role": "user", "content": "\n".join([*told, first["content"]])}
    return [opened, *rest, {"role": "assistant", "content": shot.answer}]
