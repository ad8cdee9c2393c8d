"""Mistakes with the loss, as readers of notebook 02 write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from tests.exercises.correct.language_modelling import softmax_shifted as softmax


def plain_softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def surprises(logits, targets):
    """Right so far: (N,)."""
    z = logits - logits.max(axis=-1, keepdims=True)
    return np.log(np.exp(z).sum(axis=-1)) - z[np.arange(len(targets)), targets]


def log_softmax(logits):
    z = logits - logits.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def added_up(logits, targets):
    return np.sum(surprises(logits, targets))


def one_for_each(logits, targets):
    return surprises(logits, targets)


def mean_of_the_table(logits, targets):
    onehot = np.eye(logits.shape[1])[targets]
    return -(onehot * log_softmax(logits)).mean()


def in_bits(logits, targets):
    return np.mean(surprises(logits, targets)) / math.log(2)


def log2_of_softmax(logits, targets):
    p = softmax(logits)[np.arange(len(targets)), targets]
    return -np.log2(p).mean()


def minus_forgotten(logits, targets):
    return log_softmax(logits)[np.arange(len(targets)), targets].mean()


def difference_turned(logits, targets):
    return -surprises(logits, targets).mean()


def log_sum_exp_of_large_scores(logits, targets):
    log_total = np.log(np.exp(logits).sum(axis=-1))
    return (log_total - logits[np.arange(len(targets)), targets]).mean()


def log_sum_exp_in_double(logits, targets):
    return log_sum_exp_of_large_scores(logits.astype(float), targets)


def log_sum_exp_in_a_loop(logits, targets):
    total = 0
    for row, target in zip(logits, targets, strict=True):
        total += np.log(sum(np.exp(row))) - row[target]
    return total / len(targets)


def log_sum_exp_in_math(logits, targets):
    total = 0.0
    for row, target in zip(logits, targets, strict=True):
        total += math.log(sum(math.exp(score) for score in row)) - row[target]
    return total / len(targets)


def log_of_plain_softmax(logits, targets):
    return -np.log(plain_softmax(logits)[np.arange(len(targets)), targets]).mean()


def log_of_plain_softmax_with_one_hots(logits, targets):
    onehot = np.eye(logits.shape[1])[targets]
    return -(onehot * np.log(plain_softmax(logits))).sum(axis=1).mean()


def log_of_softmax(logits, targets):
    p = softmax(logits)
    return -np.log(p[np.arange(len(targets)), targets]).mean()


def log_of_softmax_in_torch(logits, targets):
    p = torch.softmax(torch.tensor(logits), dim=-1)
    return F.nll_loss(torch.log(p), torch.tensor(targets))


def log_of_softmax_with_one_hots(logits, targets):
    onehot = np.eye(logits.shape[1])[targets]
    return -(onehot * np.log(softmax(logits))).sum(1).mean()


def log_in_math(logits, targets):
    p = softmax(logits)
    return sum(-math.log(p[n, target]) for n, target in enumerate(targets)) / len(targets)


def adding(least):
    """A loss that protects the logarithm by a number of the reader's choice."""

    def loss(logits, targets):
        p = softmax(logits)[np.arange(len(targets)), targets]
        return -np.log(p + least).mean()

    return loss


def clipped(logits, targets):
    p = np.clip(softmax(logits), 1e-12, 1)
    return -np.log(p[np.arange(len(targets)), targets]).mean()


def one_maximum_for_all(logits, targets):
    z = logits - logits.max()
    log_total = np.log(np.exp(z).sum(axis=-1))
    return (log_total - z[np.arange(len(targets)), targets]).mean()


def one_maximum_added_again(logits, targets):
    top = np.max(logits)
    log_total = top + np.log(np.exp(logits - top).sum(axis=1))
    return np.mean(log_total - logits[np.arange(len(targets)), targets])


def maximum_without_keepdims(logits, targets):
    z = logits - logits.max(axis=-1)
    log_total = np.log(np.exp(z).sum(axis=-1))
    return (log_total - z[np.arange(len(targets)), targets]).mean()


def sum_without_keepdims(logits, targets):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1))
    return -log_p[np.arange(len(targets)), targets].mean()


def log_of_scores(logits, targets):
    return -np.log(logits[np.arange(len(targets)), targets]).mean()


def twice(logits, targets):
    return F.cross_entropy(torch.tensor(softmax(logits)), torch.tensor(targets))


def without_log(logits, targets):
    return -softmax(logits)[np.arange(len(targets)), targets].mean()


def mean_probability(logits, targets):
    return softmax(logits)[np.arange(len(targets)), targets].mean()


def all_targets_of_all_rows(logits, targets):
    return -log_softmax(logits)[:, targets].mean()


def all_targets_of_shifted_scores(logits, targets):
    z = logits - logits.max(axis=-1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=-1, keepdims=True)) - z[:, targets]).mean()


def rows_named_by_targets(logits, targets):
    return -log_softmax(logits)[targets].mean()


def rows_of_shifted_scores(logits, targets):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_total = np.log(np.exp(z).sum(axis=-1))
    return (log_total - z[targets]).mean()


def right_score_unshifted(logits, targets):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_total = np.log(np.exp(z).sum(axis=-1))
    return (log_total - logits[np.arange(len(targets)), targets]).mean()


def right_score_shifted_alone(logits, targets):
    top = logits.max(axis=-1, keepdims=True)
    z = logits - top
    log_total = top[:, 0] + np.log(np.exp(z).sum(axis=-1))
    return (log_total - z[np.arange(len(targets)), targets]).mean()


def minus_the_score(logits, targets):
    return -np.mean(logits[np.arange(len(targets)), targets])


def over_positions(logits, targets):
    log_p = torch.log_softmax(torch.tensor(logits), dim=0)
    return F.nll_loss(log_p, torch.tensor(targets))


def moved_again(logits, targets):
    return surprises(logits[:-1], targets[1:]).mean()


MISTAKEN = {
    "cross_entropy": [
        ("sum", added_up),
        ("no mean", one_for_each),
        ("mean over all numbers", mean_of_the_table),
        ("bits", in_bits),
        ("bits + log of softmax", log2_of_softmax),
        ("sign", minus_forgotten),
        ("sign", difference_turned),
        ("overflow", log_sum_exp_of_large_scores),
        ("overflow", log_sum_exp_in_double),
        ("overflow", log_sum_exp_in_a_loop),
        ("overflow in math", log_sum_exp_in_math),
        ("overflow + log of softmax", log_of_plain_softmax),
        ("overflow + log times zero", log_of_plain_softmax_with_one_hots),
        ("log of softmax", log_of_softmax),
        ("log of softmax", log_of_softmax_in_torch),
        ("log times zero", log_of_softmax_with_one_hots),
        ("log in math", log_in_math),
        *((f"capped at {least:.0e}", adding(least)) for least in (1e-8, 1e-9, 1e-10, 1e-15)),
        ("capped at 1e-12", clipped),
        ("one maximum", one_maximum_for_all),
        ("one maximum", one_maximum_added_again),
        ("keepdims of the maximum", maximum_without_keepdims),
        ("keepdims of the sum", sum_without_keepdims),
        ("scores as probabilities", log_of_scores),
        ("softmax twice", twice),
        ("no logarithm", without_log),
        ("sign + no logarithm", mean_probability),
        ("every pair", all_targets_of_all_rows),
        ("every pair", all_targets_of_shifted_scores),
        ("whole rows", rows_named_by_targets),
        ("whole rows of scores", rows_of_shifted_scores),
        ("half shifted", right_score_unshifted),
        ("maximum added", right_score_shifted_alone),
        ("score alone", minus_the_score),
        ("columns", over_positions),
        ("moved twice", moved_again),
    ],
}
