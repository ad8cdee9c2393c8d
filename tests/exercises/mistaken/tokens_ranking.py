"""Mistakes with cutting a word by rank, as readers of notebook 01 write them."""

from collections import Counter
from itertools import pairwise

from tests.exercises.correct.tokens import merge_by_while as merge_pair
from tests.exercises.correct.tokens import utf8_by_comprehension as utf8_tokens


def first_pair_that_fits(word, merges):
    tokens = utf8_tokens(word)
    while True:
        for pair in pairwise(tokens):
            if pair in merges:
                tokens = merge_pair(tokens, pair)
                break
        else:
            return tokens


def first_place_that_fits(word, merges):
    tokens, at = utf8_tokens(word), 0
    while at < len(tokens) - 1:
        if (tokens[at], tokens[at + 1]) in merges:
            tokens[at : at + 2] = [tokens[at] + tokens[at + 1]]
            at = 0
        else:
            at += 1
    return tokens


def growing(word, merges):
    tokens = []
    for token in utf8_tokens(word):
        if tokens and (tokens[-1], token) in merges:
            tokens[-1] += token
        else:
            tokens.append(token)
    return tokens


def longest_token(word, merges):
    known = {left + right for left, right in merges}
    rest, tokens = word.encode(), []
    while rest:
        size = len(rest)
        while size > 1 and rest[:size] not in known:
            size -= 1
        tokens.append(rest[:size])
        rest = rest[size:]
    return tokens


def longest_result(word, merges):
    tokens = utf8_tokens(word)
    while fitting := [pair for pair in merges if pair in pairwise(tokens)]:
        tokens = merge_pair(tokens, max(fitting, key=lambda pair: len(b"".join(pair))))
    return tokens


def highest_rank(word, merges):
    rank = {pair: at for at, pair in enumerate(merges)}
    tokens = utf8_tokens(word)
    while True:
        best = max(pairwise(tokens), key=lambda pair: rank.get(pair, -1), default=None)
        if best not in rank:
            return tokens
        tokens = merge_pair(tokens, best)


def merges_reversed(word, merges):
    tokens = utf8_tokens(word)
    for pair in reversed(merges):
        tokens = merge_pair(tokens, pair)
    return tokens


def most_frequent_here(word, merges):
    tokens = utf8_tokens(word)
    while True:
        counts = Counter(pair for pair in pairwise(tokens) if pair in merges)
        if not counts:
            return tokens
        tokens = merge_pair(tokens, max(counts, key=counts.get))


def trained_again(word, merges):
    tokens = utf8_tokens(word)
    while len(tokens) > 1:
        counts = Counter(pairwise(tokens))
        pair = max(counts, key=counts.get)
        if pair not in merges:
            return tokens
        tokens = merge_pair(tokens, pair)
    return tokens


def stopped_when_nothing_changes(word, merges):
    tokens = utf8_tokens(word)
    for pair in merges:
        longer = tokens
        tokens = merge_pair(tokens, pair)
        if len(tokens) == len(longer):
            break
    return tokens


def returned_at_the_first_change(word, merges):
    tokens = utf8_tokens(word)
    for pair in merges:
        merged = merge_pair(tokens, pair)
        if merged != tokens:
            return merged
    return tokens


def return_indented(word, merges):
    tokens = utf8_tokens(word)
    for pair in merges:
        tokens = merge_pair(tokens, pair)
        return tokens


def one_place_for_each(word, merges):
    tokens = utf8_tokens(word)
    for left, right in merges:
        for at in range(len(tokens) - 1):
            if tokens[at] == left and tokens[at + 1] == right:
                tokens[at : at + 2] = [left + right]
                break
    return tokens


def from_characters(word, merges):
    tokens = [character.encode() for character in word]
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


def from_letters(word, merges):
    tokens = list(word)
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


def from_numbers(word, merges):
    tokens = list(word.encode("utf-8"))
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


def from_the_whole(word, merges):
    tokens = [word.encode("utf-8")]
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens


def looked_up_whole(word, merges):
    for left, right in merges:
        if left + right == word.encode():
            return [left + right]
    return utf8_tokens(word)


def not_kept(word, merges):
    tokens = utf8_tokens(word)
    for pair in merges:
        merge_pair(tokens, pair)
    return tokens


def always_from_the_bytes(word, merges):
    tokens = utf8_tokens(word)
    merged = tokens
    for pair in merges:
        merged = merge_pair(tokens, pair)
    return merged


MISTAKEN = {
    "bpe_encode": [
        ("left_to_right", first_pair_that_fits),
        ("one_place_at_a_time", first_place_that_fits),
        ("one_pass", growing),
        ("longest_match", longest_token),
        ("longest_pair", longest_result),
        ("newest_first", highest_rank),
        ("reversed", merges_reversed),
        ("most_frequent", most_frequent_here),
        ("retrained", trained_again),
        ("until_one_misses", stopped_when_nothing_changes),
        ("one_merge", returned_at_the_first_change),
        ("first_merge_only", return_indented),
        ("each_once", one_place_for_each),
        ("whole_characters", from_characters),
        ("strings", from_letters),
        ("numbers", from_numbers),
        ("uncut", from_the_whole),
        ("all_or_nothing", looked_up_whole),
        ("no_merges", not_kept),
        ("last_merge_only", always_from_the_bytes),
    ],
}
