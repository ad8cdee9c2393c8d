"""The two languages of Tiny Town, compiled from the tables in `data/town`.

`phrases.json` is the whole grammar: every phrase stands there in English and Chinese, with named
slots. `words.json` and `facts.json` hold what may fill the slots.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from aigc_lab.core.files import data_folder, read_json

SLOT = re.compile(r"{(\w+)}")
SAME_NOUNS = {"other": "person", "goal": "place", "country_2": "country", "more": "some"}
HIGHEST_COUNT = 9
COLDEST, WARMEST = -10, 32  # degrees Celsius
N_COLOURS, N_THINGS, N_FOODS = 6, 12, 8
PHRASE_SLOTS = {
    "at",
    "thing",
    "some",
    "items",
    "span",
    "guests",
    "degrees",
    "number",
    "unanswerable",
}


@lru_cache
def tables() -> dict[str, Any]:
    """The words, facts and phrases of Tiny Town, read once."""
    folder = data_folder() / "town"
    words, facts = read_json(folder / "words.json"), read_json(folder / "facts.json")
    return {**words, **facts, "phrases": read_json(folder / "phrases.json")}


class Language:
    """A list of nouns for every slot and a function for every phrase.

    `say[name](*indices)` gives the sentence; the indices follow the order of the slots in the
    English phrase, in both languages, so that one event is said in either. A sentence starts with
    the language's gap (a space in English, nothing in Chinese), ready to be joined.

    >>> english, chinese = languages()
    >>> english.say["walked"](0, 0), chinese.say["walked"](0, 0)
    (' Mia walked to the garden.', '米娅走到了花园。')
    """

    def __init__(self, name: str, column: int) -> None:
        self.name = name
        self.nouns = _english_nouns() if column == 0 else _chinese_nouns()
        phrases = tables()["phrases"]
        self.labels = {key: pair[column] for key, pair in phrases["labels"].items()}
        gap = " " if column == 0 else ""
        self.say = {
            key: self._compile(pair[0], gap + pair[column])
            for group, entries in phrases.items()
            if group != "labels"
            for key, pair in entries.items()
        }

    def _compile(self, english: str, phrase: str) -> Callable[..., str]:
        """The phrase as a function of its nouns: each of its pieces is written out beforehand."""
        slots, here = slots_of(english), slots_of(phrase)
        if not here:
            return lambda: phrase
        written = [
            [piece.replace(f"{{{slot}}}", noun) for noun in self.nouns[SAME_NOUNS.get(slot, slot)]]
            for slot, piece in zip(here, _pieces(phrase), strict=True)
        ]
        if here == slots and len(slots) == 1:
            return written[0].__getitem__
        if here == slots and len(slots) == 2:
            first, second = written
            return lambda i, j: first[i] + second[j]
        places = [slots.index(slot) for slot in here]
        pieces = list(zip(written, places, strict=True))
        return lambda *chosen: "".join([nouns[chosen[place]] for nouns, place in pieces])


def slots_of(english: str) -> list[str]:
    """The slot names of a phrase, in the order in which its English form has them.

    >>> slots_of("{person} gave the {thing} to {other}.")
    ['person', 'thing', 'other']
    """
    return SLOT.findall(english)


def _pieces(phrase: str) -> list[str]:
    """A phrase cut in front of each slot but the first, so that every piece has one slot.

    >>> _pieces("{person} walked to the {place}.")
    ['{person} walked to the ', '{place}.']
    """
    cuts = [match.start() for match in SLOT.finditer(phrase)][1:]
    return [phrase[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]


@lru_cache
def languages() -> tuple[Language, Language]:
    """English and Chinese."""
    return Language("english", 0), Language("chinese", 1)


def thing_index(colour: int, thing: int) -> int:
    """The index of a coloured thing in the noun list `thing`."""
    return colour * N_THINGS + thing


def some_index(count: int, food: int) -> int:
    """The index of `count` pieces of a food in the noun list `some`."""
    return (count - 1) * N_FOODS + food


def _column(table: str, column: int) -> list[str]:
    return [row[column] for row in tables()[table]]


def _shared_nouns(column: int) -> dict[str, list[str]]:
    simple = {
        "person": "people",
        "place": "places",
        "weather": "weathers",
        "hour": "hours",
        "day": "days",
        "feeling": "feelings",
        "dish": "dishes",
        "illness": "illnesses",
        "status": "statuses",
        "unanswerable": "unanswerable",
        "country": "capitals",
    }
    nouns = {slot: _column(table, column) for slot, table in simple.items()}
    nouns["capital"] = _column("capitals", 2 + column)
    nouns["advice"] = _column("illnesses", 2 + column)
    nouns["degrees"] = [str(n) for n in range(COLDEST, WARMEST + 1)]
    nouns["number"] = [f"{n:04d}" for n in range(10000)]
    return nouns


def _english_nouns() -> dict[str, list[str]]:
    numbers, colours = _column("numbers", 0), _column("colours", 0)
    counts = range(1, HIGHEST_COUNT + 1)
    return {
        **_shared_nouns(0),
        "at": [f"{preposition} the {place}" for place, preposition, *_ in tables()["places"]],
        "thing": [f"{colour} {one}" for colour in colours for one, _, _ in tables()["things"]],
        "food": _column("foods", 1),
        "some": [
            f"{numbers[n]} {one if n == 1 else many}"
            for n in counts
            for one, many, _ in tables()["foods"]
        ],
        "items": [
            f"{numbers[n]} {colour} {one if n == 1 else many}"
            for n in counts
            for colour in colours
            for one, many, _ in tables()["things"]
        ],
        "span": [f"{number} days" for number in numbers],
        "guests": [f"{number} people" for number in numbers],
    }


def _chinese_nouns() -> dict[str, list[str]]:
    numbers, colours = _column("numbers", 1), _column("colours", 1)
    counts = range(1, HIGHEST_COUNT + 1)
    nouns = _shared_nouns(1)
    nouns["place"] = _column("places", 2)
    things = [f"{colour}的{thing}" for colour in colours for _, _, thing in tables()["things"]]
    return {
        **nouns,
        "at": [f"在{place}{side}" for _, _, place, side in tables()["places"]],
        "thing": things,
        "food": _column("foods", 2),
        "some": [f"{numbers[n]}个{food}" for n in counts for _, _, food in tables()["foods"]],
        "items": [f"{numbers[n]}个{thing}" for n in counts for thing in things],
        "span": [f"{number}天" for number in numbers],
        "guests": [f"{number}个人" for number in numbers],
    }


def cut_at_nouns(text: str) -> str:
    """The text with a line break around every Chinese noun, for a tokenizer to learn words from.

    Chinese is written without spaces; learned from plain text, byte-pair merges would swallow
    whole phrases of a closed world. Merges never cross a line break.

    >>> cut_at_nouns("米娅去了花园。").split("\\n")
    ['', '米娅', '去了', '花园', '。']
    """
    return _noun_pattern().sub(lambda match: f"\n{match[0]}\n", text)


@lru_cache
def _noun_pattern() -> re.Pattern[str]:
    kept = {slot: nouns for slot, nouns in languages()[1].nouns.items() if slot not in PHRASE_SLOTS}
    nouns = {noun for nouns in kept.values() for noun in nouns}
    nouns |= {*_column("colours", 1), *_column("things", 2), *_column("numbers", 1)}
    return re.compile("|".join(sorted(nouns, key=len, reverse=True)))
