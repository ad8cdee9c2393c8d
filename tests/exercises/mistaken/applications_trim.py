"""Notebook 12: mistakes in forgetting old turns, as readers write them."""

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_slips import SLIPS
from tests.exercises.mistaken.applications_trim_counts import COUNTS, parts, right


def pops_from_the_front(messages, count, limit):
    kept = list(messages)
    while len(kept) > 1 and count(kept) > limit:
        kept = kept[2:]
    return kept


def system_not_put_back(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return rest


def system_appended(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return rest + system


def first_kept_whoever(messages, count, limit):
    system, rest = messages[:1], messages[1:]
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def until_nothing_is_left(messages, count, limit):
    system, rest = parts(messages)
    while rest and count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def one_at_a_time(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[1:]
    return system + rest


def newest_that_fit(messages, count, limit):
    system, rest = parts(messages)
    kept = [rest[-1]]
    for message in reversed(rest[:-1]):
        if count([*system, message, *kept]) > limit:
            break
        kept.insert(0, message)
    return system + kept


def one_at_a_time_to_the_end(messages, count, limit):
    kept = messages[:]
    start = 1 if kept[0]["role"] == "system" else 0
    while len(kept) > start and count(kept) > limit:
        kept.pop(start)
    return kept


def drop_first_of(role):
    def function(messages, count, limit):
        system, rest = parts(messages)
        while len(rest) > 1 and count(system + rest) > limit:
            for message in rest[:-1]:
                if message["role"] == role:
                    rest.remove(message)
                    break
            else:
                rest = rest[1:]
        return system + rest

    return function


def youngest_turn(messages, count, limit):
    kept = list(messages)
    start = 1 if kept[0]["role"] == "system" else 0
    while len(kept) > start + 1 and count(kept) > limit:
        del kept[-3:-1]
    return kept


def pop(messages, count, limit):
    kept = list(messages)
    start = 1 if kept[0]["role"] == "system" else 0
    while len(kept) > start + 1 and count(kept) > limit:
        kept.pop()
    return kept


def pop_two(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[:-2]
    return system + rest


def all_or_nothing(messages, count, limit):
    if count(messages) <= limit:
        return list(messages)
    system, rest = parts(messages)
    return system + rest[-1:]


def four_at_a_time(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[4:] if len(rest) > 4 else rest[-1:]
    return system + rest


def three_at_a_time(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[3:] if len(rest) > 3 else rest[-1:]
    return system + rest


def first_turn_kept(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[:2] + rest[4:] if len(rest) > 3 else rest[-1:]
    return system + rest


def flat(turns):
    return [message for turn in turns for message in turn]


def longest_first(messages, count, limit):
    system, rest = parts(messages)
    turns = [rest[i : i + 2] for i in range(0, len(rest) - 1, 2)]
    newest = rest[-1:]
    while turns and count(system + flat(turns) + newest) > limit:
        turns.remove(max(turns, key=lambda turn: len(turn[0]["content"] + turn[1]["content"])))
    return system + flat(turns) + newest


def if_for_while(messages, count, limit):
    system, rest = parts(messages)
    if len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def as_it_came(messages, count, limit):
    system, rest = parts(messages)
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return messages


def the_dropped(messages, count, limit):
    system, rest = parts(messages)
    dropped = []
    while len(rest) > 1 and count(system + rest) > limit:
        dropped += rest[:2]
        rest = rest[2:]
    return dropped


def kept_and_dropped(messages, count, limit):
    system, rest = parts(messages)
    dropped = []
    while len(rest) > 1 and count(system + rest) > limit:
        dropped.extend(rest[:2])
        rest = rest[2:]
    return system + rest, dropped


def how_many_tokens(messages, count, limit):
    return count(right(messages, count, limit))


def texts(messages, count, limit):
    return [message["content"] for message in right(messages, count, limit)]


MISTAKEN = {
    "trim_history": [
        *SLIPS["trim_history"],
        *TRIED["trim_history"],
        *COUNTS,
        ("system dropped", pops_from_the_front),
        ("system lost", system_not_put_back),
        ("system last", system_appended),
        ("first message kept", first_kept_whoever),
        ("newest dropped, too", until_nothing_is_left),
        ("half a turn", one_at_a_time),
        ("half a turn", newest_that_fit),
        ("half a turn, newest dropped, too", one_at_a_time_to_the_end),
        ("questions dropped", drop_first_of("user")),
        ("answers dropped", drop_first_of("assistant")),
        ("newest turn dropped", youngest_turn),
        ("dropped from the end", pop),
        ("dropped from the end, two at once", pop_two),
        ("everything dropped", all_or_nothing),
        ("two turns at once", four_at_a_time),
        ("three messages at once", three_at_a_time),
        ("second turn first", first_turn_kept),
        ("longest turn", longest_first),
        ("one turn only", if_for_while),
        ("nothing dropped", as_it_came),
        ("what was dropped", the_dropped),
        ("both lists", kept_and_dropped),
        ("the count", how_many_tokens),
        ("contents alone", texts),
    ],
}
