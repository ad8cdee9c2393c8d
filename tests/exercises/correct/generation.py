"""Right solutions of notebook 07's dials, in the styles that readers write."""

import math

import numpy as np
import torch


def temperature_in_steps(logits, temperature):
    if temperature == 0:
        probs = np.zeros(logits.shape)
        np.put_along_axis(probs, logits.argmax(-1, keepdims=True), 1.0, -1)
        return probs
    z = (logits - logits.max(-1, keepdims=True)) / temperature
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def temperature_torch(logits, temperature):
    logits = torch.as_tensor(logits)
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1])
    return torch.softmax(logits / temperature, dim=-1)


def temperature_eye(logits, temperature):
    if not temperature:
        return np.eye(logits.shape[-1])[np.argmax(logits, axis=-1)]
    warm = logits / temperature
    weights = np.exp(warm - warm.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1)[..., None]
    return weights


def temperature_rows(logits, temperature):
    if logits.ndim > 1:
        return np.stack([temperature_rows(row, temperature) for row in logits])
    row = logits.tolist()
    if temperature == 0:
        return np.array([float(at == row.index(max(row))) for at in range(len(row))])
    weights = [math.exp((each - max(row)) / temperature) for each in row]
    return np.array([weight / sum(weights) for weight in weights])


def temperature_log_sum_exp(logits, temperature):
    if temperature == 0:
        return (np.arange(logits.shape[-1]) == logits.argmax(-1)[..., None]).astype(float)
    warm = logits * (1 / temperature)
    top = np.max(warm, axis=-1, keepdims=True)
    return np.exp(warm - top - np.log(np.sum(np.exp(warm - top), axis=-1, keepdims=True)))


def temperature_power(logits, temperature):
    probs = np.exp(logits - logits.max(-1, keepdims=True))
    if temperature == 0:
        probs[...] = np.cumsum(np.cumsum(probs == 1.0, axis=-1), axis=-1) == 1
        return probs
    probs = probs ** (1 / temperature)
    return probs / probs.sum(-1, keepdims=True)


def top_k_sorted(logits, k):
    kth = np.sort(logits, axis=-1)[..., -min(k, logits.shape[-1]), None]
    return np.where(logits >= kth, logits, -np.inf)


def top_k_partition(logits, k):
    k = min(k, logits.shape[-1])
    smallest = np.partition(logits, -k, axis=-1)[..., [-k]]
    result = logits.copy()
    result[logits < smallest] = -np.inf
    return result


def top_k_torch(logits, k):
    logits = torch.from_numpy(logits)
    best, _ = torch.topk(logits, min(k, logits.size(-1)))
    return logits.masked_fill(logits < best[..., -1:], float("-inf"))


def top_k_list(logits, k):
    if logits.ndim > 1:
        return [top_k_list(row, k) for row in logits]
    best = sorted(logits.tolist(), reverse=True)[:k]
    return [each if each in best else -math.inf for each in logits.tolist()]


def top_k_counting(logits, k):
    larger = (logits[..., None, :] > logits[..., :, None]).sum(axis=-1)
    return np.where(larger < k, logits, float("-inf"))


def top_k_rows(logits, k):
    result = np.full(logits.shape, -np.inf)
    for at in np.ndindex(logits.shape[:-1]):
        border = sorted(logits[at])[::-1][:k][-1]
        for token, logit in enumerate(logits[at]):
            if logit >= border:
                result[(*at, token)] = logit
    return result


def top_p_scattered(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    order = np.argsort(-logits, axis=-1, kind="stable")
    ordered = np.take_along_axis(probs, order, -1)
    keep = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(keep, order, np.cumsum(ordered, -1) - ordered < p, -1)
    return np.where(keep, logits, -np.inf)


def top_p_loop(logits, p):
    if logits.ndim > 1:
        return np.stack([top_p_loop(row, p) for row in logits])
    probs = temperature_in_steps(logits, 1.0)
    result, total = np.full(len(logits), -np.inf), 0.0
    for at in sorted(range(len(logits)), key=lambda at: -probs[at]):
        result[at] = logits[at]
        total += probs[at]
        if total >= p:
            break
    return result


def top_p_count(logits, p):
    result = logits.copy()
    for at in np.ndindex(logits.shape[:-1]):
        probs = temperature_in_steps(logits[at], 1.0)
        order = np.argsort(-probs, kind="stable")
        many = np.searchsorted(probs[order].cumsum(), p) + 1
        result[(*at, order[many:])] = -np.inf
    return result


def top_p_torch(logits, p):
    logits = torch.from_numpy(logits)
    ordered, order = torch.sort(logits, descending=True, stable=True)
    gone = ordered.softmax(-1).cumsum(-1) > p
    gone[..., 1:] = gone[..., :-1].clone()
    gone[..., 0] = False
    return logits.masked_fill(gone.gather(-1, order.argsort(-1)), -torch.inf)


def top_p_rising(logits, p):
    turned = logits[..., ::-1]
    order = np.argsort(turned, axis=-1, kind="stable")
    probs = np.take_along_axis(temperature_in_steps(turned, 1.0), order, -1)
    gone = np.cumsum(probs, axis=-1) <= 1 - p
    gone[..., -1] = False
    ruled_out = np.take_along_axis(gone, order.argsort(axis=-1), -1)[..., ::-1]
    return np.where(ruled_out, -np.inf, logits)


def top_p_ranks(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    order = np.argsort(-probs, axis=-1, kind="stable")
    before = np.cumsum(np.take_along_axis(probs, order, -1), axis=-1)
    before = np.concatenate([np.zeros((*probs.shape[:-1], 1)), before[..., :-1]], axis=-1)
    ranks = np.argsort(order, axis=-1)
    return np.where(np.take_along_axis(before, ranks, -1) < p, logits, -np.inf)


def top_p_pairwise(logits, p):
    probs, at = temperature_in_steps(logits, 1.0), np.arange(logits.shape[-1])
    one, other = probs[..., :, None], probs[..., None, :]
    likelier = (other > one) | ((other == one) & (at[None, :] < at[:, None]))
    return np.where((likelier * other).sum(axis=-1) < p, logits, -np.inf)


def min_p_probs(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), logits, -np.inf)


def min_p_weights(logits, p):
    result = logits.copy()
    result[np.exp(logits - logits.max(axis=-1)[..., None]) < p] = -np.inf
    return result


def min_p_torch(logits, p):
    probs = torch.from_numpy(logits).softmax(-1)
    gone = probs < probs.amax(-1, keepdim=True) * p
    return torch.from_numpy(logits).masked_fill(gone, -math.inf)


def min_p_list(logits, p):
    if logits.ndim > 1:
        return [min_p_list(row, p) for row in logits]
    return [logit if math.exp(logit - max(logits)) >= p else -math.inf for logit in logits]


def min_p_logarithm(logits, p):
    border = logits.max(axis=-1, keepdims=True) + np.log(np.float64(p))
    return np.where(logits >= border, logits, -np.inf)


CORRECT = {
    "temperature_probs": [
        temperature_in_steps,
        temperature_torch,
        temperature_eye,
        temperature_rows,
        temperature_log_sum_exp,
        temperature_power,
    ],
    "keep_top_k": [
        top_k_sorted,
        top_k_partition,
        top_k_torch,
        top_k_list,
        top_k_counting,
        top_k_rows,
    ],
    "keep_top_p": [
        top_p_scattered,
        top_p_loop,
        top_p_count,
        top_p_torch,
        top_p_rising,
        top_p_ranks,
        top_p_pairwise,
    ],
    "keep_min_p": [min_p_probs, min_p_weights, min_p_torch, min_p_list, min_p_logarithm],
}
