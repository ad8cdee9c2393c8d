"""Mistakes with looking for a leak, as readers of notebook 08 write them."""

import math

import numpy as np

from tests.exercises.mistaken.gpu_leaks_changes import CHANGES, differ


def last_round(attend, q, k, v):
    before = attend(q, k, v)
    leak = False
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] *= -1
        other_v[t:] *= -1
        leak = differ(attend(q, other_k, other_v)[:t], before[:t])
    return leak


def row_zero(attend, q, k, v):
    rng = np.random.default_rng(0)
    other_k, other_v = rng.normal(size=k.shape), rng.normal(size=v.shape)
    other_k[0], other_v[0] = k[0], v[0]
    return differ(attend(q, other_k, other_v)[0], attend(q, k, v)[0])


def return_false_inside(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        return differ(attend(q, other_k, other_v)[:t], before[:t])


def return_false_inside_from_0(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t + 1 :] += 1
        other_v[t + 1 :] += 1
        return differ(attend(q, other_k, other_v)[: t + 1], before[: t + 1])


def all_of_them_moved(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if np.all(np.abs(attend(q, other_k, other_v)[:t] - before[:t]) > 1e-6):
            return True
    return False


def second_half(attend, q, k, v):
    half = len(k) // 2
    other_k, other_v = k.copy(), v.copy()
    other_k[half:] += 3
    other_v[half:] += 3
    return differ(attend(q, other_k, other_v)[:half], attend(q, k, v)[:half])


def row_before(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k) - 1):
        other_k, other_v = k.copy(), v.copy()
        other_k[t + 1] += 1
        other_v[t + 1] += 1
        if differ(attend(q, other_k, other_v)[t], before[t]):
            return True
    return False


def row_t_too(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if differ(attend(q, other_k, other_v)[: t + 1], before[: t + 1]):
            return True
    return False


def all_rows(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if differ(attend(q, other_k, other_v), before):
            return True
    return False


def rows_after(attend, q, k, v):
    before = attend(q, k, v)
    found = []
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        found.append(differ(attend(q, other_k, other_v)[t:], before[t:]))
    return any(found)


def all_rounds(attend, q, k, v):
    before = attend(q, k, v)
    leaks = []
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        leaks.append(differ(attend(q, other_k, other_v)[:t], before[:t]))
    return all(leaks)


def clean_once_is_clean(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if np.allclose(attend(q, other_k, other_v)[:t], before[:t]):
            return False
    return True


def same_numbers(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if (attend(q, other_k, other_v)[:t] != before[:t]).any():
            return True
    return False


def two_digits(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if not np.allclose(attend(q, other_k, other_v)[:t], before[:t], atol=1e-2):
            return True
    return False


def a_thousandth(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 0.5
        other_v[t:] += 0.5
        if np.abs(attend(q, other_k, other_v)[:t] - before[:t]).max() > 1e-3:
            return True
    return False


def is_causal(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return False
    return True


def own_attention(attend, q, k, v):
    rows = []
    for i in range(len(q)):
        scores = np.array([q[i] @ k[j] for j in range(i + 1)]) / math.sqrt(q.shape[1])
        weights = np.exp(scores) / np.exp(scores).sum()
        rows.append(weights @ v[: i + 1])
    return not np.allclose(attend(q, k, v), rows, atol=1e-5)


def row_t_too_from_1(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t] += 1
        other_v[t] += 1
        if differ(attend(q, other_k, other_v)[: t + 1], before[: t + 1]):
            return True
    return False


def a_gap(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t + 1 :] += 1
        other_v[t + 1 :] += 1
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


MISTAKEN = {
    "leaks_future": [
        *CHANGES,
        ("last token only", last_round),
        ("first row only", row_zero),
        ("first row only", return_false_inside_from_0),
        ("first row only", all_of_them_moved),
        ("returned in the loop", return_false_inside),
        ("one cut in the middle", second_half),
        ("next token only", row_before),
        ("own token changed", row_t_too),
        ("own token changed, from token 1 on", row_t_too_from_1),
        ("one row short", a_gap),
        ("later rows looked at", all_rows),
        ("later rows looked at", rows_after),
        ("all rounds needed", all_rounds),
        ("all rounds needed", clean_once_is_clean),
        ("exact", same_numbers),
        ("too tolerant", two_digits),
        ("too tolerant", a_thousandth),
        ("opposite", is_causal),
        ("against the formula", own_attention),
    ]
}
