"""Mistakes with the loop of generation, as readers of notebook 07 write them."""

import numpy as np


def first_row(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(np.argmax(next_logits(prompt + new)[0])))
        if new[-1] == end:
            return new, "stop"
    return new, "length"


def argmax_without_row(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(np.argmax(next_logits(prompt + new))))
        if new[-1] == end:
            return new, "stop"
    return new, "length"


def only_newest(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        ids.append(int(next_logits([ids[-1]])[-1].argmax()))
        if ids[-1] == end:
            return ids[len(prompt) :], "stop"
    return ids[len(prompt) :], "length"


def as_if_cached(next_logits, prompt, max_new_tokens, end):
    new, given = [], prompt
    for _ in range(max_new_tokens):
        given = [int(next_logits(given)[-1].argmax())]
        new += given
        if given == [end]:
            return new, "stop"
    return new, "length"


def forgets_prompt(next_logits, prompt, max_new_tokens, end):
    new = [int(next_logits(prompt)[-1].argmax())]
    while len(new) < max_new_tokens and new[-1] != end:
        new.append(int(next_logits(new)[-1].argmax()))
    return new, "stop" if new[-1] == end else "length"


def never_fed_back(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt)[-1].argmax()))
        if new[-1] == end:
            return new, "stop"
    return new, "length"


def row_of_the_prompt(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        token = int(next_logits(ids)[len(prompt) - 1].argmax())
        ids.append(token)
        if token == end:
            return ids[len(prompt) :], "stop"
    return ids[len(prompt) :], "length"


def length_of_all(next_logits, prompt, max_new_tokens, end):
    ids = prompt.copy()
    while len(ids) < max_new_tokens:
        ids.append(int(next_logits(ids)[-1].argmax()))
        if ids[-1] == end:
            return ids[len(prompt) :], "stop"
    return ids[len(prompt) :], "length"


def at_most_one_more(next_logits, prompt, max_new_tokens, end):
    new = []
    while len(new) <= max_new_tokens:
        new.append(int(next_logits(prompt + new)[-1].argmax()))
        if new[-1] == end:
            return new, "stop"
    return new, "length"


def range_from_one(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(1, max_new_tokens):
        new.append(int(next_logits(prompt + new)[-1].argmax()))
        if new[-1] == end:
            return new, "stop"
    return new, "length"


def returns_in_the_loop(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt + new)[-1].argmax()))
        if new[-1] == end:
            return new, "stop"
        return new, "length"
    return None


def goes_on(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt + new)[-1].argmax()))
    return new, "stop" if new[-1] == end else "length"


def looks_at_all(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    while end not in ids and len(ids) - len(prompt) < max_new_tokens:
        ids.append(int(next_logits(ids)[-1].argmax()))
    return ids[len(prompt) :], "stop" if end in ids[len(prompt) :] else "length"


def looks_before(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        if ids[-1] == end:
            break
        ids.append(int(next_logits(ids)[-1].argmax()))
    new = ids[len(prompt) :]
    return new, "stop" if new and new[-1] == end else "length"


def one_reason(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt + new)[-1].argmax()))
        if new[-1] == end:
            break
    return new, "length"


def the_other_reason(next_logits, prompt, max_new_tokens, end):
    return one_reason(next_logits, prompt, max_new_tokens, end)[0], "stop"


def exchanged(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt + new)[-1].argmax()))
        if new[-1] == end:
            return new, "length"
    return new, "stop"


def by_count(next_logits, prompt, max_new_tokens, end):
    new, _ = one_reason(next_logits, prompt, max_new_tokens, end)
    return new, "length" if len(new) == max_new_tokens else "stop"


def end_in_all(next_logits, prompt, max_new_tokens, end):
    new, _ = one_reason(next_logits, prompt, max_new_tokens, end)
    return new, "stop" if end in prompt + new else "length"


def end_left_out(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        token = int(next_logits(prompt + new)[-1].argmax())
        if token == end:
            return new, "stop"
        new.append(token)
    return new, "length"


def all_ids(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        ids.append(int(next_logits(ids)[-1].argmax()))
        if ids[-1] == end:
            return ids, "stop"
    return ids, "length"


def second_name(next_logits, prompt, max_new_tokens, end):
    ids = prompt
    for _ in range(max_new_tokens):
        ids.append(int(next_logits(ids)[-1].argmax()))
        if ids[-1] == end:
            return ids[len(prompt) :], "stop"
    return ids[len(prompt) :], "length"


def ids_alone(next_logits, prompt, max_new_tokens, end):
    return one_reason(next_logits, prompt, max_new_tokens, end)[0]


def reason_then_ids(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt + new)[-1].argmax()))
        if new[-1] == end:
            return "stop", new
    return "length", new


def one_token(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        ids.append(int(next_logits(ids)[-1].argmax()))
        if ids[-1] == end:
            return ids[-1:], "stop"
    return ids[-1:], "length"


def argmax_over_positions(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        new.append(int(next_logits(prompt + new).argmax(axis=0)[-1]))
        if new[-1] == end:
            return new, "stop"
    return new, "length"


MISTAKEN = {
    "generate": [
        ("first_row", first_row),
        ("all_rows", argmax_without_row),
        ("down", argmax_over_positions),
        ("last_only", only_newest),
        ("prompt_then_last", as_if_cached),
        ("prompt_then_new", forgets_prompt),
        ("prompt_only", never_fed_back),
        ("prompt_only", row_of_the_prompt),
        ("whole_length", length_of_all),
        ("one_more", at_most_one_more),
        ("one_fewer", range_from_one),
        ("first_token", returns_in_the_loop),
        ("never_stops", goes_on),
        ("end_in_prompt", looks_at_all),
        ("prompt_ends", looks_before),
        ("always_length", one_reason),
        ("always_stop", the_other_reason),
        ("reasons_exchanged", exchanged),
        ("full_is_length", by_count),
        ("end_anywhere", end_in_all),
        ("no_end", end_left_out),
        ("whole", all_ids),
        ("nothing", second_name),
        ("only_ids", ids_alone),
        ("reason_first", reason_then_ids),
        ("newest", one_token),
    ],
}
