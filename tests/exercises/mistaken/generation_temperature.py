"""Mistakes with temperature, as readers of notebook 07 write them."""

import math

import numpy as np
import torch


def softmax(x):
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def greedy(logits):
    return np.eye(logits.shape[-1])[logits.argmax(axis=-1)]


def multiplied(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return softmax(logits * temperature)


def multiplied_torch(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return torch.softmax(torch.from_numpy(logits) * temperature, dim=-1)


def after_softmax(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return softmax(logits) / temperature


def normalised_away(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    probs = softmax(logits) / temperature
    return probs / probs.sum(axis=-1, keepdims=True)


def forgotten(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return torch.from_numpy(logits).softmax(-1)


def two_softmaxes(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    probs = softmax(logits)
    return softmax(probs / temperature)


def divided_twice(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    logits = logits / temperature
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def square_root(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return softmax(logits / math.sqrt(temperature))


def no_zero(logits, temperature):
    z = (logits - logits.max(axis=-1, keepdims=True)) / temperature
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


def no_zero_torch(logits, temperature):
    return torch.softmax(torch.from_numpy(logits) / temperature, dim=-1)


def zero_left_alone(logits, temperature):
    if temperature > 0:
        logits = logits / temperature
    return softmax(logits)


def zero_uniform(logits, temperature):
    if temperature == 0:
        return np.ones_like(logits) / logits.shape[-1]
    return softmax(logits / temperature)


def tiny_temperature(logits, temperature):
    return softmax(logits / max(temperature, 1e-10))


def epsilon(logits, temperature):
    return softmax(logits / (temperature + 1e-9))


def equals_the_maximum(logits, temperature):
    if temperature == 0:
        return (logits == logits.max(axis=-1, keepdims=True)).astype(float)
    return softmax(logits / temperature)


def argsort_last(logits, temperature):
    if temperature == 0:
        probs = np.zeros(logits.shape)
        last = np.argsort(logits, axis=-1, kind="stable")[..., -1:]
        np.put_along_axis(probs, last, 1.0, axis=-1)
        return probs
    return softmax(logits / temperature)


def only_argmax(logits, temperature):
    if temperature == 0:
        return np.argmax(logits, axis=-1)
    return softmax(logits / temperature)


def argmax_of_all(logits, temperature):
    if temperature == 0:
        probs = np.zeros_like(logits)
        probs[np.unravel_index(np.argmax(logits), logits.shape)] = 1
        return probs
    return softmax(logits / temperature)


def keeps_the_logit(logits, temperature):
    if temperature == 0:
        return np.where(greedy(logits) > 0, logits, 0.0)
    return softmax(logits / temperature)


def bare_exponential(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    powers = np.exp(logits / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def maximum_of_all(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    powers = np.exp((logits - np.max(logits)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def sum_without_axis(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return powers / np.sum(powers)


def sum_without_keepdims(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1)


def sum_down(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=0)


def log_of_softmax(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return torch.log_softmax(torch.from_numpy(logits) / temperature, dim=-1)


def log_at_the_end(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return np.log(softmax(logits / temperature))


def not_normalised(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)


def no_softmax(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return logits / temperature


def maximum_without_keepdims(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    powers = np.exp((logits - logits.max(axis=-1)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def marks_rows(logits, temperature):
    if temperature == 0:
        probs = np.zeros_like(logits)
        probs[np.argmax(logits, axis=-1)] = 1
        return probs
    return softmax(logits / temperature)


def powers_of_probabilities(logits, temperature):
    if temperature == 0:
        return greedy(logits)
    return softmax(logits) ** (1 / temperature)


MISTAKEN = {
    "temperature_probs": [
        ("multiplied", multiplied),
        ("multiplied", multiplied_torch),
        ("of_probabilities", after_softmax),
        ("no_effect", normalised_away),
        ("no_effect", forgotten),
        ("twice_softmax", two_softmaxes),
        ("squared", divided_twice),
        ("root", square_root),
        ("zero_not_handled", no_zero),
        ("zero_not_handled", no_zero_torch),
        ("zero_as_one", zero_left_alone),
        ("zero_uniform", zero_uniform),
        ("zero_shared", tiny_temperature),
        ("zero_shared", epsilon),
        ("zero_ones", equals_the_maximum),
        ("zero_last", argsort_last),
        ("zero_id", only_argmax),
        ("zero_whole", argmax_of_all),
        ("zero_logits", keeps_the_logit),
        ("overflow", bare_exponential),
        ("one_shift", maximum_of_all),
        ("one_sum", sum_without_axis),
        ("no_axis_kept", sum_without_keepdims),
        ("down", sum_down),
        ("logarithms", log_of_softmax),
        ("logarithms", log_at_the_end),
        ("weights", not_normalised),
        ("only_divided", no_softmax),
        ("shift_mixes_rows", maximum_without_keepdims),
        ("zero_rows", marks_rows),
        ("power_alone", powers_of_probabilities),
    ],
}
