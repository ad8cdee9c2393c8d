"""Examples from Tiny Town: its conversations as work to do, as messages and as documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from aigc_lab.chat.applications.application import Example, Prompt
from aigc_lab.town.conversations import Conversation, conversation
from aigc_lab.town.documents import LANGUAGES
from aigc_lab.town.language import languages
from aigc_lab.town.turns import N_COUNTRIES, Turn, phrases

Examples = Callable[[int, str, int, "str | None"], list[Example]]
SCARCE = 400  # conversations looked through for each example that is asked for
AT_THE_COUNTER = ("parcel", "items", "number", "day", "hand_over")
JSON_LABEL = "JSON:"
FACTS = {"capital": N_COUNTRIES}  # the same in all worlds, so asked again would say nothing new
ASKED_IN = {"to_chinese": "english", "to_english": "chinese"}  # all other kinds: in both


def one_by_one(conversation_kinds: Sequence[str], turn_kinds: Sequence[str]) -> Examples:
    """Examples of these kinds of turns, each asked alone, in equal numbers."""

    def each(talk: Conversation) -> Iterator[Example]:
        for place, turn in enumerate(talk.turns):
            if turn.kind in turn_kinds:
                yield _example(talk, [_opened(talk, place)])

    return _balanced(conversation_kinds, turn_kinds, each)


def last_of_several(conversation_kinds: Sequence[str], turn_kinds: Sequence[str]) -> Examples:
    """Examples of these kinds of turns, each the last of a conversation of two or more."""

    def each(talk: Conversation) -> Iterator[Example]:
        if len(talk.turns) > 1 and talk.turns[-1].kind in turn_kinds:
            yield _example(talk, talk.turns)

    return _balanced(conversation_kinds, turn_kinds, each)


def _balanced(
    conversation_kinds: Sequence[str],
    turn_kinds: Sequence[str],
    each: Callable[[Conversation], Iterator[Example]],
) -> Examples:
    def examples(
        count: int, split: str = "test", seed: int = 0, language: str | None = None
    ) -> list[Example]:
        require_count(count)
        kinds = [kind for kind in turn_kinds if language in (None, ASKED_IN.get(kind, language))]
        shares = _shares(kinds, count, len(LANGUAGES) if language is None else 1)
        waiting: dict[str, dict[str, Example]] = {kind: {} for kind in kinds}
        for number in range(SCARCE * count):
            for example in each(conversation(number, split, seed, language, conversation_kinds)):
                if len(waiting[example.kind]) < shares[example.kind]:
                    waiting[example.kind].setdefault(example.prompt.document, example)
            if all(len(waiting[kind]) == shares[kind] for kind in kinds):
                in_turn = zip_longest(*(found.values() for found in waiting.values()))
                return [each for row in in_turn for each in row if each is not None][:count]
        raise ValueError(f"{conversation_kinds} has too few turns of {kinds}")

    return examples


def _shares(kinds: Sequence[str], count: int, columns: int) -> dict[str, int]:
    """How many examples of each kind; a fact that all worlds share is asked once."""
    share = -(-count // len(kinds))
    shares = {kind: min(share, FACTS.get(kind, count) * columns) for kind in kinds}
    missing = share * len(kinds) - sum(shares.values())
    others = [kind for kind in kinds if shares[kind] == share]
    return shares | dict.fromkeys(others, share - (-missing // max(1, len(others))))


def require_count(count: int) -> None:
    """Refuse to give no examples."""
    if count < 1:
        raise ValueError(f"count={count} examples; ask for at least 1")


def other_language(language: str) -> str:
    """Chinese for English, English for Chinese."""
    return LANGUAGES[1 - LANGUAGES.index(language)]


def labels_of(language: str) -> dict[str, str]:
    """The labels with which Town's documents begin their parts."""
    return languages()[LANGUAGES.index(language)].labels


def as_written(answer: str, language: str) -> str:
    """An answer as a document has it: after a space in English, and with its line break."""
    return f"{gap(language)}{answer}\n"


def gap(language: str) -> str:
    """What stands in front of a sentence: a space in English, nothing in Chinese."""
    return " " if language == "english" else ""


def as_asked(question: str, language: str, asks: str = "question", answers: str = "answer") -> str:
    """A question as a document asks it, up to where the answer begins; who speaks, by the labels.

    >>> as_asked("Where is Mia?", "english")
    'Question: Where is Mia?\\nAnswer:'
    """
    labels = labels_of(language)
    return f"{labels[asks]}{gap(language)}{question}{labels[answers]}"


def handing_over(language: str) -> str:
    """The sentence by which a question goes to a person.

    >>> handing_over("english")
    'The card does not say. I will hand you over to a person.'
    """
    return languages()[LANGUAGES.index(language)].say["other"]().strip()


def as_document(turn: Turn, language: str) -> str:
    """A turn as a document asks it, with the text in front, up to where the answer begins."""
    labels, space = labels_of(language), gap(language)
    text, _, question = turn.question.rpartition("\n")
    body = f"{text}\n" if text else ""
    if turn.kind == "continue":
        return text
    if turn.kind == "json":
        return body + JSON_LABEL
    for kind in ("title", "summary"):
        if turn.kind.endswith(kind):
            return body + labels[kind]
    if turn.kind in ("to_chinese", "to_english"):
        sentence = _without_order(question, language)
        return f"{labels[language]}{space}{sentence}\n{labels[other_language(language)]}"
    who = ("customer", "agent") if turn.kind in AT_THE_COUNTER else ("question", "answer")
    return body + as_asked(question, language, *who)


def _opened(talk: Conversation, place: int) -> Turn:
    """A later turn with the text in front, as if it had been the first."""
    turn, first = talk.turns[place], talk.turns[0]
    if place == 0 or talk.kind in ("service", "translation", "capital"):
        return turn
    text = first.question.rpartition("\n")[0]
    return Turn(turn.kind, f"{text}\n{turn.question}", turn.answer)


def _example(talk: Conversation, turns: Sequence[Turn]) -> Example:
    system = talk.system if talk.kind == "service" else None
    asked = Conversation(talk.kind, talk.language, system, tuple(turns))
    *earlier, last = turns
    target = other_language(asked.language) if asked.kind == "translation" else asked.language
    document = "" if system is None else system + "\n"
    for turn in earlier:
        document += as_document(turn, asked.language) + as_written(turn.answer, target)
    prompt = Prompt(tuple(asked.messages()), document + as_document(last, asked.language))
    return Example(last.kind, asked.language, prompt, last.answer, as_written(last.answer, target))


def _without_order(question: str, language: str) -> str:
    """The sentence of "Translate into Chinese: …"."""
    column = LANGUAGES.index(language)
    for orders in phrases()["ask"]["translate"]:
        if question.startswith(orders[column]):
            return question.removeprefix(orders[column])
    raise ValueError(f"{question!r} is no order to translate")
