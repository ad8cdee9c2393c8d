"""Mistakes with the previous-token score, as readers of notebook 10 write them."""

import numpy as np
import torch


def first_row_too(weights):
    return np.mean([weights[q, q - 1] for q in range(len(weights))])


def diagonal_by_t(weights):
    return np.diag(weights, -1).sum() / len(weights)


def masked_mean(weights):
    return (weights * np.eye(len(weights), k=-1)).mean()


def masked_tensor_mean(weights):
    weights = torch.from_numpy(weights)
    below = torch.diag(torch.ones(len(weights) - 1, dtype=weights.dtype), -1)
    return torch.mean(weights * below)


def by_allowed_pairs(weights):
    t = weights.shape[0]
    return np.trace(weights, offset=-1) / np.tri(t).sum()


def added(weights):
    return sum(weights[q][q - 1] for q in range(1, len(weights)))


def all_of_them(weights):
    return [weights[q, q - 1] for q in range(1, len(weights))]


def hits(weights):
    found = 0
    for q in range(1, len(weights)):
        if np.argmax(weights[q]) == q - 1:
            found += 1
    return found / (len(weights) - 1)


def main_diagonal(weights):
    return np.diagonal(weights)[1:].mean()


def plus_one(weights):
    return np.diagonal(weights, offset=1).mean()


def key_first(weights):
    total = 0
    for q in range(1, weights.shape[0]):
        total += weights[q - 1, q]
    return total / (weights.shape[0] - 1)


def minus_two(weights):
    return torch.as_tensor(weights).diagonal(-2).mean()


def sink(weights):
    return weights[1:, 0].mean()


def tril_sum(weights):
    return np.tril(weights, -1)[1:].sum(axis=1).mean()


def one_less_diagonal(weights):
    return np.mean(1 - np.diag(weights)[1:])


def two_slices(weights):
    return weights[1:, :-1].mean()


def of_two(weights):
    ratios = []
    for q in range(1, len(weights)):
        ratios.append(weights[q, q - 1] / (weights[q, q - 1] + weights[q, q]))
    return np.mean(ratios)


def ends_early(weights):
    return np.mean([weights[q, q - 1] for q in range(1, len(weights) - 1)])


def starts_late(weights):
    return np.mean([weights[q, q - 1] for q in range(2, len(weights))])


def returns_at_once(weights):
    for q in range(1, len(weights)):
        total = weights[q, q - 1]
        return total


def last_row(weights):
    return weights[-1, -2]


def overwritten(weights):
    for q in range(1, len(weights)):
        score = weights[q, q - 1]
    return score


MISTAKEN = {
    "previous_token_score": [
        ("first query counted", first_row_too),
        ("first query counted", diagonal_by_t),
        ("over all numbers", masked_mean),
        ("over all numbers", masked_tensor_mean),
        ("over the whole past", by_allowed_pairs),
        ("sum", added),
        ("most", lambda weights: np.diag(weights, -1).max()),
        ("median", lambda weights: np.median(np.diagonal(weights, -1))),
        ("one for each query", all_of_them),
        ("where it looks most", hits),
        ("itself", main_diagonal),
        ("above the diagonal", plus_one),
        ("above the diagonal", key_first),
        ("two before", minus_two),
        ("first token", sink),
        ("all before", tril_sum),
        ("all before", one_less_diagonal),
        ("whole block", two_slices),
        ("against itself", of_two),
        ("last query left out", ends_early),
        ("second token left out", starts_late),
        ("returned in the loop", returns_at_once),
        ("last query only", last_row),
        ("last query only", overwritten),
    ],
}
