"""Mistakes on the way from scores to weights in notebook 03 as readers write them."""

import numpy as np
import torch


def softmax_of(masked):
    """A softmax along the last axis as a reader writes it, with zeros where nothing is allowed."""
    largest = masked.max(-1, keepdims=True)
    largest[largest == -np.inf] = 0
    powers = np.exp(masked - largest)
    total = powers.sum(-1, keepdims=True)
    total[total == 0] = 1
    return powers / total


def bare_softmax(masked):
    """The softmax of notebook 02, which has never seen a row without any allowed key."""
    powers = np.exp(masked - masked.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def filled_with(number):
    return lambda scores, mask: bare_softmax(np.where(mask, scores, number))


def struck_out_afterwards(scores, mask):
    return bare_softmax(scores) * mask


def zeroed_afterwards(scores, mask):
    return np.where(mask, bare_softmax(scores), 0)


def shared_out_again(scores, mask):
    weights = np.where(mask, bare_softmax(scores), 0)
    total = weights.sum(-1, keepdims=True)
    return weights / np.where(total == 0, 1, total)


def highest_of_the_whole_row(scores, mask):
    powers = np.exp(scores - scores.max(-1, keepdims=True)) * mask
    total = powers.sum(-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)


def along_the_queries(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    largest = masked.max(axis=-2, keepdims=True)
    powers = np.exp(masked - np.where(np.isinf(largest), 0, largest))
    total = powers.sum(axis=-2, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def no_axis_at_all(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    powers = np.exp(masked - masked.max())
    return powers / powers.sum()


def one_sum_for_all(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    largest = masked.max(-1, keepdims=True)
    powers = np.exp(masked - np.where(np.isneginf(largest), 0, largest))
    return powers / powers.sum()


def of_torch(scores, mask):
    masked = torch.as_tensor(scores).masked_fill(~torch.as_tensor(mask), float("-inf"))
    return torch.softmax(masked, dim=-1)


def raw_powers(scores, mask):
    powers = np.exp(np.where(mask, scores, -np.inf))
    total = powers.sum(-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def one_largest_for_all(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    powers = np.exp(masked - masked.max())
    total = powers.sum(-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def powers_times_mask(scores, mask):
    powers = np.exp(scores) * mask
    return powers / powers.sum(-1, keepdims=True)


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


def sum_without_its_axis(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    largest = masked.max(-1, keepdims=True)
    powers = np.exp(masked - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(-1)
    return powers / np.where(total == 0, 1, total)


def both_without_their_axis(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    largest = masked.max(axis=-1)
    powers = np.exp(masked - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=-1)
    return powers / np.where(total == 0, 1, total)


def both_without_axis_or_guard(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    powers = np.exp(masked - masked.max(axis=-1))
    return powers / powers.sum(axis=-1)


def indexed_by_the_mask(scores, mask):
    scores = scores.copy()
    scores[~mask] = -np.inf
    return softmax_of(scores)


MISTAKEN = {
    "attention_weights": [
        ("product", lambda scores, mask: bare_softmax(scores * mask)),
        ("product", lambda scores, mask: bare_softmax(np.where(mask, scores, 0))),
        ("product", filled_with(1e-9)),
        ("sum", lambda scores, mask: bare_softmax(scores + mask)),
        ("shallow", filled_with(-1e4)),
        ("shallow", filled_with(-9999)),
        ("finite", filled_with(-1e9)),
        ("finite", filled_with(np.finfo(np.float32).min)),
        ("finite_added", lambda scores, mask: bare_softmax(scores + ~mask * -1e9)),
        ("finite_added", lambda scores, mask: bare_softmax(scores - 1e9 * (1 - mask))),
        (
            "infinity_times_zero_guarded",
            lambda scores, mask: softmax_of(scores + (1 - mask) * -np.inf),
        ),
        ("infinity_times_zero", lambda s, mask: bare_softmax(s + ~mask * -np.inf)),
        ("afterwards", struck_out_afterwards),
        ("afterwards", zeroed_afterwards),
        ("highest_of_all", shared_out_again),
        ("highest_of_all", highest_of_the_whole_row),
        ("inverted", lambda scores, mask: softmax_of(np.where(mask, -np.inf, scores))),
        ("inverted + nan_rows", lambda scores, mask: bare_softmax(np.where(mask, -np.inf, scores))),
        ("ignored", lambda scores, mask: bare_softmax(scores)),
        ("columns", along_the_queries),
        ("whole", no_axis_at_all),
        ("sum_of_all", one_sum_for_all),
        ("nan_rows", lambda scores, mask: bare_softmax(np.where(mask, scores, -np.inf))),
        ("nan_rows", of_torch),
        ("overflow", raw_powers),
        ("one_for_all", one_largest_for_all),
        ("powers_masked", powers_times_mask),
        ("powers_guarded", powers_or_ones),
        ("powers_positive", powers_where_positive),
        ("powers_zeroed", powers_without_nan),
        ("overflow_zeroed", softmax_without_nan),
        ("dropped_sum", sum_without_its_axis),
        ("dropped_both", both_without_their_axis),
        ("dropped_both", both_without_axis_or_guard),
        ("no_broadcast", indexed_by_the_mask),
    ],
}
