"""Stories: a few people, where they are, what they carry; and questions about the end."""

from __future__ import annotations

from aigc_lab.town.dice import Dice, Tell
from aigc_lab.town.draft import Draft
from aigc_lab.town.language import N_COLOURS, N_FOODS, N_THINGS, some_index, thing_index

N_PEOPLE, N_PLACES, N_WEATHERS, N_HOURS, N_FEELINGS = 20, 12, 5, 4, 6
MOST_BOUGHT, MOST_EATEN = 4, 3
FEWEST_EVENTS, MOST_EVENTS = 2, 8
MOVES = ("walked", "ran", "went")
TAKES = ("picked_up", "took")


class World:
    """The state of the story: who is where, what lies where, who has what."""

    __slots__ = ("cast", "food", "holder", "lies", "place", "start")

    def __init__(self, place: dict[int, int], lies: dict[int, int]) -> None:
        self.cast = list(place)
        self.place = place  # person -> place
        self.start = dict(place)  # person -> place at the beginning
        self.lies = lies  # thing -> place, while nobody has it
        self.holder: dict[int, int | None] = dict.fromkeys(lies)  # thing -> person
        self.food: dict[int, tuple[int, int]] = {}  # person -> (food, count)

    def held_by(self, person: int) -> list[int]:
        """The things a person has."""
        return [thing for thing, holder in self.holder.items() if holder == person]

    def company(self, person: int) -> list[int]:
        """The others at the same place."""
        here = self.place[person]
        return [other for other in self.cast if other != person and self.place[other] == here]

    def within_reach(self, person: int) -> list[int]:
        """The things that lie where the person is."""
        here = self.place[person]
        return [thing for thing, place in self.lies.items() if place == here]

    def possible(self, person: int) -> list[str]:
        """The events this person can be the subject of."""
        kinds = [*MOVES, "felt"]
        count = self.food.get(person, (0, 0))[1]
        if count + MOST_BOUGHT <= 9:
            kinds.append("bought")
        if count:
            kinds.append("ate")
        if self.within_reach(person):
            kinds += TAKES
        company = self.company(person)
        if company:
            kinds.append("waved")
        if self.held_by(person):
            kinds.append("put_down")
            if company:
                kinds.append("gave")
        return kinds


def write_story(dice: Dice, draft: Draft) -> None:
    """Write a story and two to five tasks about how it ended."""
    world = tell_story(dice, draft)
    draft.end_body()
    pool = story_tasks(world)
    draft.some_of(dice, pool, lambda *task: write_task(draft, world, *task), least=2, most=5)


def tell_story(dice: Dice, draft: Draft) -> World:
    """Write the story itself, and return the world as it is at its end."""
    draft.emit(draft.labels["story"])
    world = World(*dice.settle(draft, _opening))
    for done in range(MOST_EVENTS):
        if done >= FEWEST_EVENTS and dice.chance(1, MOST_EVENTS - done + 1):
            break
        _event(dice, draft, world)
    return world


def story_tasks(world: World) -> list[tuple]:
    """All that can be asked about a story: the kind of each task, and whom or what it is about."""
    pool: list[tuple] = [("where", person) for person in world.cast]
    pool += [("who", thing) for thing in world.holder]
    pool += [("how_many", person) for person in world.food]
    return [*pool, ("title",), ("summary",)]


def _opening(dice: Dice, tell: Tell) -> tuple[tuple[dict[int, int], dict[int, int]], str]:
    """Who is where, and what lies where."""
    place: dict[int, int] = {}
    lies: dict[int, int] = {}
    if dice.chance(1, 2):
        tell(("weather_was", dice.roll(N_WEATHERS), dice.roll(N_HOURS)))
    strangers = list(range(N_PEOPLE))
    for number in range(3):
        if number == 2 and dice.chance(1, 2):
            break
        person, at = dice.draw(strangers), dice.roll(N_PLACES)
        place[person] = at
        tell(("was", person, at))
    nouns = list(range(N_THINGS))
    places = sorted(set(place.values()))
    for number in range(2):
        if number == 1 and dice.chance(1, 2):
            break
        thing = thing_index(dice.roll(N_COLOURS), dice.draw(nouns))
        at = dice.pick(places)
        lies[thing] = at
        tell(("lay", thing, at))
    return (place, lies), f"story {place} {lies}"


def _event(dice: Dice, draft: Draft, world: World) -> None:
    person = dice.pick(world.cast)
    kind = dice.pick(world.possible(person))
    emit, say = draft.emit, draft.say[kind]
    if kind in MOVES:
        step = dice.roll(N_PLACES - 1)  # any place but here
        place = step + (step >= world.place[person])
        world.place[person] = place
        emit(say(person, place))
        if dice.chance(1, 3):
            emit(draft.say["is_now"](person, place))
    elif kind in TAKES:
        thing = dice.pick(world.within_reach(person))
        del world.lies[thing]
        emit(say(person, thing))
        _now_has(dice, draft, world, person, thing)
    elif kind == "gave":
        thing, other = dice.pick(world.held_by(person)), dice.pick(world.company(person))
        emit(say(person, thing, other))
        _now_has(dice, draft, world, other, thing)
    elif kind == "put_down":
        thing = dice.pick(world.held_by(person))
        world.holder[thing] = None
        world.lies[thing] = world.place[person]
        emit(say(person, thing))
    elif kind == "waved":
        emit(say(person, dice.pick(world.company(person))))
    elif kind == "felt":
        emit(say(person, dice.roll(N_FEELINGS)))
    else:
        _trade(dice, draft, world, person, kind)


def _now_has(dice: Dice, draft: Draft, world: World, person: int, thing: int) -> None:
    world.holder[thing] = person
    if dice.chance(1, 3):
        draft.emit(draft.say["has_now"](person, thing))


def _trade(dice: Dice, draft: Draft, world: World, person: int, kind: str) -> None:
    food, count = world.food.get(person) or (dice.roll(N_FOODS), 0)
    if kind == "bought":
        some = dice.roll(MOST_BOUGHT) + 1
        world.food[person] = food, count + some
    else:
        some = dice.roll(min(count, MOST_EATEN)) + 1
        world.food[person] = food, count - some
    draft.emit(draft.say[kind](person, some_index(some, food)))


def write_task(draft: Draft, world: World, kind: str, about: int = 0) -> None:
    """Write one of `story_tasks`, answer included."""
    say, labels = draft.say, draft.labels
    if kind == "where":
        draft.ask(kind, say["where?"](about), say["where"](about, world.place[about]))
    elif kind == "who":
        holder = world.holder[about]
        answer = say["who_none"](about) if holder is None else say["who"](holder, about)
        draft.ask(kind, say["who?"](about), answer)
    elif kind == "how_many":
        food, count = world.food[about]
        answer = say["how_many"](about, some_index(count, food)) if count else None
        draft.ask(kind, say["how_many?"](food, about), answer or say["how_many_none"](about, food))
    elif kind == "title":
        answer = say["story_title"](world.cast[0], next(iter(world.holder)))
        draft.add(kind, labels["title"], answer)
    else:
        draft.add("summary", labels["summary"], _summary(draft, world))


def _summary(draft: Draft, world: World) -> str:
    hero = world.cast[0]
    start, end = world.start[hero], world.place[hero]
    told = (hero, end) if start == end else (hero, start, end)
    kind = "stayed" if start == end else "moved"
    held = world.held_by(hero)
    if held:
        return draft.say[kind + "_with"](*told, held[0])
    return draft.say[kind](*told)
