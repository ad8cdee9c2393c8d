"""Mistakes in the scores and the mask of notebook 03 as readers write them, with their names."""

import math

import numpy as np
import torch


def divided_by(size):
    return lambda q, k: q @ np.swapaxes(k, -1, -2) / np.sqrt(size(q))


def bare_einsum(q, k):
    return np.einsum("...id,...jd->...ij", q, k)


def divided_by_width(q, k):
    *_, D = q.shape
    return np.matmul(q, k.swapaxes(-2, -1)) / D


def times_root(q, k):
    return q @ np.swapaxes(k, -1, -2) * math.sqrt(q.shape[-1])


def power_of_one_half(q, k):
    scale = q.shape[-1] ** 1 / 2
    return q @ np.swapaxes(k, -1, -2) / scale


def power_in_the_line(q, k):
    return q @ np.swapaxes(k, -1, -2) / q.shape[-1] ** 1 / 2


def root_of_the_keys(q, k):
    products = np.einsum("...qd,...kd->...qk", q, k)
    return products / np.sqrt(products.shape[-1])


def one_text_of_queries(q, k):
    _T, D = q.shape
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(D)


def keys_first(q, k):
    return k @ np.swapaxes(q, -1, -2) / np.sqrt(k.shape[-1])


def keys_first_einsum(q, k):
    return np.einsum("...qd,...kd->...kq", q, k) / np.sqrt(q.shape[-1])


def softmax_too(q, k):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def softmax_of_torch(q, k):
    q, k = torch.as_tensor(q), torch.as_tensor(k)
    return torch.softmax(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5, dim=-1)


def of_length_one(q, k):
    q = q / np.linalg.norm(q, axis=-1)[..., None]
    k = k / np.linalg.norm(k, axis=-1)[..., None]
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])


def all_axes_turned(q, k):
    return q @ k.T / np.sqrt(q.shape[-1])


def with_np_dot(q, k):
    return np.dot(q, np.swapaxes(k, -1, -2)) / np.sqrt(q.shape[-1])


def features_with_features(q, k):
    return np.swapaxes(q, -1, -2) @ k / np.sqrt(q.shape[-1])


def row_by_row(q, k):
    return (q * k).sum(axis=-1) / np.sqrt(q.shape[-1])


def filled(allowed):
    """A mask filled cell by cell: True where this says so."""

    def causal_mask(t_q, t_k):
        mask = np.zeros((t_q, t_k), dtype=bool)
        for i in range(t_q):
            for j in range(t_k):
                mask[i, j] = allowed(i, j, t_k - t_q)
        return mask

    return causal_mask


def comparison(t_q, t_k):
    """Query i against key j, as two broadcast ranges."""
    return np.arange(t_k)[None, :], np.arange(t_q)[:, None]


def with_infinities(t_q, t_k):
    mask = np.full((t_q, t_k), -np.inf)
    return np.triu(mask, t_k - t_q + 1)


def infinities_where_forbidden(t_q, t_k):
    j, i = comparison(t_q, t_k)
    mask = np.zeros((t_q, t_k))
    mask[j > i + t_k - t_q] = -np.inf
    return mask


def keys_down(t_q, t_k):
    return np.array([[j <= i + t_k - t_q for i in range(t_q)] for j in range(t_k)])


def sizes_exchanged(t_q, t_k):
    return np.tril(np.ones((t_k, t_q), dtype=bool), t_q - t_k)


MISTAKEN = {
    "attention_scores": [
        ("no_scale", bare_einsum),
        ("width", divided_by_width),
        ("times", times_root),
        ("half", power_of_one_half),
        ("twice", power_in_the_line),
        ("keys", root_of_the_keys),
        ("keys", lambda q, k: q @ k.swapaxes(-1, -2) / k.shape[-2] ** 0.5),
        ("four", divided_by(lambda q: 4)),
        ("queries", divided_by(lambda q: q.shape[-2])),
        ("first", divided_by(len)),
        ("second", divided_by(lambda q: q.shape[1])),
        ("unpacked", one_text_of_queries),
        ("first_of_k", lambda q, k: q @ np.swapaxes(k, -1, -2) / len(k) ** 0.5),
        ("front_axes", lambda q, k: q @ np.swapaxes(k, 0, 1) / np.sqrt(q.shape[-1])),
        ("two_axes", lambda q, k: q @ k.transpose(1, 0) / np.sqrt(q.shape[-1])),
        ("two_letters", lambda q, k: np.einsum("id,jd->ij", q, k) / np.sqrt(q.shape[-1])),
        ("not_turned", lambda q, k: np.matmul(q, k) / np.sqrt(q.shape[-1])),
        ("turned", keys_first),
        ("turned", keys_first_einsum),
        ("weights", softmax_too),
        ("weights", softmax_of_torch),
        ("cosine", of_length_one),
        ("reversed_axes", all_axes_turned),
        ("dot", with_np_dot),
        ("features", features_with_features),
        ("pairwise", row_by_row),
    ],
    "causal_mask": [
        ("strict", filled(lambda i, j, more: j < i + more)),
        ("strict", lambda t_q, t_k: np.tri(t_q, t_k, t_k - t_q - 1, dtype=bool)),
        ("peek", filled(lambda i, j, more: j <= i + more + 1)),
        ("peek", lambda t_q, t_k: np.tri(t_q, t_k, t_k - t_q + 1, dtype=bool)),
        ("triu", lambda t_q, t_k: np.triu(np.ones((t_q, t_k), dtype=bool), t_k - t_q)),
        ("triu", filled(lambda i, j, more: j >= i + more)),
        ("inverted", filled(lambda i, j, more: j > i + more)),
        ("inverted", lambda t_q, t_k: ~np.tri(t_q, t_k, t_k - t_q, dtype=bool)),
        ("top_left", filled(lambda i, j, more: j <= i)),
        ("top_left", lambda t_q, t_k: torch.ones(t_q, t_k).tril().bool()),
        ("wrong_way", filled(lambda i, j, more: j <= i - more)),
        ("numbers", lambda t_q, t_k: np.tril(np.ones((t_q, t_k)), t_k - t_q)),
        ("numbers", lambda t_q, t_k: torch.ones(t_q, t_k).tril(t_k - t_q)),
        ("added", with_infinities),
        ("added", infinities_where_forbidden),
        ("everything", lambda t_q, t_k: np.ones((t_q, t_k), dtype=bool)),
        ("transposed", keys_down),
        ("square_of_queries", lambda t_q, t_k: np.tri(t_q, dtype=bool)),
        ("square_of_keys", lambda t_q, t_k: np.arange(t_k) <= np.arange(t_k)[:, None]),
        ("swapped", sizes_exchanged),
    ],
}
