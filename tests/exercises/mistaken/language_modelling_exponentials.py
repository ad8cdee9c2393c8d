"""Mistakes with softmax, as readers of notebook 02 write them."""

import math

import numpy as np
import torch


def without_a_shift(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


def without_a_shift_in_double(x):
    x = np.asarray(x, dtype=float)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def without_a_shift_in_torch(x):
    powers = torch.exp(torch.tensor(x))
    return powers / powers.sum(dim=-1, keepdim=True)


def powers_of_e(x):
    powers = math.e ** x.astype(float)
    return powers / np.einsum("...n->...", powers)[..., None]


def one_by_one(x):
    rows = []
    for row in x.reshape(-1, x.shape[-1]):
        powers = [math.exp(score) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows).reshape(x.shape)


def one_maximum(x):
    powers = np.exp(x - np.max(x))
    return powers / powers.sum(axis=-1, keepdims=True)


def one_maximum_in_torch(x):
    x = torch.tensor(x).double()
    powers = (x - x.max()).exp()
    return powers / powers.sum(-1, keepdim=True)


def minus_the_mean(x):
    powers = np.exp(x - x.mean(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def minus_the_mean_in_double(x):
    x = x.astype(np.float64)
    return without_a_shift(x - np.mean(x, -1)[..., None])


def minus_the_smallest(x):
    shifted = x - np.min(x, axis=-1, keepdims=True)
    return without_a_shift(shifted)


def over_the_largest(x):
    return without_a_shift(x / np.max(x, axis=-1, keepdims=True))


def along_the_first_axis(x):
    powers = np.exp(x - x.max(axis=0))
    return powers / powers.sum(axis=0)


def along_the_first_axis_in_torch(x):
    return torch.softmax(torch.tensor(x).float(), dim=0)


def sums_of_columns(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=0)


def maxima_of_columns(x):
    powers = np.exp(x - x.max(axis=0))
    return powers / powers.sum(axis=-1, keepdims=True)


def no_axis_at_all(x):
    powers = np.exp(x - x.max())
    return powers / powers.sum()


def no_axis_for_the_sum(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / np.sum(powers)


def second_axis(x):
    powers = np.exp(x - np.max(x, axis=1, keepdims=True))
    return powers / np.sum(powers, axis=1, keepdims=True)


def second_axis_in_torch(x):
    return torch.softmax(torch.tensor(x).double(), dim=1)


def second_axis_by_hand_in_torch(x):
    x = torch.tensor(x)
    powers = torch.exp(x - x.max(dim=1, keepdim=True).values)
    return powers / powers.sum(dim=1, keepdim=True)


def each_item_as_a_row(x):
    weights = np.zeros(x.shape)
    for i in range(len(x)):
        powers = np.exp(x[i] - np.max(x[i]))
        weights[i] = powers / np.sum(powers)
    return weights


def sum_without_keepdims(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1)


def sum_without_keepdim(x):
    x = torch.tensor(x)
    powers = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return powers / powers.sum(dim=-1)


def maximum_without_keepdims(x):
    powers = np.exp(x - x.max(axis=-1))
    return powers / powers.sum(axis=-1, keepdims=True)


def both_without_keepdims(x):
    powers = np.exp(x - x.max(axis=-1))
    return powers / powers.sum(axis=-1)


def both_without_keepdim(x):
    x = torch.tensor(x)
    powers = torch.exp(x - x.max(dim=-1).values)
    return powers / powers.sum(dim=-1)


def only_powers(x):
    return np.exp(x - x.max(axis=-1, keepdims=True))


def log_of_the_weights(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.log(powers / powers.sum(axis=-1, keepdims=True))


def log_softmax(x):
    return torch.log_softmax(torch.tensor(x).float(), -1)


def log_softmax_by_hand(x):
    z = x - x.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def shares(x):
    return x / np.sum(x, axis=-1, keepdims=True)


def into_the_scores(x):
    weights = np.empty_like(x)
    for at in np.ndindex(x.shape[:-1]):
        powers = np.exp(x[at] - x[at].max())
        weights[at] = powers / powers.sum()
    return weights


MISTAKEN = {
    "softmax": [
        ("overflow", without_a_shift),
        ("overflow", without_a_shift_in_double),
        ("overflow", without_a_shift_in_torch),
        ("overflow", powers_of_e),
        ("overflow in math", one_by_one),
        ("one maximum", one_maximum),
        ("one maximum", one_maximum_in_torch),
        ("mean", minus_the_mean),
        ("mean", minus_the_mean_in_double),
        ("least", minus_the_smallest),
        ("largest divides", over_the_largest),
        ("columns", along_the_first_axis),
        ("columns", along_the_first_axis_in_torch),
        ("sum of columns", sums_of_columns),
        ("maximum of columns", maxima_of_columns),
        ("everything", no_axis_at_all),
        ("sum of everything", no_axis_for_the_sum),
        ("axis 1", second_axis),
        ("axis 1 in torch", second_axis_in_torch),
        ("axis 1 in torch", second_axis_by_hand_in_torch),
        ("loop over a table", each_item_as_a_row),
        ("keepdims", sum_without_keepdims),
        ("keepdims", sum_without_keepdim),
        ("keepdims of the maximum", maximum_without_keepdims),
        ("keepdims twice", both_without_keepdims),
        ("keepdims twice", both_without_keepdim),
        ("not divided", only_powers),
        ("logs", log_of_the_weights),
        ("log-softmax", log_softmax),
        ("log-softmax", log_softmax_by_hand),
        ("no exp", shares),
        ("whole numbers", into_the_scores),
    ],
}
