"""Mistakes with LayerNorm, as readers of notebook 05 write them."""

import math

import numpy as np
import torch

# Statistics as readers take them: each makes (mean, what is divided by).


def along(axis, **options):
    def statistics(x, eps):
        mean = np.mean(x, axis=axis, keepdims=True)
        return mean, np.sqrt(np.var(x, axis=axis, keepdims=True, **options) + eps)

    return statistics


def normed(statistics):
    def layer_norm(x, weight, bias, eps=1e-5):
        mean, spread = statistics(x, eps)
        return (x - mean) / spread * weight + bias

    return layer_norm


def divided_by(spread):
    """The mean is right, what is divided by is made from x."""

    def layer_norm(x, weight, bias, eps=1e-5):
        return weight * (x - x.mean(-1, keepdims=True)) / spread(x, eps) + bias

    return layer_norm


def ended(finish):
    def layer_norm(x, weight, bias, eps=1e-5):
        x_hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
        return finish(x_hat, weight, bias)

    return layer_norm


def no_axis_at_all(x, weight, bias, eps=1e-5):
    return (x - x.mean()) / np.sqrt(x.var() + eps) * weight + bias


def row_after_row(x, weight, bias, eps=1e-5):
    rows = []
    for row in x:
        rows.append((row - row.mean()) / np.sqrt(row.var() + eps) * weight + bias)
    return np.array(rows)


def by_len(x, weight, bias, eps=1e-5):
    out = np.zeros_like(x)
    for t in range(len(x)):
        mean = np.mean(x[t])
        variance = np.mean((x[t] - mean) ** 2)
        out[t] = (x[t] - mean) / math.sqrt(variance + eps) * weight + bias
    return out


def mean_without_axis(x, weight, bias, eps=1e-5):
    mean = x.mean()
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def squares_without_axis(x, weight, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    variance = np.mean((x - mean) ** 2)
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def keepdims_forgotten(x, weight, bias, eps=1e-5):
    return (x - x.mean(axis=-1)) / np.sqrt(x.var(axis=-1) + eps) * weight + bias


def keepdims_forgotten_in_steps(x, weight, bias, eps=1e-5):
    mean = x.mean(axis=-1)
    variance = ((x - mean) ** 2).mean(axis=-1)
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def keepdims_only_for_the_variance(x, weight, bias, eps=1e-5):
    centred = x - np.mean(x, axis=-1)
    variance = np.mean(centred**2, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight + bias


def keepdims_only_for_the_mean(x, weight, bias, eps=1e-5):
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = (centred**2).sum(axis=-1) / x.shape[-1]
    return centred / np.sqrt(variance + eps) * weight + bias


def new_axis_second(x, weight, bias, eps=1e-5):
    mean, variance = x.mean(axis=-1)[:, None], x.var(axis=-1)[:, None]
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def of_t_and_c(x, weight, bias, eps=1e-5):
    T, C = x.shape
    mean = x.sum(axis=1).reshape(T, 1) / C
    variance = ((x - mean) ** 2).sum(axis=1).reshape(T, 1) / C
    return (x - mean) / np.sqrt(variance + eps) * weight + bias


def of_b_t_and_c(x, weight, bias, eps=1e-5):
    B, T, C = x.shape
    out = np.empty((B, T, C))
    for b in range(B):
        for t in range(T):
            row = x[b, t]
            out[b, t] = (row - row.mean()) / np.sqrt(row.var() + eps) * weight + bias
    return out


def torch_as_it_comes(x, weight, bias, eps=1e-5):
    x = torch.from_numpy(x)
    variance = x.var(dim=-1, keepdim=True)
    y = (x - x.mean(dim=-1, keepdim=True)) / torch.sqrt(variance + eps)
    return y.numpy() * weight + bias


def torch_std_plus_eps(x, weight, bias, eps=1e-5):
    x = torch.from_numpy(x)
    y = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + eps)
    return y.numpy() * weight + bias


def sum_by_c_less_one(x, weight, bias, eps=1e-5):
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred**2).sum(-1, keepdims=True) / (x.shape[-1] - 1)
    return centred / (variance + eps) ** 0.5 * weight + bias


def mean_left_in(x, weight, bias, eps=1e-5):
    variance = np.var(x, axis=-1, keepdims=True)
    return x / np.sqrt(variance + eps) * weight + bias


def rms_with_bias(x, weight, bias, eps=1e-5):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + eps) * weight + bias


def squares_of_x(x, weight, bias, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) * weight + bias


def turned(x, weight, bias, eps=1e-5):
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return weight * (mean - x) / np.sqrt(variance + eps) + bias


def std(x, **options):
    return np.std(x, axis=-1, keepdims=True, **options)


def var(x):
    return np.var(x, axis=-1, keepdims=True)


def distances(x):
    return x - x.mean(axis=-1, keepdims=True)


MISTAKEN = {
    "layer_norm": [
        ("tokens", normed(along(-2))),
        ("first_axis", normed(along(0))),
        ("second_axis", normed(along(1))),
        ("everything", no_axis_at_all),
        ("whole_text", row_after_row),
        ("whole_text", by_len),
        ("mean_of_all", normed(lambda x, eps: (x.mean(), np.sqrt(var(x) + eps)))),
        ("squares_about_the_mean_of_all", mean_without_axis),
        ("spread_of_all", divided_by(lambda x, eps: np.sqrt(np.var(x) + eps))),
        ("squares_of_all", squares_without_axis),
        ("both_lost", keepdims_forgotten),
        ("both_lost_squares", keepdims_forgotten_in_steps),
        ("mean_lost", normed(lambda x, eps: (x.mean(-1), np.sqrt(var(x) + eps)))),
        ("mean_lost_squares", keepdims_only_for_the_variance),
        ("spread_lost", keepdims_only_for_the_mean),
        ("column", new_axis_second),
        ("two_axes", of_t_and_c),
        ("three_axes", of_b_t_and_c),
        ("unbiased", torch_as_it_comes),
        ("unbiased", sum_by_c_less_one),
        ("unbiased", normed(along(-1, ddof=1))),
        ("eps_outside", divided_by(lambda x, eps: std(x) + eps)),
        ("unbiased + eps_outside", torch_std_plus_eps),
        ("no_eps", divided_by(lambda x, eps: std(x))),
        (
            "eps_after",
            lambda x, weight, bias, eps=1e-5: (distances(x) / std(x) + eps) * weight + bias,
        ),
        ("fixed_eps", divided_by(lambda x, eps: np.sqrt(var(x) + 1e-5))),
        ("no_root", divided_by(lambda x, eps: var(x) + eps)),
        (
            "sum_of_squares",
            divided_by(lambda x, eps: np.sqrt((distances(x) ** 2).sum(-1, keepdims=True) + eps)),
        ),
        ("root_twice", divided_by(lambda x, eps: np.sqrt(std(x) + eps))),
        ("multiplied", divided_by(lambda x, eps: 1 / np.sqrt(var(x) + eps))),
        ("absolute", divided_by(lambda x, eps: abs(distances(x)).mean(-1)[..., None] + eps)),
        ("not_centred", mean_left_in),
        ("rms", rms_with_bias),
        ("squares_of_x", squares_of_x),
        ("turned", turned),
        ("no_gain", ended(lambda y, weight, bias: y + bias)),
        ("no_bias", ended(lambda y, weight, bias: y * weight)),
        ("neither", ended(lambda y, weight, bias: y)),
        ("bias_first", ended(lambda y, weight, bias: (y + bias) * weight)),
        ("exchanged", ended(lambda y, weight, bias: bias * y + weight)),
        ("one_more", ended(lambda y, weight, bias: y * (weight + 1) + bias)),
    ],
}
