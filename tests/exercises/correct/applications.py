"""Right solutions of notebook 12's exercises on calls and messages."""

import re


def stop_smallest(text, stops):
    if isinstance(stops, str):
        stops = [stops]
    found = [text.find(stop) for stop in stops if stop in text]
    return (text[: min(found)], "stop") if found else (text, "length")


def stop_letter_by_letter(text, stops):
    stops = [stops] if type(stops) is str else list(stops)
    for place in range(len(text)):
        for stop in stops:
            if text[place:].startswith(stop):
                return text[:place], "stop"
    return text, "length"


def stop_pattern(text, stops):
    stops = (stops,) if isinstance(stops, str) else stops
    if not stops:
        return text, "length"
    found = re.search("|".join(map(re.escape, stops)), text)
    if found is None:
        return [text, "length"]
    return [text[: found.start()], "stop"]


def stop_again_and_again(text, stops):
    if isinstance(stops, str):
        stops = [stops]
    whole = text
    for stop in stops:
        text = text.split(stop)[0]
    return text, "length" if text == whole else "stop"


def stop_partition(text, stops):
    shortest, reason = text, "length"
    for stop in [stops] if isinstance(stops, str) else stops:
        head, mark, _ = text.partition(stop)
        if mark:
            reason = "stop"
            shortest = min(shortest, head, key=len)
    return shortest, reason


def reason_slice(ids, end, max_tokens):
    return "stop" if end in ids[:max_tokens] else "length"


def reason_loop(ids, end, max_tokens):
    left = max_tokens
    while ids and left != 0:
        token, *ids = ids
        if token == end:
            return "stop"
        left = None if left is None else left - 1
    return "length"


def reason_index(ids, end, max_tokens):
    if end not in ids:
        return "length"
    if max_tokens is None:
        return "stop"
    return "stop" if ids.index(end) < max_tokens else "length"


def reason_any(ids, end, max_tokens):
    limit = len(ids) if max_tokens is None else max_tokens
    stopped = any(token == end and place < limit for place, token in enumerate(ids))
    return ("length", "stop")[stopped]


def trim_while(messages, count, limit):
    first = 1 if messages[0]["role"] == "system" else 0
    system, rest = messages[:first], messages[first:]
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def trim_copy(messages, count, limit):
    kept = list(messages)
    start = int(kept[0]["role"] == "system")
    while count(kept) > limit and len(kept) - start > 1:
        del kept[start : start + 2]
    return kept


def trim_candidates(messages, count, limit):
    start = int(messages[0]["role"] == "system")
    for drop in range(0, len(messages) - start, 2):
        kept = messages[:start] + messages[start + drop :]
        if count(kept) <= limit:
            return kept
    return kept


def trim_from_the_newest(messages, count, limit):
    system = [m for m in messages if m["role"] == "system"]
    talk = [m for m in messages if m["role"] != "system"]
    kept = [talk.pop()]
    while talk:
        longer = [talk[-2], talk[-1], *kept]
        if count(system + longer) > limit:
            break
        kept, talk = longer, talk[:-2]
    return system + kept


def trim_recursive(messages, count, limit):
    if count(messages) <= limit:
        return [*messages]
    head = [m for m in messages[:1] if m["role"] == "system"]
    rest = messages[len(head) :]
    if len(rest) == 1:
        return head + rest
    return trim_recursive(head + rest[2:], count, limit)


def shots_append(examples, question, system=None):
    messages = [] if system is None else [{"role": "system", "content": system}]
    for asked, answered in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered})
    return [*messages, {"role": "user", "content": question}]


def shots_comprehension(examples, question, system=None):
    turns = [
        (role, text)
        for pair in examples
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    everything = [("system", system)] * (system is not None) + turns + [("user", question)]
    return [{"role": role, "content": text} for role, text in everything]


def shots_flat(examples, question, system=None):
    texts = [text for pair in examples for text in pair] + [question]
    messages = [
        {"content": text, "role": "assistant" if place % 2 else "user"}
        for place, text in enumerate(texts)
    ]
    if system is not None:
        messages.insert(0, {"content": system, "role": "system"})
    return messages


def shots_generator(examples, question, system=None):
    def said(role, content):
        return dict(role=role, content=content)

    def everything():
        if system is not None:
            yield said("system", system)
        for example in examples:
            yield said("user", example[0])
            yield said("assistant", example[1])
        yield said("user", question)

    return list(everything())


CORRECT = {
    "cut_at_stop": [
        stop_smallest,
        stop_letter_by_letter,
        stop_pattern,
        stop_again_and_again,
        stop_partition,
    ],
    "finish_reason": [reason_slice, reason_loop, reason_index, reason_any],
    "trim_history": [
        trim_while,
        trim_copy,
        trim_candidates,
        trim_from_the_newest,
        trim_recursive,
    ],
    "few_shot": [shots_append, shots_comprehension, shots_flat, shots_generator],
}
