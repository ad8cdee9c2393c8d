"""Mistakes with counts, as readers of notebook 02 write them, each with the name it should get."""

import itertools
from collections import Counter

import numpy as np
import torch


def column_before_row(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for before, after in itertools.pairwise(ids):
        counts[after, before] += 1
    return counts


def whole_arrays(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size), dtype=int)
    counts[ids[:-1], ids[1:]] += 1
    return counts


def whole_tensors(ids, vocab_size):
    counts = torch.zeros(vocab_size, vocab_size)
    ids = torch.tensor(ids)
    counts[ids[:-1], ids[1:]] += 1
    return counts


def set_to_one(ids, vocab_size):
    counts = [[0] * vocab_size for _ in range(vocab_size)]
    for t in range(len(ids) - 1):
        counts[ids[t]][ids[t + 1]] = 1
    return counts


def from_minus_one(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(len(ids)):
        counts[ids[t - 1], ids[t]] += 1
    return counts


def round_in_a_circle(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(len(ids)):
        counts[ids[t], ids[(t + 1) % len(ids)]] += 1
    return counts


def up_to_the_last(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(len(ids)):
        counts[ids[t], ids[t + 1]] += 1
    return counts


def two_too_few(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(len(ids) - 2):
        counts[ids[t], ids[t + 1]] += 1
    return counts


def from_one(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(1, len(ids) - 1):
        counts[ids[t], ids[t + 1]] += 1
    return counts


def by_twos(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for t in range(0, len(ids) - 1, 2):
        counts[ids[t], ids[t + 1]] += 1
    return counts


def by_two_slices(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for before, after in zip(ids[::2], ids[1::2], strict=False):
        counts[before, after] += 1
    return counts


def both_ways(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for before, after in itertools.pairwise(ids):
        counts[before, after] += 1
        counts[after, before] += 1
    return counts


def each_with_itself(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for token in ids:
        counts[token, token] += 1
    return counts


def one_dimension(ids, vocab_size):
    counter = Counter(ids.tolist())
    return [counter[token] for token in range(vocab_size)]


def whole_row(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for token in ids[:-1]:
        counts[token] += 1
    return counts


def begun_with_ones(ids, vocab_size):
    counts = np.ones((vocab_size, vocab_size))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts


def already_shares(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


MISTAKEN = {
    "count_pairs": [
        ("turned", column_before_row),
        ("once", whole_arrays),
        ("once", whole_tensors),
        ("once", set_to_one),
        ("wrap", from_minus_one),
        ("wrap", round_in_a_circle),
        ("past the end", up_to_the_last),
        ("short", two_too_few),
        ("late", from_one),
        ("apart", by_twos),
        ("apart", by_two_slices),
        ("both", both_ways),
        ("single tokens", each_with_itself),
        ("one axis", one_dimension),
        ("whole rows", whole_row),
        ("ones", begun_with_ones),
        ("already divided", already_shares),
    ],
}
