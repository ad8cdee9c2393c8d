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
    kth = np.sort(logits)[-min(k, len(logits))]
    return np.where(logits >= kth, logits, -np.inf)


def top_k_partition(logits, k):
    result = logits.copy()
    if k < len(logits):
        result[result < np.partition(logits, -k)[-k]] = -np.inf
    return result


def top_k_torch(logits, k):
    logits = torch.from_numpy(logits)
    smallest = torch.topk(logits, min(k, logits.numel())).values.min()
    return logits.masked_fill(logits < smallest, float("-inf"))


def top_k_list(logits, k):
    best = sorted(logits.tolist(), reverse=True)[:k]
    return [each if each in best else -math.inf for each in logits.tolist()]


def top_k_counting(logits, k):
    larger = (logits[None, :] > logits[:, None]).sum(axis=1)
    return np.where(larger < k, logits, float("-inf"))


def top_k_heap(logits, k):
    result = np.full_like(logits, -np.inf)
    border = sorted(logits)[::-1][:k][-1]
    for at, logit in enumerate(logits):
        if logit >= border:
            result[at] = logit
    return result


def top_p_scattered(logits, p):
    probs = np.exp(logits - logits.max())
    probs /= probs.sum()
    order = np.argsort(-logits)
    ordered = probs[order]
    keep = np.zeros(len(logits), dtype=bool)
    keep[order] = np.cumsum(ordered) - ordered < p
    return np.where(keep, logits, -np.inf)


def top_p_loop(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    result, total = np.full(len(logits), -np.inf), 0.0
    for at in sorted(range(len(logits)), key=lambda at: -probs[at]):
        result[at] = logits[at]
        total += probs[at]
        if total >= p:
            break
    return result


def top_p_count(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    order = probs.argsort()[::-1]
    many = np.searchsorted(probs[order].cumsum(), p) + 1
    result = logits.copy()
    result[order[many:]] = -np.inf
    return result


def top_p_torch(logits, p):
    logits = torch.from_numpy(logits)
    ordered, order = torch.sort(logits, descending=True)
    total = ordered.softmax(-1).cumsum(-1)
    gone = total > p
    gone[1:] = gone[:-1].clone()
    gone[0] = False
    ordered[gone] = -torch.inf
    return torch.empty_like(logits).scatter(0, order, ordered)


def top_p_rising(logits, p):
    order = np.argsort(logits)
    probs = temperature_in_steps(logits, 1.0)[order]
    gone = np.cumsum(probs) <= 1 - p
    gone[-1] = False
    result = logits.copy()
    result[order[gone]] = -np.inf
    return result


def top_p_border(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    falling = np.sort(probs)[::-1]
    border = falling[np.argmax(np.cumsum(falling) >= p)]
    return np.where(probs >= border, logits, -np.inf)


def top_p_ranks(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    order = np.argsort(-probs)
    before = np.concatenate([[0.0], np.cumsum(probs[order])[:-1]])
    return np.where((before < p)[np.argsort(order)], logits, -np.inf)


def top_p_each(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    return [
        logit if probs[probs > prob].sum() < p else -math.inf
        for logit, prob in zip(logits, probs, strict=True)
    ]


def min_p_probs(logits, p):
    probs = temperature_in_steps(logits, 1.0)
    return np.where(probs >= p * probs.max(), logits, -np.inf)


def min_p_weights(logits, p):
    result = logits.copy()
    result[np.exp(logits - logits.max()) < p] = -np.inf
    return result


def min_p_torch(logits, p):
    probs = torch.from_numpy(logits).softmax(-1)
    return torch.from_numpy(logits).masked_fill(probs < probs.amax(-1) * p, -math.inf)


def min_p_list(logits, p):
    top = max(logits)
    return [logit if math.exp(logit - top) >= p else -math.inf for logit in logits]


def min_p_logarithm(logits, p):
    return np.where(logits >= logits.max() + np.log(np.float64(p)), logits, -np.inf)


def repeats_set(logits, seen, penalty):
    result = logits.copy()
    for at in set(np.asarray(seen).tolist()):
        result[at] = result[at] / penalty if result[at] > 0 else result[at] * penalty
    return result


def repeats_fancy(logits, seen, penalty):
    result = np.array(logits, dtype=float)
    old = logits[np.asarray(seen, dtype=int)]
    result[np.asarray(seen, dtype=int)] = np.where(old < 0, old * penalty, old / penalty)
    return result


def repeats_mask(logits, seen, penalty):
    came = np.isin(np.arange(len(logits)), seen)
    return np.where(came, np.where(logits > 0, logits / penalty, logits * penalty), logits)


def repeats_torch(logits, seen, penalty):
    logits, seen = torch.tensor(logits), torch.as_tensor(seen, dtype=torch.long)
    old = logits.gather(0, seen)
    return logits.scatter(0, seen, torch.where(old < 0, old * penalty, old / penalty))


def repeats_minimum(logits, seen, penalty):
    factor = np.ones(len(logits))
    factor[np.asarray(seen, dtype=int)] = penalty
    return np.maximum(logits, 0) / factor + np.minimum(logits, 0) * factor


def repeats_list(logits, seen, penalty):
    answer = []
    for at, logit in enumerate(logits):
        if at in list(seen):
            answer.append(logit / penalty if logit >= 0 else logit * penalty)
        else:
            answer.append(logit)
    return answer


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
        top_k_heap,
    ],
    "keep_top_p": [
        top_p_scattered,
        top_p_loop,
        top_p_count,
        top_p_torch,
        top_p_rising,
        top_p_border,
        top_p_ranks,
        top_p_each,
    ],
    "keep_min_p": [min_p_probs, min_p_weights, min_p_torch, min_p_list, min_p_logarithm],
    "penalise_repeats": [
        repeats_set,
        repeats_fancy,
        repeats_mask,
        repeats_torch,
        repeats_minimum,
        repeats_list,
    ],
}
