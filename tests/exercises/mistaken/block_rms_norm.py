"""Mistakes with RMSNorm, as readers of notebook 05 write them."""

import math

import numpy as np


def scaled(size):
    """x over a size made from it, times the gain."""
    return lambda x, weight, eps=1e-5: x / size(x, eps) * weight


def mean_square(x, axis=-1, keepdims=True):
    return np.mean(x**2, axis=axis, keepdims=keepdims)


def rms_of_layer_norm(x, weight, eps=1e-5):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps) * weight


def rms_of_moved_numbers(x, weight, eps=1e-5):
    rms = np.sqrt(mean_square(x) + eps)
    return (x - x.mean(-1, keepdims=True)) / rms * weight


def rms_row_after_row(x, weight, eps=1e-5):
    return np.stack([row / np.sqrt(np.mean(row * row) + eps) * weight for row in x])


def rms_of_t_and_c(x, weight, eps=1e-5):
    T, C = x.shape
    out = np.zeros((T, C))
    for t in range(T):
        out[t] = x[t] / math.sqrt(sum(x[t] ** 2) / C + eps) * weight
    return out


def rms_of_b_t_and_c(x, weight, eps=1e-5):
    _B, _T, C = x.shape
    return x / np.sqrt(np.einsum("btc,btc->bt", x, x)[..., None] / C + eps) * weight


def rms_and_addition(x, weight, eps=1e-5):
    return x / np.sqrt(mean_square(x) + eps) + weight


MISTAKEN = {
    "rms_norm": [
        ("centred", rms_of_layer_norm),
        ("deviation", scaled(lambda x, eps: np.sqrt(x.var(-1, keepdims=True) + eps))),
        ("deviation + eps_outside", scaled(lambda x, eps: x.std(-1, keepdims=True) + eps)),
        ("moved", rms_of_moved_numbers),
        ("tokens", scaled(lambda x, eps: np.sqrt(mean_square(x, -2) + eps))),
        ("first_axis", scaled(lambda x, eps: np.sqrt(mean_square(x, 0) + eps))),
        ("second_axis", scaled(lambda x, eps: np.sqrt(mean_square(x, 1) + eps))),
        ("everything", scaled(lambda x, eps: np.sqrt(np.mean(x**2) + eps))),
        ("whole_text", rms_row_after_row),
        ("axis_lost", scaled(lambda x, eps: np.sqrt(np.mean(x**2, axis=-1) + eps))),
        ("column", scaled(lambda x, eps: np.sqrt((x**2).mean(-1) + eps)[:, np.newaxis])),
        ("two_axes", rms_of_t_and_c),
        ("three_axes", rms_of_b_t_and_c),
        ("eps_outside", scaled(lambda x, eps: np.sqrt(mean_square(x)) + eps)),
        ("no_eps", scaled(lambda x, eps: np.sqrt(mean_square(x)))),
        (
            "eps_after",
            lambda x, weight, eps=1e-5: (x / np.sqrt(mean_square(x)) + eps) * weight,
        ),
        ("fixed_eps", scaled(lambda x, eps: np.sqrt(mean_square(x) + 1e-5))),
        ("no_root", scaled(lambda x, eps: mean_square(x) + eps)),
        ("sum_of_squares", scaled(lambda x, eps: np.sqrt((x**2).sum(-1)[..., None] + eps))),
        (
            "eps_outside + sum_of_squares",
            scaled(lambda x, eps: np.linalg.norm(x, axis=-1, keepdims=True) + eps),
        ),
        ("multiplied", scaled(lambda x, eps: 1 / np.sqrt(mean_square(x) + eps))),
        ("mean_first", scaled(lambda x, eps: np.sqrt(x.mean(-1, keepdims=True) ** 2 + eps))),
        ("absolute", scaled(lambda x, eps: abs(x).mean(-1, keepdims=True) + eps)),
        ("no_gain", lambda x, weight, eps=1e-5: x / np.sqrt(mean_square(x) + eps)),
        ("gain_added", rms_and_addition),
    ],
}
