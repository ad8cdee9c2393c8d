"""Mistakes of notebook 03 as readers write them, each with the name it should get."""

import numpy as np

from aigc_lab.exercises.bank import find
from tests.exercises.correct.attention import attention_in_steps, heads_swap

attention_scores = find("attention_scores").reference
causal_mask = find("causal_mask").reference
attention_weights = find("attention_weights").reference


def divided_by(size):
    return lambda q, k: q @ np.swapaxes(k, -1, -2) / np.sqrt(size(q))


def one_text_of_queries(q, k):
    _T, D = q.shape
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(D)


def powers_or_ones(scores, mask):
    powers = np.exp(scores) * mask
    total = powers.sum(-1, keepdims=True)
    total[total == 0] = 1
    return powers / total


def powers_where_positive(scores, mask):
    powers = np.exp(scores) * mask
    total = powers.sum(-1, keepdims=True)
    return np.where(total > 0, powers / total, 0)


def powers_without_nan(scores, mask):
    powers = np.exp(scores) * mask
    return np.nan_to_num(powers / powers.sum(-1, keepdims=True))


def softmax_without_nan(scores, mask):
    powers = np.exp(np.where(mask, scores, -np.inf))
    return np.nan_to_num(powers / powers.sum(-1, keepdims=True))


def indexed_by_the_mask(scores, mask):
    scores = scores.copy()
    scores[~mask] = -np.inf
    largest = scores.max(-1, keepdims=True)
    largest[np.isneginf(largest)] = 0
    powers = np.exp(scores - largest)
    total = powers.sum(-1, keepdims=True)
    total[total == 0] = 1
    return powers / total


def without_a_mask(make):
    def attention(q, k, v, mask=None):
        scores = attention_scores(q, k)
        weights = attention_weights(scores, make(scores) if mask is None else mask)
        return weights @ v, weights

    return attention


def heads_of_one_text(x, n_head):
    return x.reshape(*x.shape[:-1], n_head, -1).transpose(1, 0, 2)


def heads_of_a_batch(x, n_head):
    *front, C = x.shape
    return x.reshape(*front, n_head, C // n_head).transpose(0, 2, 1, 3)


def heads_of_b_t_c(x, n_head):
    B, T, C = x.shape
    return x.reshape(B, T, n_head, C // n_head).transpose(0, 2, 1, 3)


def heads_of_texts_in_a_row(x, n_head):
    T, C = x.shape[-2:]
    return x.reshape(-1, T, n_head, C // n_head).transpose(0, 2, 1, 3)


def heads_of_tokens_in_a_row(x, n_head):
    return x.reshape(-1, n_head, x.shape[-1] // n_head).transpose(1, 0, 2)


def heads_by_len(x, n_head):
    return x.reshape(len(x), n_head, -1).transpose(1, 0, 2)


def one_text(x):
    T, _C = x.shape
    return T


def one_batch(x):
    _B, T, _C = x.shape
    return T


def past_with(tokens):
    """The whole layer, with the number of tokens read off x in this way."""

    def attend_to_the_past(x, w_q, w_k, w_v, w_o, n_head):
        T = tokens(x)
        q, k, v = (heads_swap(x @ w, n_head) for w in (w_q, w_k, w_v))
        mixture, _ = attention_in_steps(q, k, v, causal_mask(T, T))
        return np.swapaxes(mixture, -2, -3).reshape(x.shape) @ w_o

    return attend_to_the_past


MISTAKEN = {
    "attention_scores": [
        ("four", divided_by(lambda q: 4)),
        ("queries", divided_by(lambda q: q.shape[-2])),
        ("unpacked", one_text_of_queries),
    ],
    "attention_weights": [
        ("powers_guarded", powers_or_ones),
        ("powers_positive", powers_where_positive),
        ("powers_zeroed", powers_without_nan),
        ("overflow_zeroed", softmax_without_nan),
        ("no_broadcast", indexed_by_the_mask),
    ],
    "attention": [
        ("none_is_causal", without_a_mask(lambda scores: causal_mask(*scores.shape[-2:]))),
        ("none_is_triangle", without_a_mask(lambda scores: np.tril(np.ones(scores.shape, bool)))),
        ("none_forbids_all", without_a_mask(lambda scores: None)),
    ],
    "split_heads": [
        ("transposed", heads_of_one_text),
        ("transposed_batch", heads_of_a_batch),
        ("three_axes", heads_of_b_t_c),
        ("flat", heads_of_texts_in_a_row),
        ("glued", heads_of_tokens_in_a_row),
        ("len", heads_by_len),
    ],
    "attend_to_the_past": [
        ("len", past_with(len)),
        ("second", past_with(lambda x: x.shape[1])),
        ("two_axes", past_with(one_text)),
        ("three_axes", past_with(one_batch)),
    ],
}
