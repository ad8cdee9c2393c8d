"""Mistakes with a merge, as readers of notebook 01 write them."""

import itertools


def a_list_is_no_tuple(tokens, pair):
    merged, at = [], 0
    while at < len(tokens):
        if tokens[at : at + 2] == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def the_old_list(tokens, pair):
    merged = []
    for left, right in itertools.pairwise(tokens):
        if (left, right) == pair:
            merged.append(left + right)
        else:
            merged.append(left)
    return tokens


def for_instead_of_while(tokens, pair):
    merged = []
    for at, token in enumerate(tokens):
        if at + 1 < len(tokens) and (token, tokens[at + 1]) == pair:
            merged.append(token + tokens[at + 1])
        else:
            merged.append(token)
    return merged


def for_over_neighbours(tokens, pair):
    merged = []
    for left, right in itertools.pairwise(tokens):
        if (left, right) == pair:
            merged.append(left + right)
        else:
            merged.append(left)
    return merged


def first_place(tokens, pair):
    for at in range(len(tokens) - 1):
        if (tokens[at], tokens[at + 1]) == pair:
            return [*tokens[:at], b"".join(pair), *tokens[at + 2 :]]
    return tokens


def without_the_last(tokens, pair):
    merged, at = [], 0
    while at < len(tokens) - 1:
        if tokens[at] == pair[0] and tokens[at + 1] == pair[1]:
            merged.append(tokens[at] + tokens[at + 1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def neighbour_of_the_last(tokens, pair):
    merged, at = [], 0
    while at < len(tokens):
        if (tokens[at], tokens[at + 1]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def neighbour_of_every_token(tokens, pair):
    merged = []
    for at in range(len(tokens)):
        left, right = tokens[at], tokens[at + 1]
        merged.append(left + right if (left, right) == pair else left)
    return merged


def neighbour_of_a_last_half(tokens, pair):
    merged, at = [], 0
    while at < len(tokens):
        if tokens[at] == pair[0] and tokens[at + 1] == pair[1]:
            merged.append(tokens[at] + tokens[at + 1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def walk(tokens, fits, join):
    """Both sides of a reader's loop; what fits, and what is appended, is the reader's."""
    merged, at = [], 0
    while at < len(tokens):
        if at + 1 < len(tokens) and fits(tokens[at], tokens[at + 1]):
            merged.append(join(tokens[at], tokens[at + 1]))
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def same_letters(tokens, pair):
    whole = pair[0] + pair[1]
    return walk(tokens, lambda left, right: left + right == whole, lambda left, right: whole)


def only_the_first_half(tokens, pair):
    return walk(tokens, lambda left, _: left == pair[0], lambda left, right: left + right)


def only_the_first_half_spelled(tokens, pair):
    return walk(tokens, lambda left, _: left == pair[0], lambda *_: pair[0] + pair[1])


def only_the_second_half(tokens, pair):
    return walk(tokens, lambda _, right: right == pair[1], lambda left, right: left + right)


def only_the_second_half_spelled(tokens, pair):
    return walk(tokens, lambda _, right: right == pair[1], lambda *_: b"".join(pair))


def a_set(tokens, pair):
    return walk(
        tokens,
        lambda left, right: {left, right} == set(pair),
        lambda left, right: left + right,
    )


def a_set_spelled(tokens, pair):
    return walk(tokens, lambda *two: sorted(two) == sorted(pair), lambda *_: pair[0] + pair[1])


def a_tuple(tokens, pair):
    return walk(tokens, lambda *two: two == pair, lambda *_: pair)


def backwards(tokens, pair):
    return walk(tokens, lambda *two: two == pair, lambda left, right: right + left)


def from_the_end(tokens, pair):
    merged, at = [], len(tokens) - 1
    while at >= 0:
        if at > 0 and (tokens[at - 1], tokens[at]) == pair:
            merged.insert(0, tokens[at - 1] + tokens[at])
            at -= 2
        else:
            merged.insert(0, tokens[at])
            at -= 1
    return merged


def from_the_end_in_place(tokens, pair):
    for at in reversed(range(len(tokens) - 1)):
        if tuple(tokens[at : at + 2]) == pair:
            tokens[at : at + 2] = [pair[0] + pair[1]]
    return tokens


def added_to_the_list(tokens, pair):
    merged, at = [], 0
    while at < len(tokens):
        if tuple(tokens[at : at + 2]) == pair:
            merged += tokens[at] + tokens[at + 1]
            at += 2
        else:
            merged += tokens[at]
            at += 1
    return merged


MISTAKEN = {
    "merge_pair": [
        ("unmerged", a_list_is_no_tuple),
        ("unmerged", the_old_list),
        ("second_half_again", for_instead_of_while),
        ("second_half_again + last_token_lost", for_over_neighbours),
        ("first_only", first_place),
        ("last_token_lost", without_the_last),
        ("past_the_end", neighbour_of_the_last),
        ("past_the_end_always", neighbour_of_every_token),
        ("past_the_end_at_a_half", neighbour_of_a_last_half),
        ("spelling", same_letters),
        ("first_half", only_the_first_half),
        ("first_half_spelled", only_the_first_half_spelled),
        ("second_half", only_the_second_half),
        ("second_half_spelled", only_the_second_half_spelled),
        ("any_order", a_set),
        ("any_order_spelled", a_set_spelled),
        ("from_right", from_the_end),
        ("from_right", from_the_end_in_place),
        ("tuple", a_tuple),
        ("swapped", backwards),
        ("numbers", added_to_the_list),
    ],
}
