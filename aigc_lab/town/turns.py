"""The turns of conversations: questions as a person asks them, right answers, and flawed ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from aigc_lab.core.files import data_folder, read_json
from aigc_lab.town.articles import write_health, write_recipe, write_weather
from aigc_lab.town.dice import Dice
from aigc_lab.town.draft import Draft, Task
from aigc_lab.town.language import N_COLOURS, N_THINGS, languages, tables, thing_index
from aigc_lab.town.service import write_service
from aigc_lab.town.story import N_PEOPLE, N_PLACES, World, story_tasks, tell_story, write_task
from aigc_lab.town.translation import write_translation

Message = dict[str, str]
FLAWS = ("padded", "unhelpful", "made_up")
NOTHING_TO_KNOW = ("absent", "hand_over", "outside")
MOST_TURNS = 4
N_COUNTRIES = 20
CARD_KEYS = ("number", "name", "item", "status", "day")


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's question and its one right answer; `flawed` holds answers one should not give."""

    kind: str
    question: str
    answer: str
    flawed: Mapping[str, str] = field(default_factory=dict)


@lru_cache
def phrases() -> dict[str, Any]:
    """What conversations say and documents do not, as `data/town/chat.json` has it."""
    return read_json(data_folder() / "town" / "chat.json")


def is_unhelpful(said: str) -> bool:
    """Whether an answer says that one is not sure, and nothing else."""
    return said in phrases()["answers"]["unhelpful"]


def about_a_story(
    dice: Dice, draft: Draft, everything: bool = False
) -> tuple[str | None, list[Turn]]:
    """A story, and questions about its end; some about what it never names.

    A few of them, or `everything` that can be asked.
    """
    world = tell_story(dice, draft)
    text = _text(draft)
    pool: list[tuple] = [*story_tasks(world), ("absent", "where"), ("absent", "who")]
    asked: list[Turn] = []
    for _ in range(len(pool) if everything else dice.roll(MOST_TURNS) + 1):
        kind, *about = dice.draw(pool)
        if kind == "absent":
            asked.append(_absent(dice, draft, world, about[0]))
        else:
            write_task(draft, world, kind, *about)
            asked.append(_turn(dice, draft, draft.tasks[-1]))
    return _plain_system(dice, draft), _opened(text, asked)


def in_the_other_language(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """A story, and a system message that wants the answers in the other language."""
    world = tell_story(dice, draft)
    text = _text(draft)
    other = Draft(languages()[1 - _column(draft)])
    pool = [task for task in story_tasks(world) if task[0] in ("where", "who")]
    asked: list[Turn] = []
    for _ in range(min(dice.roll(2) + 1, len(pool))):
        task = dice.draw(pool)
        write_task(draft, world, *task)
        write_task(other, world, *task)
        asked.append(_turn(dice, other, other.tasks[-1], _question(draft, draft.tasks[-1])))
    return phrases()["system"]["other_language"][_column(draft)], _opened(text, asked)


def about_an_article(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """The weather, somebody's health or a recipe, and what a document asks about it."""
    kind = ("weather", "health", "recipe")[dice.roll(3)]
    {"weather": write_weather, "health": write_health, "recipe": write_recipe}[kind](dice, draft)
    text = draft.body.strip()
    asked = [_turn(dice, draft, task, prefix=kind) for task in draft.tasks[:MOST_TURNS]]
    return _plain_system(dice, draft), _opened(text, asked)


def at_the_counter(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """A customer's questions; the order card stands in the system message."""
    write_service(dice, draft)
    asked = []
    for task in draft.tasks:
        flawed = _flawed(dice, draft, task.answer.strip())
        if task.kind == "hand_over":
            flawed["made_up"] = _invented(dice, draft, task)
        asked.append(Turn(task.kind, _question(draft, task), task.answer.strip(), flawed))
    return draft.body.strip(), asked


def to_translate(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """Sentences to be said in the other language."""
    write_translation(dice, draft)
    asked = []
    for task in draft.tasks[: dice.roll(3) + 1]:
        label = draft.labels[draft.language.name]
        sentence = task.question.split("\n")[0].removeprefix(label).strip()
        other = Draft(languages()[1 - _column(draft)])
        answer = task.answer.strip()
        question = _ask(dice, draft, "translate") + sentence
        asked.append(Turn(task.kind, question, answer, _flawed(dice, other, answer)))
    return _plain_system(dice, draft), asked


def about_capitals(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """Capitals and countries, asked without any text to look them up in."""
    asked, say = [], draft.say
    for _ in range(dice.roll(3) + 1):
        country, kind = dice.roll(N_COUNTRIES), ("capital", "country")[dice.roll(2)]
        answer = say[kind](country, country).strip()
        asked.append(
            Turn(kind, say[kind + "?"](country).strip(), answer, _flawed(dice, draft, answer))
        )
    return _plain_system(dice, draft), asked


def to_continue(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """The beginning of a story; the answer is its next sentence, one of many that could come."""
    tell_story(dice, draft)
    sentences = draft.parts[1:]
    kept = len(sentences) - 1 - dice.roll(min(3, len(sentences) - 3))
    text = draft.parts[0] + "".join(sentences[:kept])
    answer = sentences[kept].strip()
    turn = Turn("continue", _ask(dice, draft, "continue"), answer, {})
    return _plain_system(dice, draft), _opened(text, [turn])


def to_structure(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """An order card to be written as a JSON object."""
    write_service(dice, draft)
    text = draft.body.strip()
    answer = json.dumps(read_card(text), ensure_ascii=False)
    flawed = {"padded": _padded(dice, draft, answer)}
    turn = Turn("json", _ask(dice, draft, "json"), answer, flawed)
    return _plain_system(dice, draft), _opened(text, [turn])


def small_talk(dice: Dice, draft: Draft) -> tuple[str | None, list[Turn]]:
    """Greetings, and questions that nothing in the town can answer."""
    asked, column = [], _column(draft)
    for _ in range(dice.roll(2) + 1):
        if dice.chance(1, 2):
            row = dice.pick(phrases()["talk"])
            asked.append(Turn("talk", row[2 * column], row[2 * column + 1]))
            continue
        question = dice.pick(phrases()["outside"])[column]
        answer = phrases()["answers"]["outside"][column]
        asked.append(Turn("outside", question, answer))
    return _plain_system(dice, draft), asked


def read_card(text: str) -> dict[str, str]:
    """What stands on an order card, by `CARD_KEYS`.

    >>> card = read_card("Order card. Number: 7. Name: Mia. Item: a cup. Status: lost. Day: all.")
    >>> card["name"]
    'Mia'
    """
    stop = ". " if ". " in text else "。"
    lines = text.rstrip(".。").split(stop)[1:]
    values = [line.replace("：", ":").split(":", 1)[1].strip() for line in lines]
    return dict(zip(CARD_KEYS, values, strict=True))


def _turn(dice: Dice, draft: Draft, task: Task, question: str = "", prefix: str = "") -> Turn:
    """A document's task as a turn; titles and summaries of articles are kinds of their own."""
    kind, answer = task.kind, task.answer.strip()
    if kind in ("title", "summary"):
        asked = _ask(dice, draft, kind)
        kind = f"{prefix}_{kind}" if prefix else kind
    else:
        asked = question or _question(draft, task)
    return Turn(kind, asked, answer, _flawed(dice, draft, answer))


def _question(draft: Draft, task: Task) -> str:
    """A task's question without the labels of a document."""
    question = task.question
    for label in ("question", "customer", "answer", "agent"):
        question = question.removeprefix(draft.labels[label]).removesuffix(draft.labels[label])
    return question.strip()


def _absent(dice: Dice, draft: Draft, world: World, kind: str) -> Turn:
    """A question about a person or a thing that the story never names."""
    say, answer = draft.say, phrases()["answers"]["absent"][_column(draft)]
    if kind == "where":
        person = dice.pick([n for n in range(N_PEOPLE) if n not in world.cast])
        question, invented = say["where?"](person), say["where"](person, dice.roll(N_PLACES))
    else:
        named = {thing % N_THINGS for thing in world.holder}
        noun = dice.pick([n for n in range(N_THINGS) if n not in named])
        thing = thing_index(dice.roll(N_COLOURS), noun)
        question, invented = say["who?"](thing), say["who"](dice.pick(world.cast), thing)
    flawed = _flawed(dice, draft, answer) | {"made_up": invented.strip()}
    del flawed["unhelpful"]  # it would be nearly right
    return Turn("absent", question.strip(), answer, flawed)


def _flawed(dice: Dice, draft: Draft, answer: str) -> dict[str, str]:
    unhelpful = phrases()["answers"]["unhelpful"][_column(draft)]
    return {"padded": _padded(dice, draft, answer), "unhelpful": unhelpful}


def _padded(dice: Dice, draft: Draft, answer: str) -> str:
    column = 2 * _column(draft)
    before, after = dice.pick(phrases()["padding"])[column : column + 2]
    return before + answer + after


def _invented(dice: Dice, draft: Draft, task: Task) -> str:
    """A confident answer to what the card does not say."""
    column, nouns = _column(draft), draft.language.nouns
    asked = [row[column] for row in tables()["unanswerable"]].index(_question(draft, task))
    return phrases()["invented"][asked][column].format(
        number=tables()["numbers"][dice.roll(8) + 2][column],
        person=dice.pick(nouns["person"]),
        colour=dice.pick(tables()["colours"])[column],
    )


def _ask(dice: Dice, draft: Draft, kind: str) -> str:
    return dice.pick(phrases()["ask"][kind])[_column(draft)]


def _plain_system(dice: Dice, draft: Draft) -> str | None:
    """Mostly none; now and then one that asks for nothing in particular."""
    if dice.chance(3, 4):
        return None
    return dice.pick(phrases()["system"]["plain"])[_column(draft)]


def _opened(text: str, asked: list[Turn]) -> list[Turn]:
    """The turns with the text in front of the first question."""
    first = asked[0]
    question = f"{text}\n{first.question}"
    return [Turn(first.kind, question, first.answer, first.flawed), *asked[1:]]


def _text(draft: Draft) -> str:
    return "".join(draft.parts).strip()


def _column(draft: Draft) -> int:
    """0 in English, 1 in Chinese."""
    return languages().index(draft.language)
