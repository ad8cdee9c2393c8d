"""Notebook 12: slips that first readers made, beside the mistakes that were foreseen."""

import json

import numpy as np

from tests.exercises.mistaken.applications_order_values import checked


def listed(stops):
    return [stops] if isinstance(stops, str) else stops


def min_of_none(text, stops):
    place = min(text.find(stop) for stop in listed(stops) if stop in text)
    return text[:place], "stop"


def index_of_each(text, stops):
    places = [text.index(stop) for stop in listed(stops)]
    return text[: min(places)], "stop"


def up_to_the_limit(ids, end, max_tokens):
    if end in ids and ids.index(end) <= max_tokens:
        return "stop"
    return "length"


def at_the_limit(ids, end, max_tokens):
    if max_tokens is None:
        max_tokens = len(ids)
    return "stop" if ids[max_tokens - 1] == end else "length"


def nothing_behind_the_loop(ids, end, max_tokens):
    for i, token in enumerate(ids):
        if i == max_tokens:
            return "length"
        if token == end:
            return "stop"


def system_counted_apart(messages, count, limit):
    system = messages[:1] if messages[0]["role"] == "system" else []
    rest = messages[len(system) :]
    taken = count(system) if system else 0
    while len(rest) > 1 and taken + count(rest) > limit:
        rest = rest[2:]
    return system + rest


def start(system):
    return [{"role": "system", "content": system}] if system else []


def append_two(examples, question, system=None):
    messages = start(system)
    for q, a in examples:
        messages.append({"role": "user", "content": q}, {"role": "assistant", "content": a})
    messages.append({"role": "user", "content": question})
    return messages


def append_a_list(examples, question, system=None):
    messages = start(system)
    for q, a in examples:
        messages.append([{"role": "user", "content": q}, {"role": "assistant", "content": a}])
    return [*messages, {"role": "user", "content": question}]


def turn_as_dict(examples, question, system=None):
    messages = [] if system is None else [{"system": system}]
    for q, a in examples:
        messages.append({"user": q, "assistant": a})
    return [*messages, {"user": question}]


def all_in_one(examples, question, system=None):
    text = ""
    for q, a in examples:
        text += q + "\n" + a + "\n"
    return [*start(system), {"role": "user", "content": text + question}]


def question_in_the_loop(examples, question, system=None):
    messages = start(system)
    for q, a in examples:
        messages += [{"role": "user", "content": q}, {"role": "assistant", "content": a}]
        messages += [{"role": "user", "content": question}]
    return messages


def interval(centre, half):
    def function(right, total):
        c, h = centre(right / total, total), half(right / total, total)
        return c - h, c + h

    return function


z = 1.96


def right_centre(p, n):
    return (p + z**2 / (2 * n)) / (1 + z**2 / n)


def right_half(p, n):
    return z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))


def keys_by_loop(text, keys):
    order = json.loads(text[text.index("{") : text.rindex("}") + 1])
    for key in keys:
        if key not in order:
            raise ValueError(f"{key} is missing")
        if not isinstance(order[key], str):
            raise ValueError(f"{key} is no string")
    return order


def unknown_by_loop(text, keys):
    order = json.loads(text[text.index("{") : text.rindex("}") + 1])
    for key, value in order.items():
        if key not in keys or not isinstance(value, str):
            raise ValueError(key)
    return order


def last_brace_lost(text, keys):
    order = json.loads(text[text.index("{") : text.rindex("}")])
    return checked(order, keys)


def starts_with_nothing(sentences, count, limit):
    found, piece = [], ""
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("too long")
        if count(piece + " " + sentence) <= limit:
            piece = piece + " " + sentence
        else:
            found.append(piece)
            piece = sentence
    found.append(piece)
    return found


def list_with_nothing(sentences, count, limit):
    found = [""]
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("too long")
        if count(found[-1] + " " + sentence) <= limit:
            found[-1] += " " + sentence
        else:
            found.append(sentence)
    return found


def argsort(canary_nats, other_nats):
    rank = np.argsort([*other_nats, canary_nats])[-1] + 1
    return np.log2(len(other_nats) + 1) - np.log2(rank)


def at_least_one(canary_nats, other_nats):
    rank = max((other_nats <= canary_nats).sum(), 1)
    return np.log2(len(other_nats) + 1) - np.log2(rank)


def not_assigned(canary_nats, other_nats):
    rank = 1
    for nats in other_nats:
        if nats < canary_nats:
            rank + 1
    return np.log2(len(other_nats) + 1) - np.log2(rank)


SLIPS = {
    "cut_at_stop": [("smallest of none", min_of_none), ("every stop expected", index_of_each)],
    "finish_reason": [
        ("one more, and None as a limit", up_to_the_limit),
        ("at the limit, over the end", at_the_limit),
        ("no word at the end", nothing_behind_the_loop),
    ],
    "trim_history": [("system counted apart", system_counted_apart)],
    "few_shot": [
        ("two at once", append_two),
        ("one list for each example", append_a_list),
        ("one dict for each example", turn_as_dict),
        ("everything in one message", all_in_one),
        ("question in the loop", question_in_the_loop),
    ],
    "wilson_interval": [
        (
            "second term outside the root",
            interval(
                right_centre,
                lambda p, n: z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n) + z**2 / (4 * n**2),
            ),
        ),
        (
            "both terms divided by n",
            interval(
                right_centre,
                lambda p, n: z / (1 + z**2 / n) * np.sqrt((p * (1 - p) + z**2 / (4 * n**2)) / n),
            ),
        ),
        (
            "brackets of 1 − p",
            interval(
                right_centre,
                lambda p, n: z / (1 + z**2 / n) * np.sqrt(p * 1 - p / n + z**2 / (4 * n**2)),
            ),
        ),
        (
            "brackets of the centre",
            interval(lambda p, n: p + z**2 / (2 * n) / (1 + z**2 / n), right_half),
        ),
        (
            "brackets of the divisor",
            interval(
                right_centre,
                lambda p, n: z / 1 + z**2 / n * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)),
            ),
        ),
    ],
    "parse_order": [
        ("keys too many pass", keys_by_loop),
        ("keys missing pass", unknown_by_loop),
        ("closing brace lost", last_brace_lost),
    ],
    "pieces": [
        ("begins with nothing, and ends with it", starts_with_nothing),
        ("begins with nothing, and ends with it", list_with_nothing),
    ],
    "exposure": [
        ("order for rank", argsort),
        ("at least 1", at_least_one),
        ("candidates alone", not_assigned),
    ],
}
MISTAKEN: dict = {}  # they stand in the modules of their exercises, with the other mistakes
