"""Notebook 12: what first readers tried, beside the mistakes that were foreseen."""

import json

import numpy as np

from tests.exercises.mistaken.applications_order_values import checked
from tests.exercises.mistaken.applications_trim_counts import parts


def place_below(ids, end, max_tokens):
    if ids.index(end) < max_tokens:
        return "stop"
    return "length"


def place_up_to(ids, end, max_tokens):
    return "length" if not ids.index(end) <= max_tokens else "stop"


def counts_first(ids, end, max_tokens):
    for n, token in enumerate(ids, start=1):
        if n >= max_tokens:
            return "length"
        if token == end:
            return "stop"
    return "length"


def if_without_a_guard(messages, count, limit):
    system, rest = parts(messages)
    if count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def typed(gap):
    """Everything in the user's one message, as one types it into a chat window."""

    def function(examples, question, system=None):
        text = ""
        for asked, answered in examples:
            text += f"Question: {asked}\nAnswer: {answered}{gap}"
        messages = [] if system is None else [{"role": "system", "content": system}]
        messages.append({"role": "user", "content": f"{text}Question: {question}\nAnswer:"})
        return messages

    return function


def rules_before_each(examples, question, system=None):
    messages = []
    for asked, answered in examples:
        if system is not None:
            messages.append({"role": "system", "content": system})
        messages += [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": answered},
        ]
    messages.append({"role": "user", "content": question})
    if not examples and system is not None:
        messages = messages[-1:]
    return messages


def comparing(same):
    """Another way to compare the keys; the values are checked rightly."""

    def function(text, keys):
        order = json.loads(text[text.find("{") : text.rfind("}") + 1])
        if not same(order, keys):
            raise ValueError("the keys are not those that were asked for")
        return checked(order, keys)

    return function


def sentence_below(sentences, count, limit):
    found = []
    for sentence in sentences:
        if count(sentence) >= limit:
            raise ValueError("too long")
        if found and count(found[-1] + " " + sentence) <= limit:
            found[-1] += " " + sentence
        else:
            found.append(sentence)
    return found


def from_nothing(sentences, count, limit):
    found, piece = [], ""
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("too long")
        new = (piece + " " + sentence).strip()
        if count(new) < limit:
            piece = new
        else:
            found.append(piece)
            piece = sentence
    if piece:
        found.append(piece)
    return found


def from_nothing_to_the_end(sentences, count, limit):
    found, words = [], []
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("too long")
        if count(" ".join([*words, sentence])) < limit:
            words.append(sentence)
        else:
            found.append(" ".join(words))
            words = [sentence]
    found.append(" ".join(words))
    return found


def z_everywhere(right, total):
    z, p = 1.96, right / total
    scale = 1 + z / total
    c = (p + z / (2 * total)) / scale
    h = z / scale * np.sqrt(p * (1 - p) / total + z / (4 * total**2))
    return c - h, c + h


def plus_a_list(canary_nats, other_nats):
    candidates = sorted(other_nats + [canary_nats])  # noqa: RUF005 (this is the slip)
    rank = candidates.index(canary_nats) + 1
    return np.log2(len(candidates)) - np.log2(rank)


def searched(canary_nats, other_nats):
    rank = np.searchsorted(other_nats, canary_nats, side="left") + 1
    return np.log2((len(other_nats) + 1) / rank)


TRIED = {
    "finish_reason": [
        ("index, with no question before", place_below),
        ("index, one more, with no question before", place_up_to),
        ("one less, and None as a limit", counts_first),
    ],
    "trim_history": [("one turn only, newest dropped, too", if_without_a_guard)],
    "few_shot": [
        ("everything in one message, marked", typed("\n")),
        ("everything in one message, marked, apart", typed("\n\n")),
        ("system before each example", rules_before_each),
    ],
    "parse_order": [
        ("keys never equal", comparing(lambda order, keys: order.keys() == keys)),
        ("keys never equal", comparing(lambda order, keys: set(order) == keys)),
        ("keys never equal", comparing(lambda order, keys: sorted(order) == keys)),
        ("order of the keys", comparing(lambda order, keys: list(order) == list(keys))),
    ],
    "pieces": [
        ("below the limit, for a sentence alone", sentence_below),
        ("below the limit, from nothing", from_nothing),
        ("below the limit, from nothing + an empty piece", from_nothing_to_the_end),
    ],
    "wilson_interval": [("z nowhere squared", z_everywhere)],
    "exposure": [
        ("added to each of the others", plus_a_list),
        ("searched without sorting", searched),
    ],
}
MISTAKEN: dict = {}  # they stand in the modules of their exercises, with the other mistakes
