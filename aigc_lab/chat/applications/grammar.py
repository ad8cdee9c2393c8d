"""Which sentences may come next in a story: the town's own rules, read backwards from the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aigc_lab.town.documents import LANGUAGES
from aigc_lab.town.language import (
    N_COLOURS,
    N_FOODS,
    N_THINGS,
    SAME_NOUNS,
    languages,
    slots_of,
    some_index,
    tables,
    thing_index,
)
from aigc_lab.town.story import (
    MOST_BOUGHT,
    MOST_EATEN,
    MOST_EVENTS,
    MOVES,
    N_FEELINGS,
    N_HOURS,
    N_PEOPLE,
    N_PLACES,
    N_WEATHERS,
    TAKES,
    World,
)

SENTENCE = re.compile(r"[^.。]+[.。]")
OPENING = ("weather_was", "was", "lay")
REMARKS = ("is_now", "has_now")  # what may follow an event, without being one
MOST_CAST, MOST_THINGS = 3, 2
Phrase = tuple  # the name of a phrase, and the index of the noun in each of its slots


def sentences(text: str) -> list[str]:
    """A text cut behind every full stop.

    >>> sentences("Mia ran. Tom sat."), sentences("米娅走了。汤姆坐着。")
    (['Mia ran.', 'Tom sat.'], ['米娅走了。', '汤姆坐着。'])
    """
    return [sentence.strip() for sentence in SENTENCE.findall(text)]


def next_sentences(text: str, language: str) -> set[str]:
    """Every sentence with which a story of Tiny Town may go on.

    The beginning is read as the generator would have told it: who is where, what lies where, who
    has what. From there on, what may happen next is what may happen in the town.

    Raises: ValueError for a sentence that no story holds.
    Notebook: 12 applications.

    >>> beginning = "Story: Mia was in the park. Tom was in the park. The red cup was in the park."
    >>> next_ones = next_sentences(beginning, "english")
    >>> "Tom took the red cup." in next_ones, "Mia ate two apples." in next_ones  # she has none
    (True, False)
    """
    spoken = languages()[LANGUAGES.index(language)]
    told = [
        read_phrase(each, language) for each in sentences(text.removeprefix(spoken.labels["story"]))
    ]
    opening = [phrase for phrase in told if phrase[0] in OPENING]
    events = told[len(opening) :]
    allowed = [] if events else list(_openings(opening))
    place = {phrase[1]: phrase[2] for phrase in opening if phrase[0] == "was"}
    lies = {phrase[1]: phrase[2] for phrase in opening if phrase[0] == "lay"}
    if lies:
        allowed += _after(World(place, lies), events)
    return {spoken.say[name](*nouns).strip() for name, *nouns in allowed}


@lru_cache(maxsize=4096)
def read_phrase(sentence: str, language: str) -> Phrase:
    """The phrase and the nouns that a sentence of a story is made of, as `say` takes them.

    Raises: ValueError for a sentence that no phrase makes.

    >>> read_phrase("Mia ran to the kitchen.", "english")
    ('ran', 0, 1)
    >>> read_phrase("米娅跑到了厨房。", "chinese")
    ('ran', 0, 1)
    """
    for name, (english, chinese) in tables()["phrases"]["events"].items():
        found = said_as(name, english if language == "english" else chinese, sentence, language)
        if found is not None:
            return (name, *(found[slot] for slot in slots_of(english)))
    raise ValueError(f"no story of Tiny Town says {sentence!r}")


def said_as(name: str, phrase: str, sentence: str, language: str) -> dict[str, int] | None:
    """The noun in each slot of a phrase, by its index, if the sentence says that phrase."""
    match = _pattern(phrase, language).fullmatch(sentence)
    if match is None:
        return None
    return {slot: _indices(slot, language)[noun] for slot, noun in match.groupdict().items()}


@lru_cache
def _pattern(phrase: str, language: str) -> re.Pattern[str]:
    pattern = re.escape(phrase)
    for slot in slots_of(phrase):
        nouns = sorted(_indices(slot, language), key=len, reverse=True)
        choice = f"(?P<{slot}>{'|'.join(map(re.escape, nouns))})"
        pattern = pattern.replace(re.escape(f"{{{slot}}}"), choice)
    return re.compile(pattern)


@lru_cache
def _indices(slot: str, language: str) -> dict[str, int]:
    nouns = languages()[LANGUAGES.index(language)].nouns[SAME_NOUNS.get(slot, slot)]
    return {noun: index for index, noun in enumerate(nouns)}


def _openings(told: list[Phrase]) -> Iterator[Phrase]:
    """What may still be told before anything happens."""
    cast = [phrase[1] for phrase in told if phrase[0] == "was"]
    things = [phrase[1] for phrase in told if phrase[0] == "lay"]
    if not told:
        yield from (("weather_was", w, h) for w in range(N_WEATHERS) for h in range(N_HOURS))
    if len(cast) < MOST_CAST and not things:
        strangers = [person for person in range(N_PEOPLE) if person not in cast]
        yield from (("was", person, place) for person in strangers for place in range(N_PLACES))
    if len(cast) > 1 and len(things) < MOST_THINGS:
        named = {thing % N_THINGS for thing in things}
        for noun in (noun for noun in range(N_THINGS) if noun not in named):
            for place in {phrase[2] for phrase in told if phrase[0] == "was"}:
                for colour in range(N_COLOURS):
                    yield "lay", thing_index(colour, noun), place


def _after(world: World, events: list[Phrase]) -> Iterator[Phrase]:
    """What may be told next, once these events have happened in the world."""
    last: Phrase = ("",)
    for phrase in events:
        if phrase[0] not in REMARKS:
            _happen(world, *phrase)
        last = phrase
    if last[0] in MOVES:
        yield "is_now", last[1], last[2]
    elif last[0] in (*TAKES, "gave"):
        yield "has_now", last[-1] if last[0] == "gave" else last[1], last[2]
    if sum(phrase[0] not in REMARKS for phrase in events) < MOST_EVENTS:
        for person in world.cast:
            for kind in world.possible(person):
                yield from ((kind, person, *rest) for rest in _ways(world, person, kind))


def _happen(world: World, kind: str, person: int, *rest: int) -> None:
    """Change the world as an event does."""
    if kind in MOVES:
        world.place[person] = rest[0]
    elif kind in TAKES:
        world.lies.pop(rest[0], None)
        world.holder[rest[0]] = person
    elif kind == "gave":
        world.holder[rest[0]] = rest[1]
    elif kind == "put_down":
        world.holder[rest[0]] = None
        world.lies[rest[0]] = world.place[person]
    elif kind in ("bought", "ate"):
        count, food = rest[0] // N_FOODS + 1, rest[0] % N_FOODS
        before = world.food.get(person, (food, 0))[1]
        world.food[person] = food, before + count if kind == "bought" else before - count


def _ways(world: World, person: int, kind: str) -> Iterator[tuple[int, ...]]:
    """The nouns with which somebody may be told to do this."""
    if kind in MOVES:
        yield from ((place,) for place in range(N_PLACES) if place != world.place[person])
    elif kind == "felt":
        yield from ((feeling,) for feeling in range(N_FEELINGS))
    elif kind == "waved":
        yield from ((other,) for other in world.company(person))
    elif kind in TAKES:
        yield from ((thing,) for thing in world.within_reach(person))
    elif kind == "put_down":
        yield from ((thing,) for thing in world.held_by(person))
    elif kind == "gave":
        for thing in world.held_by(person):
            yield from ((thing, other) for other in world.company(person))
    else:
        yield from _trades(world, person, kind)


def _trades(world: World, person: int, kind: str) -> Iterator[tuple[int, ...]]:
    most = MOST_BOUGHT if kind == "bought" else min(world.food[person][1], MOST_EATEN)
    foods = [world.food[person][0]] if person in world.food else range(N_FOODS)
    for food in foods:
        yield from ((some_index(count, food),) for count in range(1, most + 1))
