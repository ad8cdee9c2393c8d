"""Mistakes with clipping, as readers of notebook 06 write them."""

import math

import numpy as np
import torch


def length(gradients):
    return np.sqrt(sum((g**2).sum() for g in gradients))


def each_alone(gradients, most):
    clipped = []
    for g in gradients:
        norm = np.linalg.norm(g)
        clipped.append(g * most / norm if norm > most else g)
    return clipped, length(gradients)


def each_alone_each_told(gradients, most):
    norms = [np.linalg.norm(g) for g in gradients]
    return [g * min(1, most / n) for g, n in zip(gradients, norms, strict=True)], norms


def numbers_cut(gradients, most):
    return [np.clip(g, -most, most) for g in gradients], length(gradients)


def numbers_cut_by_torch(gradients, most):
    return [torch.tensor(g).clamp(-most, most) for g in gradients], length(gradients)


def numbers_cut_above(gradients, most):
    return [np.where(g > most, most, g) for g in gradients], length(gradients)


def to_most_always(gradients, most):
    norm = length(gradients)
    return [g / norm * most for g in gradients], norm


def upside_down(gradients, most):
    norm = length(gradients)
    return [g * norm / most if norm > most else g for g in gradients], norm


def unit(gradients, most):
    norm = length(gradients)
    if norm > most:
        gradients = [g / norm for g in gradients]
    return gradients, norm


def by_most(gradients, most):
    norm = length(gradients)
    if norm > most:
        gradients = [g * most for g in gradients]
    return gradients, norm


def name_only(gradients, most):
    norm = length(gradients)
    if norm > most:
        for g in gradients:
            g = g * most / norm
    return gradients, norm


def no_root(gradients, most):
    norm = sum((g**2).sum() for g in gradients)
    return [g * min(1, most / norm) for g in gradients], norm


def absolute(gradients, most):
    norm = sum(np.abs(g).sum() for g in gradients)
    return [g * min(1, most / norm) for g in gradients], norm


def largest(gradients, most):
    norm = max(np.abs(g).max() for g in gradients)
    return [g * min(1, most / norm) for g in gradients], norm


def root_mean_square(gradients, most):
    norm = np.sqrt(np.mean(np.concatenate([g.ravel() for g in gradients]) ** 2))
    return [g * min(1, most / norm) for g in gradients], norm


def added_norms(gradients, most):
    norm = sum(np.linalg.norm(g) for g in gradients)
    return [g * min(1, most / norm) for g in gradients], norm


def mean_norm(gradients, most):
    norm = np.mean([np.linalg.norm(g) for g in gradients])
    return [g * min(1, most / norm) for g in gradients], norm


def largest_norm(gradients, most):
    norm = max(np.linalg.norm(g) for g in gradients)
    return [g * min(1, most / norm) for g in gradients], norm


def overwritten(gradients, most):
    for g in gradients:
        total = np.sum(g**2)
    norm = math.sqrt(total)
    return [g * min(1, most / norm) for g in gradients], norm


def only_the_first(gradients, most):
    norm = np.linalg.norm(gradients[0])
    return [g * min(1, most / norm) for g in gradients], norm


def square_of_the_sum(gradients, most):
    norm = np.sqrt(sum(g.sum() for g in gradients) ** 2)
    return [g * min(1, most / norm) for g in gradients], norm


def norm_last(gradients, most):
    scale = min(1, most / length(gradients))
    clipped = [g * scale for g in gradients]
    return clipped, length(clipped)


def norm_after_in_place(gradients, most):
    norm = length(gradients)
    if norm > most:
        for g in gradients:
            g *= most / norm
    return gradients, length(gradients)


def scale_told(gradients, most):
    scale = min(1, most / length(gradients))
    return [g * scale for g in gradients], scale


def gradients_only(gradients, most):
    scale = min(1, most / length(gradients))
    return [g * scale for g in gradients]


def norm_first(gradients, most):
    norm = length(gradients)
    return norm, [g * min(1, most / norm) for g in gradients]


def max_for_min(gradients, most):
    norm = length(gradients)
    scale = max(1.0, most / norm)
    return [g * scale for g in gradients], norm


def turned_comparison(gradients, most):
    norm = length(gradients)
    if norm < most:
        gradients = [g * most / norm for g in gradients]
    return gradients, norm


def norm_of_list(gradients, most):
    norm = np.linalg.norm(gradients)
    scale = min(1.0, most / norm)
    return [g * scale for g in gradients], norm


def array_of_list(gradients, most):
    everything = np.array(gradients)
    norm = np.sqrt((everything**2).sum())
    return [g * min(1.0, most / norm) for g in gradients], norm


def unflattened(gradients, most):
    together = np.concatenate(gradients)
    norm = np.sqrt((together**2).sum())
    return [g * min(1.0, most / norm) for g in gradients], norm


def two_roots(gradients, most):
    norm = np.sqrt(sum(np.linalg.norm(g) for g in gradients))
    return [g * min(1, most / norm) for g in gradients], norm


def still_flat(gradients, most):
    flat = np.concatenate([g.flatten() for g in gradients])
    norm = np.linalg.norm(flat)
    return flat * min(1, most / norm), norm


MISTAKEN = {
    "clip_gradients": [
        ("each by itself", each_alone),
        ("each by itself, told apart", each_alone_each_told),
        ("by value", numbers_cut),
        ("by value", numbers_cut_by_torch),
        ("by value, above only", numbers_cut_above),
        ("always", to_most_always),
        ("turned", upside_down),
        ("to length 1", unit),
        ("times most", by_most),
        ("not clipped", name_only),
        ("squared norm", no_root),
        ("sum of sizes", absolute),
        ("largest size", largest),
        ("mean of squares", root_mean_square),
        ("sum of norms", added_norms),
        ("mean of norms", mean_norm),
        ("largest of norms", largest_norm),
        ("last norm", overwritten),
        ("first norm", only_the_first),
        ("signs cancel", square_of_the_sum),
        ("norm afterwards", norm_last),
        ("norm afterwards", norm_after_in_place),
        ("factor told", scale_told),
        ("no norm", gradients_only),
        ("exchanged", norm_first),
        ("short ones stretched", max_for_min),
        ("short ones stretched", turned_comparison),
        ("a list is no array", norm_of_list),
        ("a list is no array", array_of_list),
        ("joined unflattened", unflattened),
        ("root of norms", two_roots),
        ("one long array", still_flat),
    ]
}
