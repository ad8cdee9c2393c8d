"""Mistakes with smoothed probabilities, as readers of notebook 02 write them."""

import numpy as np
import torch


def sums_of_columns(counts, k):
    smoothed = counts + k
    return smoothed / smoothed.sum(axis=0)


def sums_of_columns_in_torch(counts, k):
    smoothed = torch.tensor(counts) + k
    return smoothed / smoothed.sum(dim=0, keepdim=True)


def sum_of_everything(counts, k):
    smoothed = counts + k
    return smoothed / np.sum(smoothed)


def sums_without_keepdims(counts, k):
    smoothed = counts + k
    return smoothed / smoothed.sum(axis=1)


def sums_without_keepdim(counts, k):
    smoothed = torch.tensor(counts) + k
    return smoothed / smoothed.sum(-1)


def sums_without_keepdims_in_place(counts, k):
    table = counts.astype(float) + k
    table /= table.sum(1)
    return table


def sum_of_the_counts(counts, k):
    table = []
    for row in counts:
        table.append([(count + k) / sum(row) for count in row])
    return table


def one_k_for_the_row(counts, k):
    return (counts + k) / (counts.sum(axis=1, keepdims=True) + k)


def k_for_each_row(counts, k):
    return (counts + k) / (counts.sum(axis=1, keepdims=True) + k * counts.shape[0])


def k_unused(counts, k):
    return counts / counts.sum(axis=1, keepdims=True)


def sum_only_smoothed(counts, k):
    return counts / (counts.sum(axis=1, keepdims=True) + k * counts.shape[1])


def plus_one(counts, k):
    smoothed = counts + 1
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def zeros_filled(counts, k):
    smoothed = np.where(counts == 0, k, counts)
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def zeros_filled_in_a_copy(counts, k):
    smoothed = counts.astype(float)
    smoothed[smoothed == 0] = k
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def k_at_the_end(counts, k):
    table = counts / counts.sum(axis=1)[:, None]
    return table + k


def counts_grow(counts, k):
    counts += k
    return counts / counts.sum(axis=1, keepdims=True)


def counts_are_divided(counts, k):
    counts = np.copy(counts)
    for row in counts:
        row += np.float64(k)
    return counts / counts.sum(axis=1, keepdims=True)


def not_divided(counts, k):
    return counts + k


MISTAKEN = {
    "bigram_probabilities": [
        ("columns", sums_of_columns),
        ("columns", sums_of_columns_in_torch),
        ("whole table", sum_of_everything),
        ("keepdims", sums_without_keepdims),
        ("keepdims", sums_without_keepdim),
        ("keepdims", sums_without_keepdims_in_place),
        ("sum before", sum_of_the_counts),
        ("k once", one_k_for_the_row),
        ("k for each row", k_for_each_row),
        ("no smoothing", k_unused),
        ("only the sum", sum_only_smoothed),
        ("always one", plus_one),
        ("only zeros", zeros_filled),
        ("only zeros", zeros_filled_in_a_copy),
        ("added afterwards", k_at_the_end),
        ("in place", counts_grow),
        ("in place", counts_are_divided),
        ("not divided", not_divided),
    ],
}
