"""What readers of notebook 08 change when they look for a leak, and should not, or not alone."""

import numpy as np


def differ(one, other):
    return not np.allclose(one, other)


def keys_changed(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other = k.copy()
        other[t:] += 1
        if differ(attend(q, other, v)[:t], before[:t]):
            return True
    return False


def values_changed(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other = v.copy()
        other[t:] = 0
        if differ(attend(q, k, other)[:t], before[:t]):
            return True
    return False


def keys_and_values_asked(attend, q, k, v):
    return keys_changed(attend, q, k, v) and values_changed(attend, q, k, v)


def last_changed(attend, q, k, v):
    other_k, other_v = k.copy(), v.copy()
    other_k[-1] += 10
    other_v[-1] += 10
    return differ(attend(q, other_k, other_v)[:-1], attend(q, k, v)[:-1])


def poisoned(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] = np.nan
        other_v[t:] = np.nan
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


def all_tokens(attend, q, k, v):
    return differ(attend(q, k + 1, v + 1), attend(q, k, v))


def no_copy(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        k[t:] += 1
        v[t:] += 1
        if differ(attend(q, k, v)[:t], before[:t]):
            return True
    return False


def second_name(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k = k
        other_v = v
        other_k[t:] = 0
        other_v[t:] = 0
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


def from_the_end_in_place(attend, q, k, v):
    before = attend(q, k, v)
    for t in reversed(range(1, len(k))):
        k[t] += 1
        v[t] += 1
        if differ(attend(q, k, v)[:t], before[:t]):
            return True
    return False


def reversed_later(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] = k[t:][::-1]
        other_v[t:] = v[t:][::-1]
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


def shuffled_later(attend, q, k, v):
    rng = np.random.default_rng(1)
    before = attend(q, k, v)
    for t in range(1, len(k)):
        order = np.concatenate([np.arange(t), t + rng.permutation(len(k) - t)])
        if differ(attend(q, k[order], v[order])[:t], before[:t]):
            return True
    return False


def queries_changed(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(q)):
        other = q.copy()
        other[t:] += 1
        if differ(attend(other, k, v)[:t], before[:t]):
            return True
    return False


def nan_compared(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] = np.nan
        other_v[t:] = np.nan
        if (abs(attend(q, other_k, other_v)[:t] - before[:t]) > 1e-6).any():
            return True
    return False


def a_hair(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1e-8
        other_v[t:] += 1e-8
        if np.abs(attend(q, other_k, other_v)[:t] - before[:t]).max() > 1e-6:
            return True
    return False


def changed_and_forgotten(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if not np.allclose(attend(q, k, v)[:t], before[:t], atol=1e-6):
            return True
    return False


def ended_early(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k) - 1):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


def one_token_ended_early(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k) - 1):
        other_k, other_v = k.copy(), v.copy()
        other_k[t] = 0
        other_v[t] = 0
        if differ(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


def begun_at_1(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k) - 1):
        other_k, other_v = k.copy(), v.copy()
        other_k[t + 1 :] += 1
        other_v[t + 1 :] += 1
        if differ(attend(q, other_k, other_v)[t], before[t]):
            return True
    return False


def only_what_grows(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if (attend(q, other_k, other_v)[:t] - before[:t]).max() > 1e-6:
            return True
    return False


def one_token_that_grows(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(len(k) - 1):
        other_k, other_v = k.copy(), v.copy()
        other_k[t + 1] += 1
        other_v[t + 1] += 1
        if np.any(attend(q, other_k, other_v)[: t + 1] - before[: t + 1] > 1e-6):
            return True
    return False


CHANGES = [
    ("last row but one left out", ended_early),
    ("last token never changed", one_token_ended_early),
    ("first row left out", begun_at_1),
    ("keys only", keys_changed),
    ("values only", values_changed),
    ("both needed", keys_and_values_asked),
    ("last token only", last_changed),
    ("later rows looked at", poisoned),
    ("everything changed", all_tokens),
    ("changed in place", no_copy),
    ("changed in place", second_name),
    ("left changed", from_the_end_in_place),
    ("turned round", reversed_later),
    ("turned round", shuffled_later),
    ("never", queries_changed),
    ("never", nan_compared),
    ("never", a_hair),
    ("never", changed_and_forgotten),
    ("without abs", only_what_grows),
    ("without abs", one_token_that_grows),
]
MISTAKEN = {}  # they are counted with the others, in gpu_leaks
