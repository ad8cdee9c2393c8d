"""Right solutions of notebook 10's exercises on what heads look at."""

from collections import defaultdict

import numpy as np
import torch


def previous_diagonal(weights):
    return np.diagonal(weights, offset=-1).mean()


def previous_loop(weights):
    total = 0.0
    for query in range(1, len(weights)):
        total += weights[query, query - 1]
    return total / (len(weights) - 1)


def previous_torch(weights):
    weights = torch.as_tensor(weights)
    return torch.diagonal(weights, offset=-1, dim1=-2, dim2=-1).mean(-1)


def previous_fancy(weights):
    queries = np.arange(1, weights.shape[-1])
    return weights[..., queries, queries - 1].mean(axis=-1)


def previous_trace(weights):
    return float(np.trace(weights[1:, :-1]) / (weights.shape[0] - 1))


def previous_einsum(weights):
    return np.einsum("...qq->...", weights[..., 1:, :-1]) / (weights.shape[-1] - 1)


def induction_loops(weights, ids):
    totals = []
    for query in range(len(ids)):
        earlier = [place for place in range(query) if ids[place] == ids[query]]
        if earlier:
            totals.append(sum(weights[query, place + 1] for place in earlier if place + 1 < query))
    return sum(totals) / len(totals)


def induction_masks(weights, ids):
    earlier = np.tril(ids[:, None] == ids[None, :], k=-1)
    after = np.zeros_like(earlier)
    after[:, 1:] = earlier[:, :-1]
    after[np.diag_indices(len(ids))] = False
    repeated = earlier.any(axis=1)
    return np.where(after, weights, 0.0).sum(axis=1)[repeated].mean()


def induction_places(weights, ids):
    places, total, many = defaultdict(list), 0.0, 0
    for query, token in enumerate(ids.tolist()):
        if token in places:
            many += 1
            total += weights[
                query, [place + 1 for place in places[token] if place + 1 != query]
            ].sum()
        places[token].append(query)
    return total / many


def induction_torch(weights, ids):
    weights, ids = torch.as_tensor(weights), torch.as_tensor(ids)
    same = ids[:, None] == ids[None, :]
    repeated = torch.tril(same, diagonal=-1).any(dim=-1)
    after = torch.nn.functional.pad(same, (1, 0))[:, :-1].tril(diagonal=-1)
    return torch.einsum("qk,qk->q", weights, after.to(weights.dtype))[repeated].mean()


def induction_rolled(weights, ids):
    follows = np.roll(np.equal.outer(ids, ids), 1, axis=1)
    follows[:, 0] = False
    follows = np.tril(follows, -1)
    new = np.unique(ids, return_index=True)[1]
    totals = (weights * follows).sum(-1)
    return np.delete(totals, new).mean()


def induction_keys(weights, ids):
    totals = {}
    for query in range(len(ids)):
        if ids[query] not in ids[:query]:
            continue
        totals[query] = 0
        for key in range(1, query):
            if ids[key - 1] == ids[query]:
                totals[query] += weights[query][key]
    return np.mean(list(totals.values()))


def entropy_where(weights):
    logs = np.log(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1)


def entropy_loop(weights):
    entropies = []
    for row in weights:
        entropy = 0.0
        for weight in row:
            if weight > 0:
                entropy -= weight * np.log(weight)
        entropies.append(entropy)
    return np.array(entropies)


def entropy_torch(weights):
    return torch.special.entr(torch.as_tensor(weights)).sum(-1)


def entropy_xlogy(weights):
    weights = torch.tensor(weights)
    return -torch.xlogy(weights, weights).sum(dim=-1)


def entropy_nansum(weights):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(weights * np.log(weights), axis=-1)


def entropy_small_number(weights):
    return -np.sum(weights * np.log(weights + 1e-9), axis=-1)


def entropy_clipped(weights):
    clipped = np.clip(weights, 1e-12, None)
    return np.einsum("...k,...k->...", weights, -np.log(clipped))


def entropy_in_place(weights):
    logs = np.zeros_like(weights)
    np.log(weights, out=logs, where=weights > 0)
    logs *= weights
    return -logs.sum(axis=-1)


def entropy_categorical(weights):
    return torch.distributions.Categorical(probs=torch.as_tensor(weights)).entropy()


def entropy_of_kept(weights):
    return [-(row[row > 0] * np.log(row[row > 0])).sum() for row in weights]


CORRECT = {
    "previous_token_score": [
        previous_diagonal,
        previous_loop,
        previous_torch,
        previous_fancy,
        previous_trace,
        previous_einsum,
    ],
    "induction_score": [
        induction_loops,
        induction_masks,
        induction_places,
        induction_torch,
        induction_rolled,
        induction_keys,
    ],
    "attention_entropy": [
        entropy_where,
        entropy_loop,
        entropy_torch,
        entropy_xlogy,
        entropy_nansum,
        entropy_small_number,
        entropy_clipped,
        entropy_in_place,
        entropy_categorical,
        entropy_of_kept,
    ],
}
