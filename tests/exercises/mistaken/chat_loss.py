"""Notebook 11: mistakes in the loss of the answers, as readers write them."""

import math

import numpy as np
import torch

from tests.exercises.mistaken.chat_slips import SLIPS


def mean_of_the_product(nats, scored):
    return (nats * scored).mean()


def size_of_all(nats, scored):
    return nats[scored].sum() / nats.size


def plain_mean(nats, scored):
    return torch.tensor(nats).mean()


def the_others(nats, scored):
    kept = nats[~scored]
    return kept.mean() if kept.size else 0.0


def true_means_masked(nats, scored):
    return torch.tensor(nats).masked_fill(torch.tensor(scored), 0).sum() / max((~scored).sum(), 1)


def summed(nats, scored):
    return (nats * scored).sum()


def row_by_row(nats, scored):
    count = np.maximum(scored.sum(axis=-1), 1)
    return np.mean((nats * scored).sum(axis=-1) / count)


def loop_over_rows(nats, scored):
    means = []
    for row, counts in zip(np.atleast_2d(nats), np.atleast_2d(scored), strict=True):
        if counts.any():
            means.append(row[counts].mean())
    return np.mean(means) if means else 0.0


def down_the_columns(nats, scored):
    return ((nats * scored).sum(0) / np.clip(scored.sum(0), 1, None)).mean()


def rows_kept_apart(nats, scored):
    return (nats * scored).sum(-1) / np.maximum(scored.sum(-1), 1)


def per_conversation(nats, scored):
    total = (nats * scored).sum()
    return total / nats.shape[0] if nats.ndim == 2 else total


def per_place(nats, scored):
    return (nats * scored).sum() / nats.shape[-1]


def wrong_count(nats, scored):
    return (nats * scored).sum() / max((~scored).sum(), 1)


def always_plus_one(nats, scored):
    return (nats * scored).sum() / (scored.sum() + 1)


def median_of_them(nats, scored):
    return np.median(nats[scored]) if scored.any() else 0


def product_alone(nats, scored):
    return nats * scored


def set_to_zero(nats, scored):
    nats = nats.copy()
    nats[~scored] = 0
    return nats


def picked_alone(nats, scored):
    return nats[scored]


def shifted_as_in_training(nats, scored):
    nats, scored = nats[..., :-1], scored[..., 1:]
    return (nats * scored).sum() / max(scored.sum(), 1)


def shifted_the_other_way(nats, scored):
    nats, scored = nats[..., 1:], scored[..., :-1]
    return (nats * scored).sum() / max(scored.sum(), 1)


def without_the_first(nats, scored):
    nats, scored = nats[..., 1:], scored[..., 1:]
    return nats[scored].mean() if scored.any() else 0.0


def without_the_last(nats, scored):
    nats, scored = nats[..., :-1], scored[..., :-1]
    return nats[scored].mean() if scored.any() else 0.0


def what_is_not_zero(nats, scored):
    kept = nats * scored
    kept = kept[kept > 0]
    return kept.mean() if len(kept) else 0.0


def count_nonzero(nats, scored):
    kept = nats * scored
    return kept.sum() / max(np.count_nonzero(kept), 1)


def returns_in_the_loop(nats, scored):
    for row, counts in zip(np.atleast_2d(nats), np.atleast_2d(scored), strict=True):
        return row[counts].mean() if counts.any() else 0.0


def mean_of_nothing(nats, scored):
    return nats[scored].mean()


def zero_by_zero(nats, scored):
    return torch.tensor(nats * scored).sum() / torch.tensor(scored).sum()


def none_at_all(nats, scored):
    if scored.any():
        return nats[scored].mean()
    return None


def falls_back(nats, scored):
    if not scored.any():
        return nats.mean()
    return nats[scored].mean()


def exponential(nats, scored):
    return math.exp((nats * scored).sum() / max(scored.sum(), 1))


def in_bits(nats, scored):
    return (nats * scored).sum() / max(scored.sum(), 1) / math.log(2)


def negated(nats, scored):
    return -(nats * scored).sum() / max(scored.sum(), 1)


def whole_numbers_as_index(nats, scored):
    return nats[scored.astype(int)].mean()


def python_lists(nats, scored):
    total, n = 0.0, 0
    for loss, counts in zip(nats.flatten().tolist(), scored.flatten().tolist(), strict=True):
        if counts:
            total, n = total + loss, n + 1
    return total / n


def nan_rows(nats, scored):
    if not scored.any():
        return 0.0
    return np.mean(np.sum(nats * scored, axis=-1) / np.sum(scored, axis=-1))


MISTAKEN = {
    "masked_loss": [
        *SLIPS["masked_loss"],
        ("divided by all", mean_of_the_product),
        ("divided by all", size_of_all),
        ("mask ignored", plain_mean),
        ("mask inverted", the_others),
        ("divided by what does not count", wrong_count),
        (
            "mask inverted",
            lambda nats, scored: np.where(scored, 0, nats).sum() / max((~scored).sum(), 1),
        ),
        ("sum", summed),
        ("mean of the conversations' means", row_by_row),
        ("mean of the conversations' means, where any", loop_over_rows),
        ("mean of the conversations' means, nan", nan_rows),
        ("mean of the places' means", down_the_columns),
        ("one mean for each conversation", rows_kept_apart),
        ("divided by the batch", per_conversation),
        ("divided by the length", per_place),
        ("mask inverted", true_means_masked),
        ("divided by one more", always_plus_one),
        ("median", median_of_them),
        ("not added up", product_alone),
        ("not added up", set_to_zero),
        ("counted losses", picked_alone),
        ("mask one late", shifted_as_in_training),
        ("mask one early", shifted_the_other_way),
        ("first left out", without_the_first),
        ("last left out", without_the_last),
        ("zeros dropped", what_is_not_zero),
        ("zeros dropped", count_nonzero),
        ("first conversation only", returns_in_the_loop),
        ("nan where nothing counts", mean_of_nothing),
        ("nan where nothing counts", zero_by_zero),
        ("None where nothing counts", none_at_all),
        ("all where nothing counts", falls_back),
        ("perplexity", exponential),
        ("bits", in_bits),
        ("negative", negated),
        ("used as places", whole_numbers_as_index),
        ("divided by 0", python_lists),
        ("sum of all", lambda nats, scored: nats.sum()),
        ("divided by all + negative", lambda nats, scored: -(nats * scored).mean()),
    ],
}
