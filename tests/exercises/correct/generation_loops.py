"""Right solutions of notebook 07's loops and of its cache, in the styles that readers write."""

import heapq
import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F


def generate_for(next_logits, prompt, max_new_tokens, end):
    new = []
    for _ in range(max_new_tokens):
        token = int(np.argmax(next_logits(prompt + new)[-1]))
        new.append(token)
        if token == end:
            return new, "stop"
    return new, "length"


def generate_while(next_logits, prompt, max_new_tokens, end):
    ids = list(prompt)
    reason = "length"
    while len(ids) - len(prompt) < max_new_tokens:
        ids.append(next_logits(ids)[-1].argmax())
        if ids[-1] == end:
            reason = "stop"
            break
    return ids[len(prompt) :], reason


def generate_torch(next_logits, prompt, max_new_tokens, end):
    ids = torch.tensor(prompt)
    for _ in range(max_new_tokens):
        logits = torch.from_numpy(next_logits(ids.tolist()))
        ids = torch.cat([ids, logits[-1].argmax().reshape(1)])
        if ids[-1].item() == end:
            break
    new = ids[len(prompt) :].tolist()
    return new, "stop" if new[-1] == end else "length"


def generate_recursive(next_logits, prompt, max_new_tokens, end):
    if max_new_tokens == 0:
        return [], "length"
    row = next_logits(prompt)[len(prompt) - 1].tolist()
    token = row.index(max(row))
    if token == end:
        return [token], "stop"
    rest, reason = generate_recursive(next_logits, [*prompt, token], max_new_tokens - 1, end)
    return [token, *rest], reason


def generate_for_else(next_logits, prompt, max_new_tokens, end):
    ids = np.array(prompt)
    for _ in range(max_new_tokens):
        ids = np.append(ids, next_logits(ids).argmax(axis=-1)[-1])
        if ids[-1] == end:
            reason = "stop"
            break
    else:
        reason = "length"
    return list(ids[len(prompt) :]), reason


def beams_sorted(log_probs, prompt, width, length):
    beams = [([], 0.0)]
    for _ in range(length):
        candidates = [
            ([*ids, t], total + lp)
            for ids, total in beams
            for t, lp in enumerate(log_probs(prompt + ids))
        ]
        candidates.sort(key=lambda beam: beam[1], reverse=True)
        beams = candidates[:width]
    return beams[0]


def beams_matrix(log_probs, prompt, width, length):
    texts, totals = np.array([prompt]), np.zeros(1)
    for _ in range(length):
        sums = totals[:, None] + np.stack([log_probs(list(text)) for text in texts])
        order = np.argsort(sums, axis=None)[::-1][:width]
        rows, tokens = np.unravel_index(order, sums.shape)
        texts = np.concatenate([texts[rows], tokens[:, None]], axis=1)
        totals = sums.ravel()[order]
    return texts[0, len(prompt) :].tolist(), totals[0]


def beams_heap(log_probs, prompt, width, length):
    beams = [(0.0, list(prompt))]
    for _ in range(length):
        grown = []
        for surprise, ids in beams:
            row = log_probs(ids)
            for token in np.argsort(-row)[:width]:
                grown.append((surprise - row[token], [*ids, int(token)]))
        beams = heapq.nsmallest(width, grown)
    surprise, ids = min(beams)
    return ids[len(prompt) :], -surprise


def beams_torch(log_probs, prompt, width, length):
    texts, totals = [list(prompt)] * width, torch.full((width,), -math.inf, dtype=torch.double)
    totals[0] = 0.0
    for _ in range(length):
        rows = torch.from_numpy(np.array([log_probs(text) for text in texts]))
        totals, places = (totals[:, None] + rows).flatten().topk(width)
        vocab = rows.shape[1]
        texts = [[*texts[at // vocab], at % vocab] for at in places.tolist()]
    return texts[0][len(prompt) :], totals[0]


def beams_products(log_probs, prompt, width, length):
    beams = {(): 1.0}
    for _ in range(length):
        grown = {
            (*ids, at): chance * math.exp(row[at])
            for ids, chance in beams.items()
            for row in [log_probs([*prompt, *ids])]
            for at in range(len(row))
        }
        best = sorted(grown, key=grown.get, reverse=True)
        beams = {ids: grown[ids] for ids in itertools.islice(best, width)}
    ids = max(beams, key=beams.get)
    return list(ids), math.log(beams[ids])


def cache_in_steps(q, k, v, keys, values):
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    scores = q @ keys.T / np.sqrt(q.shape[-1])
    weights = np.exp(scores - scores.max())
    return (weights / weights.sum()) @ values, keys, values


def cache_torch(q, k, v, keys, values):
    q, k, v, keys, values = map(torch.from_numpy, (q, k, v, keys, values))
    keys, values = torch.cat([keys, k]), torch.cat([values, v])
    return F.scaled_dot_product_attention(q[None], keys[None], values[None])[0], keys, values


def cache_stacked(q, k, v, keys, values):
    keys, values = np.vstack((keys, k[0])), np.vstack((values, v[0]))
    scores = np.einsum("id,jd->ij", q, keys) / keys.shape[1] ** 0.5
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.einsum("ij,jd->id", weights, values), keys, values


def cache_loops(q, k, v, keys, values):
    keys, values = [*keys, k[0]], [*values, v[0]]
    scores = [sum(q[0] * key) / math.sqrt(len(key)) for key in keys]
    shares = [math.exp(score - max(scores)) for score in scores]
    mixed = sum(share / sum(shares) * value for share, value in zip(shares, values, strict=True))
    return np.array([mixed]), np.array(keys), np.array(values)


def cache_allocated(q, k, v, keys, values):
    past = len(keys)
    room = np.empty((2, past + 1, q.shape[1]), dtype=q.dtype)
    room[0, :past], room[1, :past] = keys, values
    room[:, past] = k[0], v[0]
    scores = (room[0] * q).sum(axis=-1) / math.sqrt(q.shape[1])
    weights = np.exp(scores - np.logaddexp.reduce(scores))
    return (weights @ room[1])[None], room[0], room[1]


def bytes_product(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * batch_size * bytes_per_number


def bytes_in_steps(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    of_a_token = 0
    for _ in range(n_layer):
        for _ in ("keys", "values"):
            of_a_token += n_kv_head * head_dim * bytes_per_number
    return float(of_a_token * length * batch_size)


def bytes_math(*sizes):
    return math.prod(sizes, start=2)


CORRECT = {
    "generate": [
        generate_for,
        generate_while,
        generate_torch,
        generate_recursive,
        generate_for_else,
    ],
    "beam_search": [beams_sorted, beams_matrix, beams_heap, beams_torch, beams_products],
    "cache_attention": [
        cache_in_steps,
        cache_torch,
        cache_stacked,
        cache_loops,
        cache_allocated,
    ],
    "cache_bytes": [bytes_product, bytes_in_steps, bytes_math],
}
