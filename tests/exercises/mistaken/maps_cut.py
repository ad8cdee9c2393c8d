"""Mistakes with cutting an edge, as readers of notebook 10 write them."""

import numpy as np
import torch
import torch.nn.functional as F


def in_place(weights, query, key):
    weights[query, key] = 0
    weights[query] /= weights[query].sum()
    return weights


def second_name(weights, query, key):
    cut = weights
    cut[query, key] = 0
    cut[query] = cut[query] / sum(cut[query])
    return cut


def tensor_of_the_same_memory(weights, query, key):
    cut = torch.from_numpy(weights)
    cut[query, key] = 0
    cut[query] /= cut[query].sum()
    return cut


def then(change):
    """Cut in a copy, and let `change(row, cut, w, query, key)` make the new row of it."""

    def function(weights, query, key):
        cut = weights.copy()
        cut[query, key] = 0
        cut[query] = change(cut[query].copy(), cut, weights[query, key], query, key)
        return cut

    return function


def only_zero(weights, query, key):
    cut = weights.copy()
    cut[query, key] = 0
    return cut


def divided_before(weights, query, key):
    cut = weights.copy()
    cut[query] /= cut[query].sum()
    cut[query, key] = 0
    return cut


def old_weight_gone(weights, query, key):
    weights[query, key] = 0
    weights[query] /= 1 - weights[query, key]
    return weights


def whole_map(weights, query, key):
    cut = weights.copy()
    cut[query, key] = 0
    return cut / cut.sum()


def no_keepdims(weights, query, key):
    cut = weights.copy()
    cut[query, key] = 0
    return cut / cut.sum(axis=1)


def column_sums(weights, query, key):
    cut = torch.tensor(weights)
    cut[query, key] = 0
    return cut / cut.sum(dim=0)


def shared(takers):
    def function(weights, query, key):
        cut = weights.copy()
        w = cut[query, key]
        cut[query, key] = 0
        chosen = takers(len(cut), query, key)
        for at in chosen:
            cut[query, at] += w / len(chosen)
        return cut

    return function


def to_the_largest(weights, query, key):
    cut = weights.copy()
    w, cut[query, key] = cut[query, key], 0
    best = max(range(len(cut)), key=lambda at: cut[query, at])
    cut[query, best] += w
    return cut


def softmax_of_past(row, cut, w, query, key):
    past = np.exp(row[: query + 1])
    return np.concatenate([past / past.sum(), row[query + 1 :]])


def softmax_of_rest(row, cut, w, query, key):
    scores = torch.tensor(row)
    scores[key] = -torch.inf
    scores[query + 1 :] = -torch.inf
    return F.softmax(scores, dim=-1).numpy()


def column(weights, query, key):
    cut = weights.copy()
    cut[:, key] = 0
    cut[query] /= cut[query].sum()
    return cut


def column_all_rows(weights, query, key):
    cut = weights.copy()
    cut[:, key] = 0
    return cut / cut.sum(axis=1, keepdims=True)


def exchanged(weights, query, key):
    cut = weights.copy()
    cut[key, query] = 0
    cut[key] /= cut[key].sum()
    return cut


def all_of_the_row(weights, query, key):
    cut = weights.copy()
    cut[query] = 0
    cut[query] /= cut[query].sum()
    return cut


def all_but_the_edge(weights, query, key):
    cut = weights.copy()
    for other in range(len(cut)):
        if other != key:
            cut[query, other] = 0
    cut[query] /= cut[query].sum()
    return cut


def new_row(weights, query, key):
    row = weights[query].copy()
    row[key] = 0
    return row / row.sum()


def wrong_name_returned(weights, query, key):
    cut = weights.copy()
    cut[query, key] = 0
    cut[query] /= cut[query].sum()
    return weights


def half_exchanged(weights, query, key):
    cut = weights.copy()
    cut[key, query] = 0
    cut[query] /= cut[query].sum()
    return cut


MISTAKEN = {
    "cut_edge": [
        ("input changed", in_place),
        ("input changed", second_name),
        ("input changed", tensor_of_the_same_memory),
        ("not divided", only_zero),
        ("not divided", divided_before),
        ("input changed + not divided", old_weight_gone),
        ("multiplied", then(lambda row, cut, w, q, k: row * row.sum())),
        ("multiplied", then(lambda row, cut, w, q, k: row * (1 - w))),
        ("divided by 1 + w", then(lambda row, cut, w, q, k: row / (1 + w))),
        ("divided by w", then(lambda row, cut, w, q, k: row / w)),
        ("divided by the mean", then(lambda row, cut, w, q, k: row / row.mean())),
        ("divided by the largest", then(lambda row, cut, w, q, k: row / row.max())),
        ("divided by the length", then(lambda row, cut, w, q, k: row / np.linalg.norm(row))),
        (
            "divided by the length",
            then(lambda row, cut, w, q, k: F.normalize(torch.tensor(row), dim=0).numpy()),
        ),
        ("divided by the sum of all", whole_map),
        ("row divided by the sum of all", then(lambda row, cut, w, q, k: row / cut.sum())),
        ("columns", column_sums),
        ("axis lost", no_keepdims),
        ("divided without itself", then(lambda row, cut, w, q, k: row / row[:q].sum())),
        ("divided by the column", then(lambda row, cut, w, q, k: row / cut[:, k].sum())),
        (
            "softmax of all keys",
            then(lambda row, cut, w, q, k: F.softmax(torch.tensor(row), dim=0).numpy()),
        ),
        ("softmax of the past", then(softmax_of_past)),
        ("softmax of the rest", then(softmax_of_rest)),
        ("shared out evenly", shared(lambda t, q, k: [at for at in range(q + 1) if at != k])),
        ("shared out, the cut key too", shared(lambda t, q, k: range(q + 1))),
        ("shared out to the future", shared(lambda t, q, k: [at for at in range(t) if at != k])),
        ("shared out to everybody", shared(lambda t, q, k: range(t))),
        ("given to itself", shared(lambda t, q, k: [q])),
        ("given to the first", shared(lambda t, q, k: [0])),
        ("given to the largest", to_the_largest),
        ("cut for all queries", column),
        ("cut for all queries, all divided", column_all_rows),
        ("row and column exchanged", exchanged),
        ("row and column exchanged", half_exchanged),
        ("whole row", all_of_the_row),
        ("only this edge left", all_but_the_edge),
        ("row alone", new_row),
        ("untouched", wrong_name_returned),
    ],
}
