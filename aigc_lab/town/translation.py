"""Translation: sentences of the town said in one language and then in the other."""

from __future__ import annotations

from functools import lru_cache

from aigc_lab.town.dice import Dice, Tell
from aigc_lab.town.draft import Draft, Task
from aigc_lab.town.language import SAME_NOUNS, languages, slots_of, tables


@lru_cache
def _sentence_kinds() -> list[tuple[str, list[tuple[str, int]]]]:
    """The name of every event phrase, with its slots and how many nouns fit each."""
    nouns = languages()[0].nouns
    return [
        (name, [(slot, len(nouns[SAME_NOUNS.get(slot, slot)])) for slot in slots_of(english)])
        for name, (english, _) in tables()["phrases"]["events"].items()
    ]


def write_translation(dice: Dice, draft: Draft) -> None:
    """Three to six sentences, each followed by its translation."""
    english, chinese = languages()
    source = draft.language
    kind, target = ("to_chinese", chinese) if source is english else ("to_english", english)
    label = "\n" + draft.labels[target.name]
    for done in range(6):
        if done >= 3 and dice.chance(1, 7 - done):
            return
        asked = draft.labels[source.name]
        draft.emit(asked)
        name, chosen = dice.settle(draft, _sentence)
        sentence = draft.parts[-1]
        answer = target.say[name](*chosen) + "\n"
        draft.emit(label + answer)
        draft.tasks.append(Task(kind, asked + sentence + label, answer))


def _sentence(dice: Dice, tell: Tell) -> tuple[tuple[str, list[int]], str]:
    name, slots = dice.pick(_sentence_kinds())
    chosen: list[int] = []
    for slot, n in slots:
        if slot == "other":  # nobody gives a thing to themselves
            step = dice.roll(n - 1)
            chosen.append(step + (step >= chosen[0]))
        else:
            chosen.append(dice.roll(n))
    tell((name, *chosen))
    return (name, chosen), f"translation {name} {chosen}"
