"""Conversations about Tiny Town: what a person asks an assistant, and the one right answer.

The worlds and the answers are those of the documents; only the form is another one. `chat.json` in
`data/town` holds the words that documents have no need of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aigc_lab.town import turns
from aigc_lab.town.dice import Dice
from aigc_lab.town.documents import LANGUAGES, STREAM_LENGTH
from aigc_lab.town.draft import Draft
from aigc_lab.town.language import languages
from aigc_lab.town.turns import Message, Turn

Writer = Callable[[Dice, Draft], "tuple[str | None, list[Turn]]"]

KINDS: dict[str, tuple[Writer, int]] = {  # how each kind is written, and its share
    "story": (turns.about_a_story, 6),
    "article": (turns.about_an_article, 3),
    "service": (turns.at_the_counter, 2),
    "translation": (turns.to_translate, 2),
    "capital": (turns.about_capitals, 1),
    "continue": (turns.to_continue, 1),
    "json": (turns.to_structure, 1),
    "other_language": (turns.in_the_other_language, 1),
    "talk": (turns.small_talk, 1),
}
SHARES = [share for _, share in KINDS.values()]
SET_APART = 2**44  # conversations and documents of the same number tell different worlds


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person's questions in turn, each with its right answer; `system` is said before them."""

    kind: str
    language: str
    system: str | None
    turns: tuple[Turn, ...]

    def messages(self, upto: int | None = None) -> list[Message]:
        """All up to the question of turn `upto`, the last one if None; turns before it answered.

        Raises: IndexError for a turn that is not there.
        """
        last = len(self.turns) - 1 if upto is None else range(len(self.turns))[upto]
        return self.full()[: (self.system is not None) + 2 * last + 1]

    def full(self, answers: Sequence[str] | None = None) -> list[Message]:
        """The whole conversation, with the right answers, or with these."""
        said = [turn.answer for turn in self.turns] if answers is None else answers
        system = [] if self.system is None else [{"role": "system", "content": self.system}]
        return system + [
            {"role": role, "content": content}
            for turn, answer in zip(self.turns, said, strict=True)
            for role, content in (("user", turn.question), ("assistant", answer))
        ]


def conversation(
    number: int,
    split: str = "train",
    seed: int = 0,
    language: str | None = None,
    kinds: Sequence[str] = tuple(KINDS),
) -> Conversation:
    """Conversation `number` of an endless stream; the same arguments always give the same one.

    Its world belongs to `split`, as a document's does. `language` is "english", "chinese" or None
    for either.
    Raises: ValueError for an unknown split, language or kind, or a number outside 0 … 2^40-1.

    >>> conversation(3, "test") == conversation(3, "test")
    True
    """
    if not 0 <= number < STREAM_LENGTH:
        raise ValueError(f"conversation number {number} is outside 0 … {STREAM_LENGTH - 1}")
    if language not in (None, *LANGUAGES):
        raise ValueError(f"language {language!r} is not spoken here; choose one of {LANGUAGES}")
    if not kinds or not set(kinds) <= set(KINDS):
        raise ValueError(f"kinds={kinds!r}: choose one or more of {tuple(KINDS)}")
    dice = Dice(SET_APART + seed * STREAM_LENGTH + number, split)
    kind = list(kinds)[dice.share([KINDS[kind][1] for kind in kinds])]
    spoken = languages()[dice.roll(2)]
    if language is not None:
        spoken = languages()[LANGUAGES.index(language)]
    system, written = KINDS[kind][0](dice, Draft(spoken))
    return Conversation(kind, spoken.name, system, tuple(written))


def conversations(
    count: int,
    split: str = "test",
    seed: int = 0,
    start: int = 0,
    language: str | None = None,
    kinds: Sequence[str] | None = None,
) -> Iterator[Conversation]:
    """`count` conversations of one split's stream, from number `start` on."""
    kinds = tuple(KINDS) if kinds is None else kinds
    for number in range(start, start + count):
        yield conversation(number, split, seed, language, kinds)


def demonstrated(written: Conversation, seed: int = 0) -> list[Message]:
    """The conversation as one of many people would demonstrate it: most well, some with a flaw.

    Of 100 answers that can be flawed, about 55 are right, true and brief, 25 wrapped in politeness,
    and the rest unhelpful, or made up where there is nothing to know.
    """
    dice = Dice(seed)
    answers = []
    for turn in written.turns:
        flaw = ("", *turns.FLAWS)[dice.share((55, 25, 8, 12))]
        if flaw and flaw not in turn.flawed:
            flaw = "unhelpful" if "unhelpful" in turn.flawed and flaw == "made_up" else ""
        answers.append(turn.flawed.get(flaw, turn.answer))
    return written.full(answers)


def judge(turn: Turn, said: str) -> str:
    """What is to be said of an answer: "good", "padded", "unhelpful", "made_up" or "wrong".

    Good is exactly the right answer, and nothing more: helpful, honest and brief. Padded is the
    same in polite phrases; whoever adds anything else has not answered. A thing is made up when it
    is told where there is nothing to know.

    >>> turn = Turn("absent", "Where is Tom?", "The story does not say.", {})
    >>> judge(turn, "The story does not say."), judge(turn, "Tom is in the park.")
    ('good', 'made_up')
    """
    said = said.strip()
    if said == turn.answer:
        return "good"
    if _is_padded(said, turn.answer):
        return "padded"
    if turns.is_unhelpful(said):
        return "unhelpful"
    return "made_up" if turn.kind in turns.NOTHING_TO_KNOW else "wrong"


def _is_padded(said: str, answer: str) -> bool:
    """Whether something is the answer with nothing but polite phrases before and behind it."""
    polite = {phrase.strip() for row in turns.phrases()["padding"] for phrase in row} | {""}
    before, found, after = said.partition(answer)
    return bool(found) and {before.strip(), after.strip()} <= polite
