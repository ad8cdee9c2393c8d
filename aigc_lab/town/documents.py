"""The documents of Tiny Town: a mixture of kinds in two languages, split by world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aigc_lab.town.articles import write_health, write_lesson, write_recipe, write_weather
from aigc_lab.town.dice import Dice
from aigc_lab.town.draft import Draft, Task
from aigc_lab.town.language import languages
from aigc_lab.town.service import write_service
from aigc_lab.town.story import write_story
from aigc_lab.town.translation import write_translation

Writer = Callable[[Dice, Draft], None]

KINDS: dict[str, tuple[Writer, int]] = {  # how each kind is written, and its share of the documents
    "story": (write_story, 5),
    "translation": (write_translation, 3),
    "lesson": (write_lesson, 1),
    "weather": (write_weather, 1),
    "health": (write_health, 1),
    "recipe": (write_recipe, 1),
    "service": (write_service, 1),
}
WRITERS = [writer for writer, _ in KINDS.values()]
SHARES = [share for _, share in KINDS.values()]
STREAM_LENGTH = 2**40
LANGUAGES = ("english", "chinese")


@dataclass(frozen=True, slots=True)
class Document:
    """One text with everything that is known about it.

    `nats` is -log of its probability under the generator (which knows of no splits); `body` is
    the part that `tasks` ask about, so that `body + task.question` is a complete prompt.
    """

    kind: str
    language: str
    text: str
    nats: float
    body: str
    tasks: tuple[Task, ...]

    def prompt(self, task: Task) -> str:
        """The text after which `task.answer` is the right continuation."""
        return self.body + task.question


def write_document(
    dice: Dice, parts: list[str] | None = None, language: str | None = None
) -> Document:
    """Write one document with these dice; `parts` receives its text piece by piece.

    `language` overrules the dice's choice of one: the same dice tell the same world in either, at
    the same `nats`.
    """
    kind = dice.share(SHARES)
    chosen = languages()[dice.roll(2)]
    if language is not None:
        chosen = languages()[LANGUAGES.index(language)]
    draft = Draft(chosen, parts)
    WRITERS[kind](dice, draft)
    text = "".join(draft.parts)
    return Document(list(KINDS)[kind], chosen.name, text, dice.nats, draft.body, tuple(draft.tasks))


def document(
    number: int, split: str = "train", seed: int = 0, language: str | None = None
) -> Document:
    """Document `number` of an endless stream; the same arguments always give the same document.

    `language` tells it in "english" or "chinese" whatever the stream would have chosen; the two
    are the same world, event by event and task by task.
    Raises: ValueError for an unknown split or language, or a number outside 0 … 2^40-1.

    >>> document(3, "test") == document(3, "test")
    True
    """
    if not 0 <= number < STREAM_LENGTH:
        raise ValueError(f"document number {number} is outside 0 … {STREAM_LENGTH - 1}")
    if language not in (None, *LANGUAGES):
        raise ValueError(f"language {language!r} is not spoken here; choose one of {LANGUAGES}")
    return write_document(Dice(seed * STREAM_LENGTH + number, split), language=language)


def documents(
    count: int,
    split: str = "train",
    seed: int = 0,
    start: int = 0,
    language: str | None = None,
) -> Iterator[Document]:
    """`count` documents of one split's stream, from number `start` on.

    The splits share no world: a world's home, a hash of how it begins, decides where it may
    appear. "train" has 18 homes of 20, "validation" and "test" one each.
    """
    for number in range(start, start + count):
        yield document(number, split, seed, language)
