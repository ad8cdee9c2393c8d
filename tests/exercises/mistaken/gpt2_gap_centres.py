"""Mistakes with what is taken off a row of logits, as readers of notebook 09 write them."""

import numpy as np
import torch

from aigc_lab.model.reference import softmax


def centred(x):
    return x - x.mean(axis=-1, keepdims=True)


def of(change):
    """The largest difference after this was done to both."""

    def function(a, b):
        return np.abs(change(a) - change(b)).max()

    return function


def of_the_difference(mean):
    """The largest difference after this was taken off the differences."""

    def function(a, b):
        d = a - b
        return float(np.abs(d - mean(d)).max())

    return function


def largest_difference(a, b):
    return float(np.abs(a - b).max())


def same_mean_off_both(a, b):
    means = a.mean(axis=-1, keepdims=True)
    return np.abs((a - means) - (b - means)).max()


def only_a(a, b):
    a = a - a.mean(axis=1, keepdims=True)
    return np.abs(a - b).max()


def only_b(a, b):
    return np.abs(a - centred(b)).max()


def no_keepdims(a, b):
    d = a - b
    return np.abs(d - d.mean(axis=-1)).max()


def no_keepdims_of_each(a, b):
    a = a - a.mean(1)
    b = b - b.mean(1)
    return np.abs(a - b).max()


def columns_reshaped(a, b):
    d = a - b
    return np.abs(d - d.mean(axis=0).reshape(-1, 1)).max()


def log_probabilities(a, b):
    a, b = torch.tensor(a).double(), torch.tensor(b).double()
    return (a.log_softmax(-1) - b.log_softmax(-1)).abs().max()


def log_of_softmax(a, b):
    return np.abs(np.log(softmax(a.astype(float))) - np.log(softmax(b.astype(float)))).max()


def probabilities(a, b):
    return np.abs(softmax(a) - softmax(b)).max()


def probabilities_by_hand(a, b):
    def chances(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    return abs(chances(a) - chances(b)).max()


CENTRES = [
    ("not centred", largest_difference),
    ("not centred", same_mean_off_both),
    ("first centred only", only_a),
    ("second centred only", only_b),
    ("mean of all", of(lambda x: x - x.mean())),
    ("mean of all", of_the_difference(np.mean)),
    ("column means", of(lambda x: x - x.mean(axis=0))),
    ("column means", of_the_difference(lambda d: d.mean(axis=0, keepdims=True))),
    ("axis dropped", no_keepdims),
    ("axis dropped", no_keepdims_of_each),
    ("dim", of_the_difference(lambda d: d.mean(dim=-1, keepdim=True))),
    ("keepdim", of(lambda x: x - x.mean(-1, keepdim=True))),
    ("column means down the rows", columns_reshaped),
    ("largest taken off", of(lambda x: x - x.max(axis=-1, keepdims=True))),
    ("largest of all taken off", of(lambda x: x - x.max())),
    ("smallest taken off", of(lambda x: x - x.min(axis=-1, keepdims=True))),
    ("median taken off", of(lambda x: x - np.median(x, axis=1)[:, None])),
    (
        "median of the differences taken off",
        of_the_difference(lambda d: np.median(d, axis=-1, keepdims=True)),
    ),
    ("first token taken off", of(lambda x: x - x[:, 0:1])),
    ("sum taken off", of(lambda x: x - x.sum(axis=-1, keepdims=True))),
    ("sum taken off", of_the_difference(lambda d: d.sum(axis=1, keepdims=True))),
    ("mean added", of(lambda x: x + x.mean(axis=-1, keepdims=True))),
    ("divided by the mean", of(lambda x: x / x.mean(axis=-1, keepdims=True))),
    ("log-probabilities", log_probabilities),
    ("log-probabilities", log_of_softmax),
    ("probabilities", probabilities),
    ("probabilities", probabilities_by_hand),
    ("standardised", of(lambda x: centred(x) / x.std(axis=-1, keepdims=True))),
    ("lengths made 1", of(lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True))),
    ("means compared", of(lambda x: x.mean(axis=-1))),
]

MISTAKEN = {}  # they are counted with the others, in gpt2_gap
