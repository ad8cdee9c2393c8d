"""Mistakes with a rank correlation, as readers of notebook 10 write them."""

from itertools import combinations

import numpy as np
import torch


def mean_ranks(values):
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])


def pearson(a, b):
    return np.corrcoef(a, b)[0, 1]


def of_ranks(ranks, measure=pearson):
    return lambda x, y: measure(ranks(x), ranks(y))


def by_measure(measure):
    return lambda x, y: measure(mean_ranks(x), mean_ranks(y))


def argsort_twice(values):
    return np.argsort(np.argsort(values))


def scattered(values):
    ranks = np.empty(len(values))
    ranks[np.argsort(values)] = np.arange(1, len(values) + 1)
    return ranks


def by_sorted(values):
    ranks = [0] * len(values)
    for rank, place in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        ranks[place] = rank
    return ranks


def torch_twice(values):
    return torch.tensor(values).argsort().argsort().numpy()


def largest_first(values):
    order = sorted(range(len(values)), key=lambda i: -values[i])
    return [order.index(i) for i in range(len(values))]


def first_index(values):
    ordered = sorted(values.tolist())
    return [ordered.index(v) for v in values.tolist()]


def smaller(values):
    return [sum(other < v for other in values) for v in values]


def dictionary(values):
    rank = {v: i for i, v in enumerate(sorted(values.tolist()))}
    return [rank[v] for v in values.tolist()]


def at_most(values):
    return (values[None, :] <= values[:, None]).sum(axis=1)


def dense(values):
    distinct = sorted(set(values.tolist()))
    return [distinct.index(v) for v in values.tolist()]


def short_cut(x, y):
    d = mean_ranks(x) - mean_ranks(y)
    n = len(d)
    return 1 - 6 * np.sum(d**2) / (n * (n**2 - 1))


def short_cut_of_places(x, y):
    d = argsort_twice(x) - argsort_twice(y)
    n = len(d)
    return 1 - 6 * (d * d).sum() / (n**3 - n)


def falling(values):
    return [(values > v).sum() + ((values == v).sum() + 1) / 2 for v in values]


def tau(x, y):
    balance = 0
    for i, j in combinations(range(len(x)), 2):
        balance += np.sign(float(x[i]) - float(x[j])) * np.sign(float(y[i]) - float(y[j]))
    return balance / (len(x) * (len(x) - 1) / 2)


def torch_deviations(a, b):
    a, b = torch.tensor(a), torch.tensor(b)
    return ((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std())


def cosine(a, b):
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def distance(a, b):
    return np.mean(np.abs(a - b))


def bracket_missing(a, b):
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / (a**2).sum() * (b**2).sum()


def bracket_missing_roots(a, b):
    a, b = a - np.mean(a), b - np.mean(b)
    return np.dot(a, b) / np.linalg.norm(a) * np.linalg.norm(b)


MISTAKEN = {
    "rank_correlation": [
        ("values, not ranks", pearson),
        (
            "values, not ranks",
            lambda x, y: np.mean((x - x.mean()) * (y - y.mean())) / (x.std() * y.std()),
        ),
        ("x ranked alone", lambda x, y: pearson(mean_ranks(x), y)),
        ("y ranked alone", lambda x, y: pearson(x, mean_ranks(y))),
        ("each sorted", lambda x, y: pearson(mean_ranks(np.sort(x)), mean_ranks(np.sort(y)))),
        ("one upside down", lambda x, y: pearson(mean_ranks(x), falling(y))),
        ("argsort once", of_ranks(np.argsort)),
        (
            "argsort once",
            lambda x, y: torch.corrcoef(
                torch.tensor(np.stack([np.argsort(x), np.argsort(y)]).astype(float))
            )[1, 0],
        ),
        ("ties in order of place", of_ranks(argsort_twice)),
        ("ties in order of place", of_ranks(scattered)),
        ("ties in order of place", short_cut_of_places),
        ("ties in order of place", of_ranks(by_sorted)),
        ("ties in order of place", of_ranks(torch_twice)),
        ("ties in order of place, from the largest", of_ranks(largest_first)),
        (
            "ties in order of place, from the largest",
            of_ranks(lambda values: np.argsort(np.argsort(-values))),
        ),
        (
            "ties in order of place + two kinds of deviation",
            of_ranks(by_sorted, lambda a, b: np.cov(a, b)[0, 1] / np.std(a) / np.std(b)),
        ),
        ("ties share the least", of_ranks(first_index)),
        ("ties share the least", of_ranks(smaller)),
        ("ties share the largest", of_ranks(dictionary)),
        ("ties share the largest", of_ranks(at_most)),
        ("no gaps after ties", of_ranks(dense)),
        ("no gaps after ties", of_ranks(lambda v: np.unique(v, return_inverse=True)[1])),
        ("squared differences", short_cut),
        ("sum of products", by_measure(lambda a, b: ((a - a.mean()) * (b - b.mean())).sum())),
        ("covariance", by_measure(lambda a, b: np.mean((a - a.mean()) * (b - b.mean())))),
        ("covariance", by_measure(lambda a, b: np.mean(a * b) - a.mean() * b.mean())),
        ("covariance of a sample", by_measure(lambda a, b: np.cov(a, b)[0, 1])),
        ("slope over x", by_measure(lambda a, b: np.polyfit(a, b, 1)[0])),
        ("slope over x", by_measure(lambda a, b: np.cov(a, b)[0, 1] / np.var(a, ddof=1))),
        ("slope over y", by_measure(lambda a, b: np.polyfit(b, a, 1)[0])),
        ("one bracket missing", by_measure(bracket_missing)),
        ("one bracket missing, with roots", by_measure(bracket_missing_roots)),
        (
            "two kinds of deviation",
            by_measure(lambda a, b: np.cov(a, b)[0, 1] / (np.std(a) * np.std(b))),
        ),
        ("two kinds of deviation, turned", by_measure(torch_deviations)),
        (
            "divided by the variances",
            by_measure(lambda a, b: np.cov(a, b, ddof=0)[0, 1] / (a.var() * b.var())),
        ),
        ("not centred", by_measure(cosine)),
        ("not centred, from 0", by_measure(lambda a, b: cosine(a - 1, b - 1))),
        ("pairs in order", tau),
        ("share of equal ranks", by_measure(lambda a, b: (a == b).mean())),
        ("mean distance", by_measure(distance)),
        ("absolute", by_measure(lambda a, b: abs(pearson(a, b)))),
        ("squared", by_measure(lambda a, b: pearson(a, b) ** 2)),
        ("whole table", by_measure(np.corrcoef)),
        ("with itself", by_measure(lambda a, b: np.corrcoef(a, b)[0, 0])),
        ("with itself", lambda x, y: pearson(mean_ranks(x), mean_ranks(x))),
        ("ranks themselves", by_measure(lambda a, b: (a, b))),
        (
            "ties in order of place + absolute",
            of_ranks(argsort_twice, lambda a, b: abs(pearson(a, b))),
        ),
        ("values, not ranks + squared", lambda x, y: pearson(x, y) ** 2),
    ]
}
