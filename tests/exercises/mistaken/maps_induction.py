"""Mistakes with the induction score, as readers of notebook 10 write them."""

import numpy as np
import torch


def places(ids, query):
    return [p for p in range(query) if ids[p] == ids[query]]


def scored(of_query, divide=lambda totals, ids: sum(totals) / len(totals)):
    def function(weights, ids):
        totals = []
        for q in range(len(ids)):
            if places(ids, q):
                totals.append(of_query(weights, ids, q))
        return divide(totals, ids)

    return function


def right(weights, ids, q):
    return sum(weights[q, p + 1] for p in places(ids, q) if p + 1 != q)


def no_guard(weights, ids):
    total, n = 0, 0
    for q in range(len(ids)):
        found = [p for p in range(q) if ids[p] == ids[q]]
        if found:
            n += 1
            for p in found:
                total += weights[q, p + 1]
    return total / n


def shifted_mask(weights, ids):
    same = np.tril(ids[:, None] == ids[None, :], -1)
    after = np.roll(same, 1, axis=1)
    return (weights * after).sum(axis=1)[same.any(axis=1)].mean()


def rolled_ids(weights, ids):
    after = np.tril(ids[:, None] == np.roll(ids, 1)[None, :], -1)
    repeated = np.tril(ids[:, None] == ids[None, :], -1).any(1)
    return (weights * after).sum(1)[repeated].mean()


def rolled_ids_counted(weights, ids):
    ids = torch.as_tensor(ids)
    after = torch.tril(ids[:, None] == torch.roll(ids, 1)[None, :], -1)
    return (torch.as_tensor(weights) * after).sum(1)[after.any(1)].mean()


def duplicates(weights, ids):
    same = np.tril(np.equal.outer(ids, ids), -1)
    return (weights * same).sum(-1)[same.any(-1)].mean()


def newest_in_a_dict(weights, ids):
    last, scores = {}, []
    for q, token in enumerate(ids.tolist()):
        if token in last:
            p = last[token]
            scores.append(weights[q, p + 1] if p + 1 < q else 0)
        last[token] = q
    return np.mean(scores)


def by_index(weights, ids):
    ids, scores = list(ids), []
    for q in range(len(ids)):
        p = ids.index(ids[q])
        if p < q:
            scores.append(weights[q, p + 1] if p + 1 != q else 0.0)
    return sum(scores) / len(scores)


def looks_for_the_target(weights, ids):
    scores = []
    for q in range(len(ids) - 1):
        earlier = [k for k in range(q + 1) if ids[k] == ids[q + 1]]
        if earlier:
            scores.append(weights[q, earlier].sum())
    return np.mean(scores)


def including_itself(weights, ids):
    after = np.equal.outer(ids, np.roll(ids, 1)) & (np.arange(len(ids)) > 0)
    np.fill_diagonal(after, False)
    return (weights * after).sum(axis=1).mean()


def zeros_for_new_tokens(weights, ids):
    return np.mean([right(weights, ids, q) for q in range(len(ids))])


def without_row_zero(weights, ids):
    return np.mean([right(weights, ids, q) for q in range(1, len(ids))])


def product_mean(weights, ids):
    after = np.zeros(weights.shape)
    for q in range(len(ids)):
        after[q, [p + 1 for p in places(ids, q) if p + 1 < q]] = 1
    return (weights * after).mean()


def selected_mean(weights, ids):
    chosen = np.zeros(weights.shape, dtype=bool)
    for q in range(len(ids)):
        for p in range(q - 1):
            chosen[q, p + 1] = ids[p] == ids[q]
    return weights[chosen].mean()


def argmax_hits(weights, ids):
    hits = [
        weights[q].argmax() in [p + 1 for p in places(ids, q) if p + 1 != q]
        for q in range(len(ids))
        if places(ids, q)
    ]
    return sum(hits) / len(hits)


def returned_early(weights, ids):
    for q in range(len(ids)):
        if ids[q] in ids[:q]:
            return right(weights, ids, q)


def forgets(weights, ids):
    for q in range(len(ids)):
        if ids[q] in ids[:q]:
            totals = [right(weights, ids, q)]
    return sum(totals) / len(totals)


def diagonal_of_halves(weights, ids):
    half = len(ids) // 2
    return weights.diagonal(-half + 1).mean()


def rows_of_the_second_half(weights, ids):
    half = len(ids) // 2
    return sum(weights[q, q - half + 1] for q in range(half, len(ids))) / (len(ids) - half)


def measured_period(weights, ids):
    period = None
    for q in range(len(ids)):
        for p in range(q):
            if ids[p] == ids[q] and period is None:
                period = q - p
    return np.mean([weights[q, q - period + 1] for q in range(period, len(ids))])


def itself_is_earlier(weights, ids):
    score = 0
    for q in range(len(ids)):
        for k in range(q + 1):
            if ids[k] == ids[q]:
                score += weights[q, k + 1]
    return score / len(ids)


def repeated_anywhere(weights, ids):
    same = ids[:, None] == ids[None, :]
    after = np.zeros(weights.shape, dtype=bool)
    after[:, 1:] = same[:, :-1]
    after = np.tril(after, -1)
    return (weights * after).sum(axis=1)[same.sum(axis=1) > 1].mean()


def noted_too_early(weights, ids):
    seen, totals = {}, []
    for q, token in enumerate(ids.tolist()):
        seen.setdefault(token, []).append(q)
        if len(seen[token]) > 1:
            totals.append(sum(weights[q, p + 1] for p in seen[token]))
    return np.mean(totals)


def up_to_the_last_but_one(weights, ids):
    totals = [right(weights, ids, q) for q in range(len(ids) - 1) if places(ids, q)]
    return sum(totals) / len(totals)


def by_tokens_that_repeat(totals, ids):
    repeated = [token for token in set(ids.tolist()) if (ids == token).sum() > 1]
    return sum(totals) / len(repeated)


MISTAKEN = {
    "induction_score": [
        ("duplicate token", duplicates),
        ("duplicate token", scored(lambda w, ids, q: sum(w[q, p] for p in places(ids, q)))),
        ("place before", scored(lambda w, ids, q: sum(w[q, p - 1] for p in places(ids, q)))),
        (
            "turned",
            scored(lambda w, ids, q: sum(w[p + 1, q] for p in places(ids, q) if p + 1 < q)),
        ),
        ("doubles dropped", scored(right, lambda totals, _: np.mean([t for t in totals if t]))),
        ("newest place only", newest_in_a_dict),
        ("oldest place only", by_index),
        ("token to come", looks_for_the_target),
        ("own place counted", no_guard),
        ("own place counted", shifted_mask),
        ("wraps round", rolled_ids),
        ("wraps round, and is counted + doubles dropped", rolled_ids_counted),
        (
            "mean of places, or of none",
            scored(lambda w, ids, q: np.mean([w[q, p + 1] for p in places(ids, q) if p + 1 < q])),
        ),
        (
            "largest of places, or of none",
            scored(lambda w, ids, q: max(w[q, p + 1] for p in places(ids, q) if p + 1 < q)),
        ),
        ("mean over pairs", selected_mean),
        ("over all queries", zeros_for_new_tokens),
        ("over all queries", including_itself),
        ("over all but the first", without_row_zero),
        ("over all numbers", product_mean),
        ("first places counted", repeated_anywhere),
        ("over distinct tokens", scored(right, by_tokens_that_repeat)),
        ("sum", scored(right, lambda totals, ids: sum(totals))),
        ("one for each query", scored(right, lambda totals, ids: totals)),
        ("best query", scored(right, lambda totals, ids: max(totals))),
        ("returned in the loop", returned_early),
        ("last query only", forgets),
        ("last query left out", up_to_the_last_but_one),
        ("itself among the earlier, of repeats", noted_too_early),
        ("where it looks most", argmax_hits),
        ("half a text back", diagonal_of_halves),
        ("second half only", rows_of_the_second_half),
        ("one distance for all", measured_period),
        ("itself among the earlier", itself_is_earlier),
        (
            "own place counted + sum",
            scored(
                lambda w, ids, q: sum(w[q, p + 1] for p in places(ids, q)),
                lambda totals, ids: sum(totals),
            ),
        ),
        (
            "newest place only + own place counted",
            scored(lambda w, ids, q: w[q, max(places(ids, q)) + 1]),
        ),
    ],
}
