"""Mistakes with top-p, as readers of notebook 07 write them."""

import numpy as np
import torch


def softmax(x):
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def back(order, keep_sorted, logits, out=-np.inf):
    keep = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(keep, order, keep_sorted, axis=-1)
    return np.where(keep, logits, out)


def falling(values):
    order = np.argsort(-values, axis=-1, kind="stable")
    return order, np.take_along_axis(values, order, -1)


def crossing(logits, p):
    order, ordered = falling(softmax(logits))
    return back(order, np.cumsum(ordered, axis=-1) <= p, logits)


def crossing_torch(logits, p):
    logits = torch.from_numpy(logits)
    ordered, order = torch.sort(logits, descending=True, stable=True)
    gone = ordered.softmax(-1).cumsum(-1) > p
    return logits.masked_fill(torch.zeros_like(gone).scatter(-1, order, gone), -torch.inf)


def crossing_break_early(logits, p):
    if logits.ndim > 1:
        return np.stack([crossing_break_early(row, p) for row in logits])
    probs, result, total = softmax(logits), np.full(len(logits), -np.inf), 0.0
    for at in np.argsort(-probs, kind="stable"):
        total += probs[at]
        if total > p:
            break
        result[at] = logits[at]
    return result


def first_saved(logits, p):
    order, ordered = falling(softmax(logits))
    keep = np.cumsum(ordered, axis=-1) < p
    keep[..., 0] = True
    return back(order, keep, logits)


def one_too_far(logits, p):
    if logits.ndim > 1:
        return np.stack([one_too_far(row, p) for row in logits])
    order, ordered = falling(softmax(logits))
    many = np.argmax(np.cumsum(ordered) >= p) + 2
    result = np.full(len(logits), -np.inf)
    result[order[:many]] = logits[order[:many]]
    return result


def from_below(logits, p):
    probs = softmax(logits)
    order = np.argsort(probs, axis=-1, kind="stable")
    ordered = np.take_along_axis(probs, order, -1)
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, logits)


def unsorted(logits, p):
    probs = softmax(logits)
    return np.where(np.cumsum(probs, axis=-1) - probs < p, logits, -np.inf)


def in_sorted_places(logits, p):
    _, ordered = falling(softmax(logits))
    return np.where(np.cumsum(ordered, axis=-1) - ordered < p, logits, -np.inf)


def taken_back(logits, p):
    order, ordered = falling(softmax(logits))
    keep = np.cumsum(ordered, axis=-1) - ordered < p
    return np.where(np.take_along_axis(keep, order, axis=-1), logits, -np.inf)


def sums_of_logits(logits, p):
    order, ordered = falling(logits)
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, logits)


def sums_of_exponentials(logits, p):
    order, ordered = falling(np.exp(logits - logits.max(axis=-1, keepdims=True)))
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, logits)


def bare_softmax(logits, p):
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    order = np.argsort(-logits, axis=-1, kind="stable")
    ordered = np.take_along_axis(probs, order, -1)
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, logits)


def each_above_p(logits, p):
    return np.where(softmax(logits) >= p, logits, -np.inf)


def each_above_rest(logits, p):
    return np.where(softmax(logits) >= 1 - p, logits, -np.inf)


def as_min_p(logits, p):
    probs = softmax(logits)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), logits, -np.inf)


def share_of_vocabulary(logits, p):
    many = max(1, int(p * logits.shape[-1]))
    order = np.argsort(-logits, axis=-1, kind="stable")
    return back(order, np.arange(logits.shape[-1]) < np.full(logits.shape, many), logits)


def to_one_minus_p(logits, p):
    order, ordered = falling(softmax(logits))
    return back(order, np.cumsum(ordered, axis=-1) - ordered < 1 - p, logits)


def turned_round(logits, p):
    order, ordered = falling(softmax(logits))
    return back(order, np.cumsum(ordered, axis=-1) - ordered >= p, logits)


def reversed_argsort(logits, p):
    probs = softmax(logits)
    order = np.argsort(probs, axis=-1, kind="stable")[..., ::-1]
    ordered = np.take_along_axis(probs, order, -1)
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, logits)


def by_a_border(logits, p):
    probs = softmax(logits)
    _, ordered = falling(probs)
    crossing_at = np.argmax(np.cumsum(ordered, axis=-1) >= p, axis=-1)[..., None]
    return np.where(probs >= np.take_along_axis(ordered, crossing_at, -1), logits, -np.inf)


def by_what_is_likelier(logits, p):
    if logits.ndim > 1:
        return np.stack([by_what_is_likelier(row, p) for row in logits])
    probs = softmax(logits)
    keep = np.array([probs[probs > one].sum() < p for one in probs])
    return np.where(keep, logits, -np.inf)


def sum_without_axis(logits, p):
    order, ordered = falling(softmax(logits))
    return back(order, np.cumsum(ordered) - ordered < p, logits)


def zeros_for_the_others(logits, p):
    order, ordered = falling(softmax(logits))
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, logits, out=0.0)


def sorted_answer(logits, p):
    order, ordered = falling(softmax(logits))
    keep = np.cumsum(ordered, axis=-1) - ordered < p
    return np.where(keep, np.take_along_axis(logits, order, -1), -np.inf)


def probabilities(logits, p):
    probs = softmax(logits)
    order, ordered = falling(probs)
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, probs, out=0.0)


def normalised(logits, p):
    kept = probabilities(logits, p)
    return kept / kept.sum(axis=-1, keepdims=True)


def probabilities_or_never(logits, p):
    probs = softmax(logits)
    order, ordered = falling(probs)
    return back(order, np.cumsum(ordered, axis=-1) - ordered < p, probs)


def only_the_mask(logits, p):
    return np.isfinite(back(*_order_and_keep(logits, p), np.zeros(logits.shape)))


def _order_and_keep(logits, p):
    order, ordered = falling(softmax(logits))
    return order, np.cumsum(ordered, axis=-1) - ordered < p


def from_the_crossing_on(logits, p):
    order, ordered = falling(softmax(logits))
    return back(order, np.cumsum(ordered, axis=-1) >= p, logits)


MISTAKEN = {
    "keep_top_p": [
        ("crossing", crossing),
        ("crossing", crossing_torch),
        ("crossing", crossing_break_early),
        ("crossing_but_first", first_saved),
        ("one_more", one_too_far),
        ("rising", from_below),
        ("not_sorted", unsorted),
        ("not_scattered", in_sorted_places),
        ("gathered", taken_back),
        ("sum_of_logits", sums_of_logits),
        ("not_normalised", sums_of_exponentials),
        ("overflow", bare_softmax),
        ("each", each_above_p),
        ("each_of_the_rest", each_above_rest),
        ("share_of_top", as_min_p),
        ("share_of_tokens", share_of_vocabulary),
        ("rest", to_one_minus_p),
        ("turned", turned_round),
        ("ties_last", reversed_argsort),
        ("ties_stay", by_a_border),
        ("ties_stay", by_what_is_likelier),
        ("no_axis", sum_without_axis),
        ("zeros", zeros_for_the_others),
        ("in_order", sorted_answer),
        ("probabilities", probabilities),
        ("new_probabilities", normalised),
        ("probabilities_and_never", probabilities_or_never),
        ("mask", only_the_mask),
        ("tail", from_the_crossing_on),
    ],
}
