"""Mistakes with the cache, as readers of notebook 07 write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def softmax(x):
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def attend(q, keys, values):
    return softmax(q @ keys.T / np.sqrt(q.shape[-1])) @ values


def returns_the_new_ones(q, k, v, keys, values):
    everything, all_values = np.concatenate([keys, k]), np.concatenate([values, v])
    return attend(q, everything, all_values), k, v


def returns_the_old_ones(q, k, v, keys, values):
    result = attend(q, np.vstack([keys, k]), np.vstack([values, v]))
    return result, keys, values


def keys_only(q, k, v, keys, values):
    result = attend(q, np.vstack([keys, k]), np.vstack([values, v]))
    return result, np.vstack([keys, k]), values


def new_row_first(q, k, v, keys, values):
    keys, values = np.concatenate([k, keys]), np.concatenate([v, values])
    return attend(q, keys, values), keys, values


def looks_then_appends(q, k, v, keys, values):
    result = attend(q, keys, values)
    return result, np.concatenate([keys, k]), np.concatenate([values, v])


def looks_then_appends_torch(q, k, v, keys, values):
    q, k, v, keys, values = map(torch.from_numpy, (q, k, v, keys, values))
    result = torch.softmax(q @ keys.T / q.shape[-1] ** 0.5, dim=-1) @ values
    return result, torch.cat([keys, k]), torch.cat([values, v])


def sees_itself_only(q, k, v, keys, values):
    return attend(q, k, v), np.concatenate([keys, k]), np.concatenate([values, v])


def masked_from_the_corner(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    scores = q @ keys.T / np.sqrt(q.shape[-1])
    allowed = np.tril(np.ones(scores.shape, dtype=bool))
    return softmax(np.where(allowed, scores, -np.inf)) @ values, keys, values


def is_causal(q, k, v, keys, values):
    q, k, v, keys, values = map(torch.from_numpy, (q, k, v, keys, values))
    keys, values = torch.cat([keys, k]), torch.cat([values, v])
    result = F.scaled_dot_product_attention(q[None], keys[None], values[None], is_causal=True)
    return result[0], keys, values


def not_divided(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return softmax(q @ keys.T) @ values, keys, values


def divided_by_width(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return softmax(q @ keys.T / q.shape[1]) @ values, keys, values


def root_of_length(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return softmax(q @ keys.T / math.sqrt(len(keys))) @ values, keys, values


def softmax_over_queries(q, k, v, keys, values):
    keys, values = torch.from_numpy(np.vstack([keys, k])), torch.from_numpy(np.vstack([values, v]))
    scores = torch.from_numpy(q) @ keys.T / q.shape[1] ** 0.5
    return scores.softmax(dim=0) @ values, keys, values


def bare_scores(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return q @ keys.T / np.sqrt(q.shape[1]) @ values, keys, values


def without_the_maximum(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    weights = np.exp(q @ keys.T / np.sqrt(q.shape[1]))
    return weights / weights.sum() @ values, keys, values


def appends_the_query(q, k, v, keys, values):
    keys, values = np.concatenate([keys, q]), np.concatenate([values, v])
    return attend(q, keys, values), keys, values


def crosswise(q, k, v, keys, values):
    keys, values = np.concatenate([keys, v]), np.concatenate([values, k])
    return attend(q, keys, values), keys, values


def twice_k(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, k])
    return attend(q, keys, values), keys, values


def keys_for_values(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return attend(q, keys, keys), keys, values


def only_weights(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return softmax(q @ keys.T / np.sqrt(q.shape[1])), keys, values


def one_row_flat(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return attend(q[0], keys, values), keys, values


def result_alone(q, k, v, keys, values):
    return attend(q, np.concatenate([keys, k]), np.concatenate([values, v]))


def cache_then_result(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return keys, values, attend(q, keys, values)


def beside_the_past(q, k, v, keys, values):
    keys, values = np.hstack([keys, k]), np.hstack([values, v])
    return attend(q, keys, values), keys, values


def key_with_keys(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return attend(keys[-1:], keys, values), keys, values


def appended_flat(q, k, v, keys, values):
    keys, values = np.append(keys, k), np.append(values, v)
    return attend(q, keys, values), keys, values


def length_of_q(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    return softmax(q @ keys.T / np.sqrt(len(q))) @ values, keys, values


MISTAKEN = {
    "cache_attention": [
        ("not_kept", returns_the_new_ones),
        ("not_appended", returns_the_old_ones),
        ("values_not_appended", keys_only),
        ("in_front", new_row_first),
        ("past_only", looks_then_appends),
        ("past_or_nothing", looks_then_appends_torch),
        ("itself_only", sees_itself_only),
        ("first_only", masked_from_the_corner),
        ("first_only", is_causal),
        ("no_scale", not_divided),
        ("width", divided_by_width),
        ("length", root_of_length),
        ("softmax_down", softmax_over_queries),
        ("overflow", without_the_maximum),
        ("no_softmax", bare_scores),
        ("queries_kept", appends_the_query),
        ("exchanged", crosswise),
        ("keys_twice", twice_k),
        ("mixed_keys", keys_for_values),
        ("weights", only_weights),
        ("flat", one_row_flat),
        ("only_result", result_alone),
        ("result_last", cache_then_result),
        ("key_asks", key_with_keys),
        ("flattened", appended_flat),
        ("no_scale", length_of_q),
        ("side_by_side", beside_the_past),
    ],
}
