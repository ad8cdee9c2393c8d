"""Right solutions of notebook 10's exercises on cutting, and on looking through the layers."""

import numpy as np
import torch
import torch.nn.functional as F


def silence_slice(merged, n_head, head):
    width = merged.shape[-1] // n_head
    silent = merged.copy()
    silent[:, head * width : (head + 1) * width] = 0
    return silent


def silence_split(merged, n_head, head):
    length, width = merged.shape
    heads = np.array(merged).reshape(length, n_head, width // n_head)
    heads[:, head] = 0.0
    return heads.reshape(length, width)


def silence_mask(merged, n_head, head):
    owner = np.arange(merged.shape[1]) // (merged.shape[1] // n_head)
    return merged * (owner != head)


def silence_torch(merged, n_head, head):
    keep = torch.ones(n_head, 1)
    keep[head] = 0
    return (torch.as_tensor(merged).unflatten(-1, (n_head, -1)) * keep).flatten(-2)


def silence_pieces(merged, n_head, head):
    pieces = np.split(merged, n_head, axis=1)
    pieces[head] = np.zeros_like(pieces[head])
    return np.concatenate(pieces, axis=1)


def silence_rows(merged, n_head, head):
    width = merged.shape[1] // n_head
    rows = [row.copy() for row in merged]
    for row in rows:
        row[head * width : head * width + width] = 0
    return np.stack(rows)


def cut_copy(weights, query, key):
    cut = weights.copy()
    cut[query, key] = 0
    cut[query] /= cut[query].sum()
    return cut


def cut_loop(weights, query, key):
    rows = []
    for at, row in enumerate(weights):
        if at == query:
            kept = [0.0 if place == key else weight for place, weight in enumerate(row)]
            row = np.array(kept) / sum(kept)
        rows.append(row)
    return np.array(rows)


def cut_where(weights, query, key):
    open_ = np.ones(weights.shape, dtype=bool)
    open_[query, key] = False
    kept = np.where(open_, weights, 0)
    return kept / kept.sum(axis=-1, keepdims=True)


def cut_torch(weights, query, key):
    cut = torch.tensor(weights)
    left = 1 - cut[query, key]
    cut[query, key] = 0
    cut[query] = F.normalize(cut[query], p=1, dim=0) if left > 0 else cut[query]
    return cut


def cut_delete(weights, query, key):
    rest = np.delete(weights[query], key)
    row = np.insert(rest / rest.sum(), key, 0.0)
    return np.vstack([weights[:query], row, weights[query + 1 :]])


def rollout_list(maps):
    state, states = np.eye(maps.shape[-1]), []
    for layer in maps:
        state = (layer + np.eye(len(layer))) / 2 @ state
        states.append(state)
    return np.stack(states)


def rollout_stream(maps):
    rolled = np.empty(maps.shape)
    before = np.identity(maps.shape[1])
    for at in range(len(maps)):
        rolled[at] = 0.5 * before + 0.5 * np.einsum("qk,kt->qt", maps[at], before)
        before = rolled[at]
    return rolled


def rollout_torch(maps):
    maps = torch.as_tensor(maps)
    mixed = (maps + torch.eye(maps.shape[-1], dtype=maps.dtype)) / 2
    mixed = mixed / mixed.sum(-1, keepdim=True)
    states = [mixed[0]]
    for layer in mixed[1:]:
        states.append(layer.matmul(states[-1]))
    return torch.stack(states)


def rollout_multi_dot(maps):
    mixed = [(layer + np.eye(layer.shape[0])) / 2 for layer in maps]
    start = [np.eye(maps.shape[-1])] * 2
    return np.array([np.linalg.multi_dot([*mixed[at::-1], *start]) for at in range(len(mixed))])


def lens_numpy(residual, scale, shift, wte, eps):
    mean = residual.mean(axis=-1, keepdims=True)
    variance = residual.var(axis=-1, keepdims=True)
    return ((residual - mean) / np.sqrt(variance + eps) * scale + shift) @ wte.T


def lens_torch(residual, scale, shift, wte, eps):
    residual, scale, shift, wte = map(torch.as_tensor, (residual, scale, shift, wte))
    return F.linear(F.layer_norm(residual, scale.shape, scale, shift, eps), wte)


def lens_loops(residual, scale, shift, wte, eps):
    logits = np.zeros((*residual.shape[:2], len(wte)))
    for layer, state in enumerate(residual):
        for token, x in enumerate(state):
            centred = x - x.mean()
            y = centred / (np.mean(centred**2) + eps) ** 0.5 * scale + shift
            logits[layer, token] = [np.dot(y, row) for row in wte]
    return logits


def lens_einsum(residual, scale, shift, wte, eps):
    centred = residual - np.einsum("ltc->lt", residual)[..., None] / residual.shape[-1]
    variance = np.einsum("ltc,ltc->lt", centred, centred) / residual.shape[-1]
    normed = centred / np.sqrt(variance + eps)[..., None]
    return np.einsum("ltc,vc->ltv", normed, wte * scale) + wte @ shift


def ranks_by_counting(x, y):
    a = [(x < value).sum() + ((x == value).sum() + 1) / 2 for value in x]
    b = [(y < value).sum() + ((y == value).sum() + 1) / 2 for value in y]
    return np.corrcoef(a, b)[0, 1]


def shared(values):
    order = np.argsort(values)
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    for value in set(values.tolist()):
        ranks[values == value] = ranks[values == value].mean()
    return ranks


def ranks_by_sorting(x, y):
    a, b = shared(x), shared(y)
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())


def ranks_by_unique(x, y):
    def ranks(values):
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(count) - (count - 1) / 2)[place]

    a, b = ranks(x), ranks(y)
    return np.cov(a, b, ddof=0)[0, 1] / (a.std() * b.std())


def ranks_torch(x, y):
    def ranks(values):
        values = torch.as_tensor(values)
        return torch.sign(values[:, None] - values).double().sum(dim=1)  # twice the rank, centred

    return F.cosine_similarity(ranks(x), ranks(y), dim=0, eps=0.0)


def ranks_from_above(x, y):
    places = []
    for values in (x.tolist(), y.tolist()):
        falling = sorted(values, reverse=True)
        places.append([falling.index(v) + (falling.count(v) - 1) / 2 for v in values])
    return torch.corrcoef(torch.tensor(places))[0, 1]


CORRECT = {
    "silence_head": [
        silence_slice,
        silence_split,
        silence_mask,
        silence_torch,
        silence_pieces,
        silence_rows,
    ],
    "cut_edge": [cut_copy, cut_loop, cut_where, cut_torch, cut_delete],
    "rollout": [rollout_list, rollout_stream, rollout_torch, rollout_multi_dot],
    "logit_lens": [lens_numpy, lens_torch, lens_loops, lens_einsum],
    "rank_correlation": [
        ranks_by_counting,
        ranks_by_sorting,
        ranks_by_unique,
        ranks_torch,
        ranks_from_above,
    ],
}
