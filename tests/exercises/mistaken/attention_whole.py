"""Mistakes in attention as a whole, and in its heads, in notebook 03 as readers write them."""

import math

import numpy as np
import torch

from aigc_lab.exercises.bank import find

attention_scores = find("attention_scores").reference
causal_mask = find("causal_mask").reference
attention_weights = find("attention_weights").reference


def everything(scores):
    return np.ones(scores.shape, dtype=bool)


def in_steps(
    score=attention_scores,
    soften=attention_weights,
    mix=lambda weights, q, k, v: weights @ v,
    give=lambda mixture, weights: (mixture, weights),
):
    """Attention as the notebook writes it, with one step written otherwise."""

    def attention(q, k, v, mask=None):
        scores = score(q, k)
        weights = soften(scores, everything(scores) if mask is None else mask)
        return give(mix(weights, q, k, v), weights)

    return attention


def without_a_mask(make):
    def attention(q, k, v, mask=None):
        scores = attention_scores(q, k)
        weights = attention_weights(scores, make(scores) if mask is None else mask)
        return weights @ v, weights

    return attention


def bare_softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def forgets_the_mask(q, k, v, mask=None):
    weights = bare_softmax(attention_scores(q, k))
    return weights @ v, weights


def softmax_of_notebook_02(q, k, v, mask=None):
    scores = attention_scores(q, k)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = bare_softmax(scores)
    return weights @ v, weights


def with_forbidden_keys_kept(q, k, v, mask=None):
    scores = attention_scores(q, k)
    weights = attention_weights(scores, everything(scores) if mask is None else mask == 0)
    return weights @ v, weights


def truth_of_the_mask(q, k, v, mask=None):
    scores = attention_scores(q, k)
    if not mask:
        mask = everything(scores)
    weights = attention_weights(scores, mask)
    return weights @ v, weights


def give_the_scores(q, k, v, mask=None):
    scores = attention_scores(q, k)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return attention_weights(scores, everything(scores)) @ v, scores


def of_torch(q, k, v, mask=None):
    q, k, v = (torch.as_tensor(array).double() for array in (q, k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~torch.as_tensor(mask), -math.inf)
    weights = scores.softmax(-1)
    return weights @ v, weights


def width_of_the_values(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(v.shape[-1])
    weights = attention_weights(scores, everything(scores) if mask is None else mask)
    return weights @ v, weights


def divided_at_the_end(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2)
    weights = attention_weights(scores, everything(scores) if mask is None else mask)
    weights = weights / np.sqrt(q.shape[-1])
    return weights @ v, weights


def scores_as_weights(q, k, v, mask=None):
    scores = attention_scores(q, k)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return scores @ v, scores


def along_the_queries(scores, mask):
    turned = attention_weights(np.swapaxes(scores, -1, -2), np.swapaxes(mask, -1, -2))
    return np.swapaxes(turned, -1, -2)


def heads_of_one_text(x, n_head):
    return x.reshape(*x.shape[:-1], n_head, -1).transpose(1, 0, 2)


def heads_of_a_batch(x, n_head):
    *front, C = x.shape
    return x.reshape(*front, n_head, C // n_head).transpose(0, 2, 1, 3)


def heads_of_b_t_c(x, n_head):
    B, T, C = x.shape
    return x.reshape(B, T, n_head, C // n_head).transpose(0, 2, 1, 3)


def heads_of_t_c(x, n_head):
    T, C = x.shape
    return x.reshape(T, n_head, C // n_head).swapaxes(0, 1)


def heads_of_texts_in_a_row(x, n_head):
    T, C = x.shape[-2:]
    return x.reshape(-1, T, n_head, C // n_head).transpose(0, 2, 1, 3)


def heads_of_tokens_in_a_row(x, n_head):
    return x.reshape(-1, n_head, x.shape[-1] // n_head).transpose(1, 0, 2)


def heads_by_len(x, n_head):
    return x.reshape(len(x), n_head, -1).transpose(1, 0, 2)


def straight_to_the_shape(x, n_head):
    *front, T, C = x.shape
    return x.reshape(*front, n_head, T, C // n_head)


def only_cut(x, n_head):
    return x.reshape(*x.shape[:-1], n_head, x.shape[-1] // n_head)


def every_other_feature(x, n_head):
    return np.stack([x[..., head::n_head] for head in range(n_head)], axis=-3)


def heads_last(x, n_head):
    cut = x.reshape(*x.shape[:-1], -1, n_head)  # (…, T, D, H)
    return np.moveaxis(cut, -1, -3)


def stacked_in_front(x, n_head):
    D = x.shape[-1] // n_head
    return np.stack([x[..., head * D : (head + 1) * D] for head in range(n_head)])


def listed(x, n_head):
    D = x.shape[-1] // n_head
    return [x[..., head * D : (head + 1) * D] for head in range(n_head)]


def first_two_axes_exchanged(x, n_head):
    return np.swapaxes(x.reshape(*x.shape[:-1], n_head, -1), 0, 1)


def wrong_two_axes(x, n_head):
    return np.swapaxes(x.reshape(*x.shape[:-1], n_head, -1), -1, -2)


def float_size(x, n_head):
    D = x.shape[-1] / n_head
    return np.swapaxes(x.reshape(*x.shape[:-1], n_head, D), -2, -3)


def features_first(x, n_head):
    *front, T, C = x.shape
    return np.swapaxes(x, -1, -2).reshape(*front, n_head, C // n_head, T)


def count_for_size(x, n_head):
    return np.swapaxes(x.reshape(*x.shape[:-1], -1, n_head), -2, -3)


MISTAKEN = {
    "attention": [
        ("swapped", in_steps(give=lambda mixture, weights: (weights, mixture))),
        ("mixture_only", in_steps(give=lambda mixture, weights: mixture)),
        ("mask_ignored", forgets_the_mask),
        ("none_is_causal", without_a_mask(lambda scores: causal_mask(*scores.shape[-2:]))),
        ("none_is_triangle", without_a_mask(lambda scores: np.tril(np.ones(scores.shape, bool)))),
        ("none_forbids_all", without_a_mask(lambda scores: None)),
        ("none_forbids_all", without_a_mask(lambda scores: np.zeros(scores.shape, dtype=bool))),
        ("none_is_square", without_a_mask(lambda scores: np.ones(2 * scores.shape[-2:-1], bool))),
        ("if_mask", truth_of_the_mask),
        ("scores_given", give_the_scores),
        ("dot", in_steps(mix=lambda weights, q, k, v: np.dot(weights, v))),
        ("mask_turned", in_steps(soften=lambda s, mask: attention_weights(s, ~mask))),
        ("mask_inverted", with_forbidden_keys_kept),
        ("mask_product", in_steps(soften=lambda s, mask: bare_softmax(s * mask))),
        ("mask_afterwards", in_steps(soften=lambda s, mask: bare_softmax(s) * mask)),
        ("nan_rows", softmax_of_notebook_02),
        ("nan_rows", of_torch),
        ("no_scale", in_steps(score=lambda q, k: q @ np.swapaxes(k, -1, -2))),
        ("width", in_steps(score=lambda q, k: attention_scores(q, k) / np.sqrt(q.shape[-1]))),
        ("value_width", width_of_the_values),
        ("scale_afterwards", divided_at_the_end),
        ("no_softmax", scores_as_weights),
        ("softmax_twice", in_steps(soften=lambda s, m: bare_softmax(attention_weights(s, m)))),
        ("columns", in_steps(soften=along_the_queries)),
        ("mixed_keys", in_steps(mix=lambda weights, q, k, v: weights @ k)),
        ("turned", in_steps(mix=lambda weights, q, k, v: np.swapaxes(weights, -1, -2) @ v)),
    ],
    "split_heads": [
        ("view", straight_to_the_shape),
        ("not_moved", only_cut),
        ("strided", every_other_feature),
        ("strided", heads_last),
        ("to_the_front", stacked_in_front),
        ("list", listed),
        ("front_axes", first_two_axes_exchanged),
        ("last_two", wrong_two_axes),
        ("moved_twice", features_first),
        ("axes_1_and_2", lambda x, n_head: np.swapaxes(only_cut(x, n_head), 1, 2)),
        ("float_size", float_size),
        ("by_count", count_for_size),
        ("transposed", heads_of_one_text),
        ("transposed_batch", heads_of_a_batch),
        ("two_axes", heads_of_t_c),
        ("three_axes", heads_of_b_t_c),
        ("flat", heads_of_texts_in_a_row),
        ("glued", heads_of_tokens_in_a_row),
        ("len", heads_by_len),
    ],
}
