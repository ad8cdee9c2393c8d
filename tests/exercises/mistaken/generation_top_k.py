"""Mistakes with top-k, as readers of notebook 07 write them."""

import numpy as np
import torch


def kth_of(logits, k):
    return np.sort(logits, axis=-1)[..., -min(k, logits.shape[-1])][..., None]


def larger_than_kth(logits, k):
    return np.where(logits > kth_of(logits, k), logits, -np.inf)


def ids_of_the_best(logits, k):
    best = np.argsort(-logits, axis=-1, kind="stable")[..., :k]
    result = np.full(logits.shape, -np.inf)
    np.put_along_axis(result, best, np.take_along_axis(logits, best, -1), -1)
    return result


def last_ids_of_argsort(logits, k):
    best = np.argsort(logits, axis=-1, kind="stable")[..., -min(k, logits.shape[-1]) :]
    result = np.full(logits.shape, -np.inf)
    np.put_along_axis(result, best, np.take_along_axis(logits, best, -1), -1)
    return result


def smallest_k(logits, k):
    k = min(k, logits.shape[-1])
    kth = np.sort(logits, axis=-1)[..., k - 1, None]
    return np.where(logits <= kth, logits, -np.inf)


def exchanged_in_where(logits, k):
    return np.where(logits >= kth_of(logits, k), -np.inf, logits)


def zero_for_the_others(logits, k):
    return np.where(logits >= kth_of(logits, k), logits, 0)


def times_the_mask(logits, k):
    return logits * (logits >= kth_of(logits, k))


def minus_a_billion(logits, k):
    return torch.from_numpy(logits).masked_fill(torch.from_numpy(logits < kth_of(logits, k)), -1e9)


def nan_for_the_others(logits, k):
    result = logits.copy()
    result[logits < kth_of(logits, k)] = np.nan
    return result


def kth_from_zero(logits, k):
    k = min(k, logits.shape[-1] - 1)
    kth = np.sort(logits, axis=-1)[..., ::-1][..., k, None]
    return np.where(logits >= kth, logits, -np.inf)


def k_not_capped(logits, k):
    kth = np.sort(logits, axis=-1)[..., -k, None]
    return np.where(logits >= kth, logits, -np.inf)


def capped_by_len(logits, k):
    k = min(k, len(logits))
    kth = np.sort(logits, axis=-1)[..., -k, None]
    return np.where(logits >= kth, logits, -np.inf)


def for_one_row(logits, k):
    kth = np.sort(logits)[-min(k, len(logits))]
    return np.where(logits >= kth, logits, -np.inf)


def without_an_axis(logits, k):
    kth = np.sort(logits, axis=-1)[..., -min(k, logits.shape[-1])]
    return np.where(logits >= kth, logits, -np.inf)


def flattened(logits, k):
    kth = np.sort(logits.flatten())[-min(k, logits.size)]
    return np.where(logits >= kth, logits, -np.inf)


def just_the_best(logits, k):
    return torch.topk(torch.from_numpy(logits), min(k, logits.shape[-1])).values


def just_their_ids(logits, k):
    return np.argsort(-logits, axis=-1, kind="stable")[..., :k]


def just_true_and_false(logits, k):
    return logits >= kth_of(logits, k)


def selected(logits, k):
    return logits[logits >= kth_of(logits, k)]


def sorted_in_front(logits, k):
    falling = np.sort(logits, axis=-1)[..., ::-1].copy()
    falling[falling < kth_of(logits, k)] = -np.inf
    return falling


def of_different_values(logits, k):
    if logits.ndim > 1:
        return np.stack([of_different_values(row, k) for row in logits])
    falling = sorted(set(logits.tolist()), reverse=True)
    return np.where(logits >= falling[:k][-1], logits, -np.inf)


def with_softmax(logits, k):
    kept = torch.from_numpy(np.where(logits >= kth_of(logits, k), logits, -np.inf))
    return kept.softmax(dim=-1)


def argsort_below_k(logits, k):
    return np.where(np.argsort(-logits, axis=-1, kind="stable") < k, logits, -np.inf)


def at_least_k(logits, k):
    return np.where(logits < k, -np.inf, logits)


MISTAKEN = {
    "keep_top_k": [
        ("strict", larger_than_kth),
        ("ties_first", ids_of_the_best),
        ("ties_last", last_ids_of_argsort),
        ("smallest", smallest_k),
        ("turned", exchanged_in_where),
        ("zeros", zero_for_the_others),
        ("small_number", minus_a_billion),
        ("nan", nan_for_the_others),
        ("one_more", kth_from_zero),
        ("not_capped", k_not_capped),
        ("capped_by_rows", capped_by_len),
        ("row_as_border", for_one_row),
        ("no_axis_kept", without_an_axis),
        ("whole", flattened),
        ("sorted", just_the_best),
        ("in_order", sorted_in_front),
        ("ids", just_their_ids),
        ("mask", just_true_and_false),
        ("short", selected),
        ("argsort_as_ranks", argsort_below_k),
        ("k_itself", at_least_k),
        ("distinct", of_different_values),
        ("probabilities", with_softmax),
    ],
}
