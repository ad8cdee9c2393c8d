"""Customer service: an order card, and a dialogue that may only say what stands on it."""

from __future__ import annotations

from aigc_lab.town.dice import Dice, Tell
from aigc_lab.town.draft import Draft

N_UNANSWERABLE = 4
CARD = {  # the lines of the card, and how many things each may say
    "card_number": 10000,
    "card_name": 20,
    "card_items": 648,
    "card_status": 5,
    "card_day": 7,
}


def write_service(dice: Dice, draft: Draft) -> None:
    """An order card and two to four exchanges; what the card does not say is handed over."""
    say = draft.say
    draft.emit(draft.labels["order"])
    number, person, items, status, day = dice.settle(draft, _card)
    draft.end_body()
    answers = {
        "parcel": lambda: say["parcel"](person, status),
        "items": lambda: say["items"](items),
        "number": lambda: say["number"](number),
        "day": lambda: say["day"](day),
    }

    def write(kind: str, question: int | None = None) -> None:
        if question is None:
            draft.chat(kind, say[kind + "?"](), answers[kind]())
        else:
            draft.chat("hand_over", say["other?"](question), say["other"]())

    pool: list[tuple] = [(kind,) for kind in answers]
    pool += [("hand_over", question) for question in range(N_UNANSWERABLE)]
    draft.some_of(dice, pool, write, least=2, most=4)


def _card(dice: Dice, tell: Tell) -> tuple[list[int], str]:
    card = []
    for line, choices in CARD.items():
        card.append(dice.roll(choices))
        tell((line, card[-1]))
    return card, f"order {card}"
