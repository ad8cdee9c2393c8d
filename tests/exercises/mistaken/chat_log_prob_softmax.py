"""Notebook 11: mistakes on the way from logits to log-probabilities, as readers write them."""

import numpy as np
import torch


def by(normalise):
    """A loop with another way from logits to log-probabilities."""

    def function(logits, ids, scored):
        log_probs = normalise(logits)
        total = 0.0
        for t in range(1, len(ids)):
            if scored[t]:
                total += log_probs[t - 1, ids[t]]
        return total

    return function


def softmax_down(logits):
    return torch.log_softmax(torch.tensor(logits), dim=0).numpy()


def softmax_of_all(logits):
    return logits - np.logaddexp.reduce(logits, axis=None)


def fraction(logits):
    exps = np.exp(logits)
    return np.log(exps / exps.sum(axis=-1, keepdims=True))


def sum_first(logits):
    return logits - np.log(np.sum(np.exp(logits), axis=1))[:, None]


def log_of_softmax(logits):
    return torch.log(torch.softmax(torch.tensor(logits), dim=-1)).numpy()


def top_subtracted(logits):
    return logits - logits.max(-1, keepdims=True)


def top_inside_only(logits):
    top = logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


def sum_subtracted(logits):
    return logits - logits.sum(-1, keepdims=True)


def mean_of_exps(logits):
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).mean(axis=1, keepdims=True))


SOFTMAXES = [
    ("bare logits", by(lambda logits: logits)),
    ("largest logit subtracted only", by(top_subtracted)),
    ("largest logit subtracted once", by(top_inside_only)),
    ("by columns", by(softmax_down)),
    ("by all", by(softmax_of_all)),
    ("sum of logits", by(sum_subtracted)),
    ("mean for sum", by(mean_of_exps)),
    ("overflow", by(fraction)),
    ("overflow in the sum", by(sum_first)),
    ("logarithm of zero", by(log_of_softmax)),
]
MISTAKEN: dict = {}  # they stand in chat_log_prob, with the other mistakes of the exercise
