"""Right solutions of notebook 08's exercise on leaks."""

import numpy as np
import torch


def leaks_added(attend, q, k, v):
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if not np.allclose(attend(q, other_k, other_v)[:t], before[:t]):
            return True
    return False


def leaks_one_token_at_a_time(attend, q, k, v):
    base = attend(q, k, v)
    rng = np.random.default_rng(0)
    leak = False
    for t in range(len(q)):
        k2, v2 = np.array(k), np.array(v)
        k2[t] = rng.normal(size=k.shape[1])
        v2[t] = rng.normal(size=v.shape[1])
        change = np.abs(attend(q, k2, v2) - base)
        leak = leak or bool(np.any(change[:t] > 1e-5))
    return leak


def leaks_kept_prefix(attend, q, k, v):
    everything = attend(q, k, v)
    for t in range(1, len(q)):
        prefix = attend(q[:t], k[:t], v[:t])
        if np.max(np.abs(prefix - everything[:t])) > 1e-5:
            return True
    return False


def leaks_keys_then_values(attend, q, k, v):
    length = k.shape[0]
    base = attend(q, k, v)
    for i in range(length):
        for j in range(i + 1, length):
            changed = k.copy()
            changed[j] = -changed[j]
            if not np.isclose(attend(q, changed, v)[i], base[i], atol=1e-6).all():
                return True
            changed = v.copy()
            changed[j] = 5.0
            if not np.isclose(attend(q, k, changed)[i], base[i], atol=1e-6).all():
                return True
    return False


def leaks_zeroed(attend, q, k, v):
    keep = np.tril(np.ones((len(k), len(k))))
    before = attend(q, k, v)
    rows = [attend(q, k * seen[:, None], v * seen[:, None])[i] for i, seen in enumerate(keep)]
    return not np.allclose(rows, before, rtol=1e-5, atol=1e-6)


def leaks_concatenated(attend, q, k, v):
    def with_another_end(array, t):
        return np.concatenate([array[:t], 10 * np.ones_like(array[t:])])

    before = attend(q, k, v)
    return any(
        abs(attend(q, with_another_end(k, t), with_another_end(v, t))[:t] - before[:t]).max() > 1e-5
        for t in range(1, len(k))
    )


def leaks_torch(attend, q, k, v):
    before = torch.from_numpy(attend(q, k, v))
    generator = torch.Generator().manual_seed(0)
    for t in range(len(q) - 1):
        other = [torch.from_numpy(array).clone() for array in (k, v)]
        for array in other:
            array[t + 1 :] += 3 * torch.randn(array[t + 1 :].shape, generator=generator)
        after = torch.from_numpy(attend(q, *(array.numpy() for array in other)))
        if not torch.allclose(after[: t + 1], before[: t + 1], atol=1e-6):
            return True
    return False


def leaks_queries_too(attend, q, k, v):
    rng = np.random.default_rng(5)
    before = attend(q, k, v)
    found = []
    for t in range(1, len(q)):
        noise = rng.normal(size=(3, len(q), q.shape[1]))
        noise[:, :t] = 0
        after = attend(q + noise[0], k + noise[1], v + noise[2])
        found.append(np.linalg.norm(after[:t] - before[:t]) > 1e-4 * np.linalg.norm(before))
    return np.any(found)


CORRECT = {
    "leaks_future": [
        leaks_added,
        leaks_one_token_at_a_time,
        leaks_kept_prefix,
        leaks_keys_then_values,
        leaks_zeroed,
        leaks_concatenated,
        leaks_torch,
        leaks_queries_too,
    ],
}
