"""Mistakes with the entropy of a look, as readers of notebook 10 write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def safe(weights, log=np.log):
    return log(np.where(weights > 0, weights, 1))


def log2_loop(weights):
    out = []
    for row in weights:
        out.append(-sum(w * np.log2(w) for w in row if w > 0))
    return out


def log1p(weights):
    return -(weights * np.log1p(weights)).sum(-1)


def log_of_one_plus(weights):
    return -np.sum(weights * np.log(1 + weights), axis=1)


def straight(weights):
    return -(weights * np.log(weights)).sum(axis=-1)


def straight_torch(weights):
    weights = torch.as_tensor(weights)
    return -(weights * weights.log()).sum(-1)


def cut_at_the_query(weights):
    return [-np.sum(row[: q + 1] * np.log(row[: q + 1])) for q, row in enumerate(weights)]


def math_log(weights):
    entropies = []
    for row in weights:
        total = 0
        for w in row:
            total -= w * math.log(w)
        entropies.append(total)
    return np.array(entropies)


def late_nan_to_num(weights):
    return np.nan_to_num(-(weights * np.log(weights)).sum(-1))


def no_minus(weights):
    return (weights * safe(weights)).sum(-1)


def no_minus_nansum(weights):
    return np.nansum(weights * np.log(weights), axis=-1)


def columns(weights):
    return -(weights * safe(weights)).sum(axis=0)


def columns_loop(weights):
    out = []
    for k in range(weights.shape[1]):
        column = weights[:, k]
        column = column[column > 0]
        out.append(-(column * np.log(column)).sum())
    return np.array(out)


def logs_alone(weights):
    return -safe(weights).sum(axis=-1)


def softmaxed(weights):
    p = F.softmax(torch.as_tensor(weights), dim=-1)
    return -(p * p.log()).sum(-1)


def categorical_of_logits(weights):
    return torch.distributions.Categorical(logits=torch.as_tensor(weights)).entropy()


def mean_over_keys(weights):
    return -np.mean(weights * safe(weights), axis=-1)


def mean_over_past(weights):
    return [-(row[row > 0] * np.log(row[row > 0])).sum() / (q + 1) for q, row in enumerate(weights)]


def mean_of_kept(weights):
    return np.array([-np.mean(row[row > 0] * np.log(row[row > 0])) for row in weights])


def mean_of_rows(weights):
    return -(weights * safe(weights)).sum(axis=1).mean()


def flattened(weights):
    weights = weights[weights > 0]
    return -(weights * np.log(weights)).sum()


def last_of_the_loop(weights):
    for row in weights:
        row = row[row > 0]
        entropy = -(row * np.log(row)).sum()
    return entropy


def skips_row_zero(weights):
    entropies = []
    for q in range(1, len(weights)):
        row = weights[q][weights[q] > 0]
        entropies.append(-(row * np.log(row)).sum())
    return entropies


def terms(weights):
    return -weights * safe(weights)


def normalised(weights):
    return torch.special.entr(torch.as_tensor(weights)).sum(-1) / math.log(weights.shape[-1])


def of_the_largest(weights):
    entropy = -(weights * safe(weights)).sum(-1)
    most = np.log(np.arange(1, len(weights) + 1))
    return np.divide(entropy, most, out=np.zeros(len(weights)), where=most > 0)


def of_the_largest_nan(weights):
    entropy = -(weights * safe(weights)).sum(-1)
    return entropy / np.log(np.arange(len(weights)) + 1)


def gap(weights):
    q = np.arange(len(weights))
    return np.log(q + 1) + (weights * safe(weights)).sum(-1)


def perplexity(weights):
    return np.exp(-(weights * safe(weights)).sum(-1))


def gini(weights):
    return 1 - np.square(weights).sum(-1)


MISTAKEN = {
    "attention_entropy": [
        ("bits", lambda weights: -(weights * safe(weights, np.log2)).sum(-1)),
        ("bits", log2_loop),
        ("base 10", lambda weights: -(weights * safe(weights, np.log10)).sum(-1)),
        ("log of 1 + w", log1p),
        ("log of 1 + w", log_of_one_plus),
        ("log of w + 0.001", lambda weights: -(weights * np.log(weights + 1e-3)).sum(-1)),
        ("log of w + 0.0001", lambda weights: -(weights * np.log(weights + 1e-4)).sum(axis=1)),
        ("nan", straight),
        ("nan", straight_torch),
        ("nan in the past", cut_at_the_query),
        ("ln 0 refused", math_log),
        ("nan rows set to 0", late_nan_to_num),
        ("negative", no_minus),
        ("negative", no_minus_nansum),
        ("down the columns", columns),
        ("down the columns", columns_loop),
        ("not weighted", logs_alone),
        ("softmax again", softmaxed),
        ("softmax again", categorical_of_logits),
        ("divided by T", mean_over_keys),
        ("divided by the keys allowed", mean_over_past),
        ("divided by the keys above 0", mean_of_kept),
        ("one for the head", mean_of_rows),
        ("added over queries", flattened),
        ("added over queries", lambda weights: -np.sum(weights * safe(weights))),
        ("last query", last_of_the_loop),
        ("first query left out", skips_row_zero),
        ("not added up", terms),
        ("share of ln T", normalised),
        ("share of the most", of_the_largest),
        ("share of the most, nan at first", of_the_largest_nan),
        ("missing to the most", gap),
        ("number of keys", perplexity),
        ("one minus squares", gini),
        ("largest weight only", lambda weights: -np.log(weights.max(-1))),
        ("deviation", lambda weights: np.std(weights, axis=-1)),
        ("bits + nan", lambda weights: -(weights * np.log2(weights)).sum(-1)),
        ("nan + negative", lambda weights: (weights * np.log(weights)).sum(-1)),
        ("nan + down the columns", lambda weights: -(weights * np.log(weights)).sum(0)),
    ]
}
