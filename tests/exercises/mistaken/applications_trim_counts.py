"""Notebook 12: mistakes in asking how long a history is, as readers write them."""


def parts(messages):
    """The system message, if any, and the rest."""
    first = 1 if messages[0]["role"] == "system" else 0
    return messages[:first], messages[first:]


def while_too_long(too_long):
    """Turns are dropped while this says so of the system message and the rest."""

    def function(messages, count, limit):
        system, rest = parts(messages)
        while len(rest) > 1 and too_long(system, rest, count, limit):
            rest = rest[2:]
        return system + rest

    return function


def counted_before(messages, count, limit):
    system, rest = parts(messages)
    tokens = count(messages)
    while len(rest) > 1 and tokens > limit:
        rest = rest[2:]
    return system + rest


def each_message(messages, count, limit):
    kept = list(messages)
    start = 1 if kept[0]["role"] == "system" else 0
    while len(kept) > start + 1 and sum(count(message) for message in kept) > limit:
        kept = kept[:start] + kept[start + 2 :]
    return kept


def sum_of_lists(system, rest, count, limit):
    tokens = 0
    for message in system + rest:
        tokens += count([message])
    return tokens > limit


def right(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def passes_over(messages, count, limit):
    system, rest = parts(messages)
    kept, older = rest[-1:], rest[:-1]
    while older:
        turn, older = older[-2:], older[:-2]
        if count(system + turn + kept) <= limit:
            kept = turn + kept
    return system + kept


def deletes(messages, count, limit):
    start = 1 if messages[0]["role"] == "system" else 0
    while len(messages) - start > 1 and count(messages) > limit:
        messages.pop(start)
        messages.pop(start)
    return messages


def gives_up(messages, count, limit):
    kept = right(messages, count, limit)
    if count(kept) > limit:
        return messages
    return kept


def gives_nothing(messages, count, limit):
    kept = right(messages, count, limit)
    return kept if count(kept) <= limit else []


def pops_until_it_fits(messages, count, limit):
    system, rest = parts(messages)
    rest = list(rest)
    while count(system + rest) > limit:
        rest.pop(0)
        rest.pop(0)
    return system + rest


COUNTS = [
    ("below the limit", while_too_long(lambda s, rest, count, limit: count(s + rest) >= limit)),
    ("nothing dropped", while_too_long(lambda s, rest, count, limit: count(s + rest) < limit < 0)),
    ("system not counted", while_too_long(lambda s, rest, count, limit: count(rest) > limit)),
    ("newest not counted", while_too_long(lambda s, r, count, limit: count(s + r[:-1]) > limit)),
    ("newest alone counted", while_too_long(lambda s, r, count, limit: count([r[-1]]) > limit)),
    ("messages counted", while_too_long(lambda s, rest, count, limit: len(s) + len(rest) > limit)),
    (
        "characters counted",
        while_too_long(
            lambda s, r, count, limit: len("".join(m["content"] for m in s + r)) > limit
        ),
    ),
    (
        "words counted",
        while_too_long(
            lambda s, r, count, limit: len(" ".join(m["content"] for m in s + r).split()) > limit
        ),
    ),
    ("one by one", while_too_long(sum_of_lists)),
    ("everything dropped", counted_before),
    ("one message counted", each_message),
    ("gaps", passes_over),
    ("in place", deletes),
    ("all, if nothing fits", gives_up),
    ("none, if nothing fits", gives_nothing),
    ("pops without end", pops_until_it_fits),
]
MISTAKEN: dict = {}  # they stand in applications_trim, with the other mistakes of the exercise
