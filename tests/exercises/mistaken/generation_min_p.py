"""Mistakes with min-p, as readers of notebook 07 write them."""

import math

import numpy as np
import torch


def softmax(x):
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def threshold_itself(logits, p):
    return np.where(softmax(logits) >= p, logits, -np.inf)


def one_minus_p(logits, p):
    probs = softmax(logits)
    return np.where(probs >= (1 - p) * probs.max(axis=-1, keepdims=True), logits, -np.inf)


def max_minus_p(logits, p):
    probs = softmax(logits)
    return np.where(probs >= probs.max(axis=-1, keepdims=True) - p, logits, -np.inf)


def times_mean(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.mean(axis=-1, keepdims=True), logits, -np.inf)


def times_minimum(logits, p):
    probs = torch.from_numpy(logits).softmax(-1)
    return torch.from_numpy(logits).masked_fill(probs < p * probs.amin(-1, keepdim=True), -math.inf)


def of_logits(logits, p):
    return np.where(logits >= p * logits.max(axis=-1, keepdims=True), logits, -np.inf)


def logits_less_p(logits, p):
    return np.where(logits >= logits.max(axis=-1, keepdims=True) - p, logits, -np.inf)


def logits_above_p(logits, p):
    result = logits.copy()
    result[result < p] = -np.inf
    return result


def minus_log(logits, p):
    with np.errstate(divide="ignore"):
        border = logits.max(axis=-1, keepdims=True) - np.log(p)
    return np.where(logits >= border, logits, -np.inf)


def max_of_all(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * np.max(probs), logits, -np.inf)


def max_without_keepdims(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.max(axis=-1), logits, -np.inf)


def more_than(logits, p):
    probs = softmax(logits)
    return np.where(probs > p * probs.max(axis=-1, keepdims=True), logits, -np.inf)


def exp_of_everything(logits, p):
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), logits, -np.inf)


def zeroed(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), logits, 0.0)


def kept_exchanged(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), -np.inf, logits)


def filtered_probs(logits, p):
    probs = softmax(logits)
    probs[probs < p * probs.max(axis=-1, keepdims=True)] = 0
    return probs


def filtered_and_normalised(logits, p):
    probs = filtered_probs(logits, p)
    return probs / probs.sum(axis=-1, keepdims=True)


def min_p_mask(logits, p):
    probs = softmax(logits)
    return probs >= p * probs.max(axis=-1, keepdims=True)


def min_p_selected(logits, p):
    return logits[min_p_mask(logits, p)]


def logits_and_probabilities(logits, p):
    return np.where(logits >= p * softmax(logits).max(axis=-1, keepdims=True), logits, -np.inf)


def max_of_columns(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.max(axis=0), logits, -np.inf)


def probabilities_or_never(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), probs, -np.inf)


def divided_by_p(logits, p):
    probs = softmax(logits)
    return np.where(probs >= probs.max(axis=-1, keepdims=True) / p, logits, -np.inf)


MISTAKEN = {
    "keep_min_p": [
        ("absolute", threshold_itself),
        ("rest", one_minus_p),
        ("mean", times_mean),
        ("least", times_minimum),
        ("behind", max_minus_p),
        ("times_logit", of_logits),
        ("distance", logits_less_p),
        ("bare_logits", logits_above_p),
        ("wrong_side", minus_log),
        ("whole", max_of_all),
        ("no_axis_kept", max_without_keepdims),
        ("strict", more_than),
        ("overflow", exp_of_everything),
        ("zeros", zeroed),
        ("turned", kept_exchanged),
        ("probabilities", filtered_probs),
        ("new_probabilities", filtered_and_normalised),
        ("mask", min_p_mask),
        ("short", min_p_selected),
        ("probabilities_and_never", probabilities_or_never),
        ("wrong_side", divided_by_p),
        ("mixed", logits_and_probabilities),
        ("down", max_of_columns),
    ],
}
