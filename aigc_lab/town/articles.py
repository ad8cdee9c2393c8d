"""Short articles: lessons about capitals, the weather, health and recipes."""

from __future__ import annotations

from aigc_lab.town.dice import Dice, Tell
from aigc_lab.town.draft import Draft
from aigc_lab.town.language import COLDEST, N_FOODS, some_index, tables

N_PEOPLE, N_CITIES, N_DAYS, N_WEATHERS, N_DISHES, N_ILLNESSES = 20, 20, 7, 5, 8, 8


def write_lesson(dice: Dice, draft: Draft) -> None:
    """Two countries are named; their capitals must be known by heart."""
    say = draft.say
    draft.emit(draft.labels["lesson"])
    countries = dice.settle(draft, _lesson)
    draft.end_body()

    def write(kind: str, country: int) -> None:
        answers = {
            "capital": say["capital"](country, country),
            "country": say["country"](country, country),
        }
        draft.ask(kind, say[kind + "?"](country), answers[kind])

    pool = [(kind, country) for kind in ("capital", "country") for country in countries]
    draft.some_of(dice, pool, write, least=2, most=4)


def _lesson(dice: Dice, tell: Tell) -> tuple[tuple[int, int], str]:
    person, countries = dice.roll(N_PEOPLE), list(range(N_CITIES))
    first, second = dice.draw(countries), dice.draw(countries)
    tell(("lesson", person, first, second))
    return (first, second), f"lesson {person} {first} {second}"


def write_weather(dice: Dice, draft: Draft) -> None:
    """Three days of weather in one city; which day was the warmest?"""
    say = draft.say
    draft.emit(draft.labels["article"])
    city, report = dice.settle(draft, _weather)
    draft.end_body()

    def write(kind: str, day: int = 0, weather: int = 0) -> None:
        if kind == "weather":
            draft.ask(kind, say["weather_on?"](day), say["weather_on_day"](weather, day))
        elif kind == "title":
            draft.add(kind, draft.labels["title"], say["weather_title"](city))
        else:
            draft.add(kind, draft.labels["summary"], say["warmest"](city, max(report)[1]))

    pool = [("weather", day, weather) for _, day, weather in report]
    draft.some_of(dice, [*pool, ("title",), ("summary",)], write, least=2, most=5)


def _weather(dice: Dice, tell: Tell) -> tuple[tuple[int, list[tuple[int, int, int]]], str]:
    city, first = dice.roll(N_CITIES), dice.roll(N_DAYS)
    report: list[tuple[int, int, int]] = []
    for day in (first, (first + 1) % N_DAYS, (first + 2) % N_DAYS):
        weather = dice.roll(N_WEATHERS)
        low, high = tables()["weathers"][weather][2:]
        told = {degrees for degrees, *_ in report}  # no two days are equally warm
        degrees = dice.pick([n for n in range(low, high + 1) if n not in told])
        report.append((degrees, day, weather))
        tell(("weather_on", day, weather, city, degrees - COLDEST))
    return (city, report), f"weather {city} {report}"


def write_health(dice: Dice, draft: Draft) -> None:
    """Somebody fell ill; the doctor's advice belongs to the illness."""
    say = draft.say
    draft.emit(draft.labels["article"])
    person, illness, span = dice.settle(draft, _health)
    draft.end_body()

    def write(kind: str) -> None:
        if kind == "doctor":
            draft.ask(kind, say["doctor?"](person), say["advised"](person, illness, span))
        elif kind == "title":
            draft.add(kind, draft.labels["title"], say["health_title"](person, illness))
        else:
            answer = say["health_summary"](person, illness, span)
            draft.add(kind, draft.labels["summary"], answer)

    draft.some_of(dice, [("doctor",), ("title",), ("summary",)], write, least=1, most=3)


def _health(dice: Dice, tell: Tell) -> tuple[tuple[int, int, int], str]:
    person, illness, day = dice.roll(N_PEOPLE), dice.roll(N_ILLNESSES), dice.roll(N_DAYS)
    tell(("fell_ill", person, illness, day))
    span = dice.roll(8) + 2
    tell(("doctor", illness, span))
    return (person, illness, span), f"health {person} {illness} {day} {span}"


def write_recipe(dice: Dice, draft: Draft) -> None:
    """Somebody cooked for guests; every dish has one food that it always needs."""
    say = draft.say
    draft.emit(draft.labels["article"])
    person, dish, guests, needs = dice.settle(draft, _recipe)
    draft.end_body()

    def write(kind: str, food: int = 0, count: int = 0) -> None:
        if kind == "needs":
            answer = say["needs_some"](dish, some_index(count, food))
            draft.ask(kind, say["needs?"](food, dish), answer)
        elif kind == "title":
            draft.add(kind, draft.labels["title"], say["recipe_title"](dish, person))
        else:
            answer = say["recipe_summary"](person, dish, needs[0][0], guests)
            draft.add(kind, draft.labels["summary"], answer)

    pool = [("needs", *need) for need in needs]
    draft.some_of(dice, [*pool, ("title",), ("summary",)], write, least=2, most=4)


def _recipe(dice: Dice, tell: Tell) -> tuple[tuple[int, int, int, list[tuple[int, int]]], str]:
    person, dish, guests = dice.roll(N_PEOPLE), dice.roll(N_DISHES), dice.roll(8) + 2
    tell(("made", person, dish, guests))
    always = tables()["dishes"][dish][2]
    foods = [food for food in range(N_FOODS) if food != always]
    needs = [(always, dice.roll(9) + 1), (dice.draw(foods), dice.roll(9) + 1)]
    tell(("needs", dish, *(some_index(count, food) for food, count in needs)))
    return (person, dish, guests, needs), f"recipe {person} {dish} {guests} {needs}"
