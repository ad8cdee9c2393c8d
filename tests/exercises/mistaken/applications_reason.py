"""Notebook 12: mistakes in saying why an answer ended, as readers write them."""

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_slips import SLIPS


def anywhere(ids, end, max_tokens):
    return "stop" if end in ids else "length"


def one_less(ids, end, max_tokens):
    if max_tokens is None:
        return "stop" if end in ids else "length"
    return "stop" if end in ids[: max_tokens - 1] else "length"


def one_less_by_loop(ids, end, max_tokens):
    for taken, token in enumerate(ids, start=1):
        if max_tokens is not None and taken >= max_tokens:
            return "length"
        if token == end:
            return "stop"
    return "length"


def one_more(ids, end, max_tokens):
    for i, token in enumerate(ids):
        if max_tokens is not None and i > max_tokens:
            return "length"
        if token == end:
            return "stop"
    return "length"


def by_place(ids, end, max_tokens):
    place = ids.index(end) if end in ids else None
    if place and (max_tokens is None or place < max_tokens):
        return "stop"
    return "length"


def last_of_all(ids, end, max_tokens):
    return "stop" if ids[-1] == end else "length"


def last_of_the_first(ids, end, max_tokens):
    taken = ids[:max_tokens]
    return "stop" if taken[-1] == end else "length"


def last_and_short(ids, end, max_tokens):
    if max_tokens is not None and len(ids) > max_tokens:
        return "length"
    return "stop" if ids[-1] == end else "length"


def exactly_there(ids, end, max_tokens):
    limit = len(ids) if max_tokens is None else max_tokens
    if limit <= len(ids) and ids[limit - 1] == end:
        return "stop"
    return "length"


def both_returns_in_the_loop(ids, end, max_tokens):
    for token in ids[:max_tokens]:
        if token == end:
            return "stop"
        else:
            return "length"
    return "length"


def shorter(ids, end, max_tokens):
    if max_tokens is None or len(ids) < max_tokens:
        return "stop"
    return "length"


def not_longer(ids, end, max_tokens):
    if max_tokens is not None and len(ids) > max_tokens:
        return "length"
    return "stop"


def length_first(ids, end, max_tokens):
    if max_tokens is not None and len(ids) >= max_tokens:
        return "length"
    return "stop" if end in ids else "length"


def longer_first(ids, end, max_tokens):
    if max_tokens is not None and len(ids) > max_tokens:
        return "length"
    if end in ids:
        return "stop"
    return "length"


def wrong_half(ids, end, max_tokens):
    limit = len(ids) if max_tokens is None else max_tokens
    return "stop" if end in ids[limit:] else "length"


def wrong_words(ids, end, max_tokens):
    return "length" if end in ids[:max_tokens] else "stop"


def a_bool(ids, end, max_tokens):
    return end in ids[:max_tokens]


def no_return(ids, end, max_tokens):
    for token in ids[:max_tokens]:
        if token == end:
            return "stop"


def own_word(ids, end, max_tokens):
    return "stop" if end in ids[:max_tokens] else "max_tokens"


def none_is_length(ids, end, max_tokens):
    if max_tokens is None:
        return "length"
    return "stop" if end in ids[:max_tokens] else "length"


def none_is_stop(ids, end, max_tokens):
    if not max_tokens:
        return "stop"
    return "stop" if end in ids[:max_tokens] else "length"


def at_least_none(ids, end, max_tokens):
    if len(ids) >= max_tokens:
        ids = ids[:max_tokens]
    return "stop" if end in ids else "length"


def above_none(ids, end, max_tokens):
    if len(ids) > max_tokens:
        ids = ids[:max_tokens]
    return "stop" if end in ids else "length"


def below_none(ids, end, max_tokens):
    return "stop" if any(i < max_tokens for i, t in enumerate(ids) if t == end) else "length"


def range_none(ids, end, max_tokens):
    for i in range(max_tokens):
        if i == len(ids):
            return "length"
        if ids[i] == end:
            return "stop"
    return "length"


def not_there(ids, end, max_tokens):
    place = ids.index(end)
    if max_tokens is None or place < max_tokens:
        return "stop"
    return "length"


def not_there_short(ids, end, max_tokens):
    if max_tokens is None:
        return "stop"
    return "length" if ids.index(end) + 1 > max_tokens else "stop"


def beyond(ids, end, max_tokens):
    limit = max_tokens if max_tokens is not None else len(ids)
    i = 0
    while i < limit:
        if ids[i] == end:
            return "stop"
        i += 1
    return "length"


MISTAKEN = {
    "finish_reason": [
        *SLIPS["finish_reason"],
        *TRIED["finish_reason"],
        ("limit ignored", anywhere),
        ("one less", one_less),
        ("one less", one_less_by_loop),
        ("one more", one_more),
        ("first token left out", by_place),
        ("last id", last_of_all),
        ("last id taken", last_of_the_first),
        ("last id, and the length", last_and_short),
        ("at the limit", exactly_there),
        ("first token only", both_returns_in_the_loop),
        ("by the length, below", shorter),
        ("by the length, up to", not_longer),
        ("the length first, below", length_first),
        ("the length first, up to", longer_first),
        ("behind the limit", wrong_half),
        ("always stop", lambda ids, end, max_tokens: "stop"),
        ("always length", lambda ids, end, max_tokens: "stop" if "end" in ids else "length"),
        ("exchanged", wrong_words),
        ("bools", a_bool),
        ("no word for length", no_return),
        ("the parameter's name", own_word),
        ("no limit is length", none_is_length),
        ("no limit is stop", none_is_stop),
        ("None as a limit, at least", at_least_none),
        ("None as a limit, above", above_none),
        ("None as a limit, below", below_none),
        ("None as a limit, range", range_none),
        ("an end is expected", not_there),
        ("an end is expected, with a limit", not_there_short),
        ("over the end", beyond),
    ],
}
