"""Notebook 11: mistakes in saying which tokens count, as readers write them."""

import numpy as np

from tests.exercises.mistaken.chat_scored_answers import ANSWERS
from tests.exercises.mistaken.chat_slips import SLIPS


def writes_after_the_change(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        if token == assistant:
            on = True
        if token == end:
            on = False
        scored.append(on)
    return scored


def one_of_the_two(ids, assistant, end):
    return [i in (assistant, end) for i in ids]


def is_an_end(ids, assistant, end):
    return (np.array(ids) == end).tolist()


def mark_too(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        if token == assistant:
            on = True
        scored.append(on)
        if token == end:
            on = False
    return scored


def up_to_the_end(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        if token == end:
            on = False
        scored.append(on)
        if token == assistant:
            on = True
    return scored


def slices_without_the_end(ids, assistant, end):
    scored = [False] * len(ids)
    i = 0
    while i < len(ids):
        if ids[i] == assistant:
            i += 1
            while i < len(ids) and ids[i] != end:
                scored[i] = True
                i += 1
        i += 1
    return scored


def every_end(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        scored.append(on or token == end)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return scored


def first_found(ids, assistant, end):
    scored = [False] * len(ids)
    start = ids.index(assistant)
    for i in range(start + 1, len(ids)):
        scored[i] = True
        if ids[i] == end:
            break
    return scored


def last_found(ids, assistant, end):
    scored = [False] * len(ids)
    start = max(i for i, token in enumerate(ids) if token == assistant)
    for i in range(start + 1, len(ids)):
        scored[i] = True
        if ids[i] == end:
            break
    return scored


def never_off(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        scored.append(on)
        if token == assistant:
            on = True
    return scored


def accumulated(ids, assistant, end):
    return np.cumsum(np.array(ids) == assistant) > 0


def all_of_them(ids, assistant, end):
    return [True for _ in ids]


def compared_with_the_word(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        scored.append(on)
        if token == "assistant":
            on = True
        elif token == "end":
            on = False
    return scored


def is_the_mark(ids, assistant, end):
    return [token == assistant for token in ids]


def neither_mark(ids, assistant, end):
    return [token != assistant and token != end for token in ids]


def in_the_two(ids, assistant, end):
    return [token not in (assistant, end) for token in ids]


def all_but_the_mark(ids, assistant, end):
    return np.array(ids) != assistant


def of_the_next_token(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        scored.append(on)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return [*scored[1:], False]


def asks_two_before(ids, assistant, end):
    scored, on = [False], False
    for token in ids[:-1]:
        scored.append(on)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return scored


def from_two_behind(ids, assistant, end):
    scored = [False] * len(ids)
    for i, token in enumerate(ids):
        if token == assistant:
            j = i + 2
            if i + 1 < len(ids) and ids[i + 1] == end:
                scored[i + 1] = True
                continue
            while j < len(ids):
                scored[j] = True
                if ids[j] == end:
                    break
                j += 1
    return scored


def first_and_end(ids, assistant, end):
    scored, role = [], None
    for i, token in enumerate(ids):
        if token == assistant:
            role = "assistant"
        behind = i > 0 and ids[i - 1] == assistant
        closes = token == end and role == "assistant"
        scored.append(behind or closes)
        if token == end:
            role = None
    return scored


def right_behind_the_mark(ids, assistant, end):
    return [i > 0 and ids[i - 1] == assistant for i in range(len(ids))]


def only_ends_of_answers(ids, assistant, end):
    scored, role = [], None
    for token in ids:
        if token == assistant:
            role = assistant
        scored.append(token == end and role == assistant)
        if token == end:
            role = None
    return scored


MISTAKEN = {
    "scored_tokens": [
        *SLIPS["scored_tokens"],
        *ANSWERS,
        ("changed before written", writes_after_the_change),
        ("one too early", of_the_next_token),
        ("mark counted", mark_too),
        ("end not counted", up_to_the_end),
        ("end not counted", slices_without_the_end),
        ("every end counted", every_end),
        ("first answer only", first_found),
        ("last answer only", last_found),
        ("never closed", never_off),
        ("never closed, with the mark", accumulated),
        ("everything", all_of_them),
        ("nothing", compared_with_the_word),
        ("marks only", is_the_mark),
        ("both marks only", one_of_the_two),
        ("ends only", is_an_end),
        ("every text", neither_mark),
        ("every text", in_the_two),
        ("all but the mark", all_but_the_mark),
        ("one too late", asks_two_before),
        ("first token lost", from_two_behind),
        ("first token only", first_and_end),
        ("first token alone", right_behind_the_mark),
        ("ends of answers only", only_ends_of_answers),
    ],
}
