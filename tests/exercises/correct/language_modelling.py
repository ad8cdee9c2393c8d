"""Right solutions of notebook 02's exercises, in as many styles as learners have."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F


def pairs_in_a_loop(ids, vocab_size):
    counts = [[0] * vocab_size for _ in range(vocab_size)]
    for before, after in pairwise(ids):
        counts[before][after] += 1
    return np.array(counts)


def pairs_added_at(ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts


def pairs_as_one_number(ids, vocab_size):
    flat = np.bincount(ids[:-1] * vocab_size + ids[1:], minlength=vocab_size**2)
    return flat.reshape(vocab_size, vocab_size)


def pairs_of_one_hots(ids, vocab_size):
    onehot = torch.eye(vocab_size)[torch.as_tensor(ids)]
    return torch.einsum("na,nb->ab", onehot[:-1], onehot[1:]).numpy()


def pairs_counter(ids, vocab_size):
    counter = Counter(zip(ids.tolist(), ids.tolist()[1:], strict=False))
    return np.array([[counter[a, b] for b in range(vocab_size)] for a in range(vocab_size)])


def rows_at_once(counts, k):
    smoothed = counts + k
    return smoothed / smoothed.sum(axis=1, keepdims=True)


def rows_in_a_loop(counts, k):
    table = []
    for row in counts:
        total = sum(row) + k * len(row)
        table.append([(count + k) / total for count in row])
    return table


def rows_with_torch(counts, k):
    smoothed = torch.as_tensor(counts, dtype=torch.float64) + k
    return F.normalize(smoothed, p=1, dim=-1)


def rows_turned(counts, k):
    columns = counts.T.astype(float)
    columns += k
    columns /= columns.sum(axis=0)
    return columns.T


def softmax_shifted(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_by_log_sum_exp(x):
    x = np.asarray(x, dtype=float)
    top = x.max(-1)[..., None]
    return np.exp(x - (top + np.log(np.exp(x - top).sum(-1))[..., None]))


def softmax_one_row_at_a_time(x):
    rows = x.reshape(-1, x.shape[-1]).tolist()
    out = []
    for row in rows:
        powers = [math.exp(score - max(row)) for score in row]
        out.append([power / sum(powers) for power in powers])
    return np.array(out).reshape(x.shape)


def softmax_with_torch(x):
    return torch.softmax(torch.tensor(x).float(), dim=-1)


def softmax_in_place(x):
    x = x.astype(np.float64)
    x -= np.max(x, axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= np.einsum("...n->...", x)[..., None]
    return x


def loss_by_log_sum_exp(logits, targets):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_total = np.log(np.exp(z).sum(axis=-1))
    return (log_total - z[np.arange(len(targets)), targets]).mean()


def loss_in_a_loop(logits, targets):
    total = 0.0
    for row, target in zip(logits.astype(float), targets, strict=True):
        top = max(row)
        total += top + math.log(sum(math.exp(score - top) for score in row)) - row[target]
    return total / len(targets)


def loss_with_one_hots(logits, targets):
    z = logits - np.max(logits, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.einsum("nv,nv->", np.eye(logits.shape[1])[targets], log_p) / len(logits)


def loss_with_torch(logits, targets):
    return F.cross_entropy(torch.tensor(logits), torch.tensor(targets))


def loss_with_logaddexp(logits, targets):
    own = np.take_along_axis(logits, targets[:, None], axis=-1)[:, 0]
    return np.mean(np.logaddexp.reduce(logits, axis=-1) - own)


def gradient_in_place(logits, targets):
    gradient = softmax_shifted(logits)
    gradient[np.arange(len(targets)), targets] -= 1
    return gradient / len(targets)


def gradient_with_one_hots(logits, targets):
    return (softmax_shifted(logits) - np.eye(logits.shape[1])[targets]) / logits.shape[0]


def gradient_in_a_loop(logits, targets):
    rows = []
    for row, target in zip(logits, targets, strict=True):
        p = softmax_shifted(row)
        rows.append([(p[v] - (v == target)) / len(logits) for v in range(len(row))])
    return rows


def gradient_by_autograd(logits, targets):
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    F.cross_entropy(leaf, torch.tensor(targets)).backward()
    return leaf.grad


def bits_added_up(losses, texts):
    nats = sum(each.sum() for each in losses)
    return nats / math.log(2) / sum(len(text.encode("utf-8")) for text in texts)


def bits_of_one_text(losses, texts):
    return np.concatenate(losses).sum() / len("".join(texts).encode()) / np.log(2)


def bits_in_a_loop(losses, texts):
    bits, size = 0.0, 0
    for each, text in zip(losses, texts, strict=True):
        for nats in each:
            bits += nats * math.log2(math.e)
        size += len(bytes(text, "utf8"))
    return bits / size


def bits_with_torch(losses, texts):
    bits = torch.cat([torch.tensor(each) for each in losses]).sum() / torch.log(torch.tensor(2.0))
    return bits.item() / sum(map(len, map(str.encode, texts)))


CORRECT = {
    "count_pairs": [
        pairs_in_a_loop,
        pairs_added_at,
        pairs_as_one_number,
        pairs_of_one_hots,
        pairs_counter,
    ],
    "bigram_probabilities": [rows_at_once, rows_in_a_loop, rows_with_torch, rows_turned],
    "softmax": [
        softmax_shifted,
        softmax_by_log_sum_exp,
        softmax_one_row_at_a_time,
        softmax_with_torch,
        softmax_in_place,
    ],
    "cross_entropy": [
        loss_by_log_sum_exp,
        loss_in_a_loop,
        loss_with_one_hots,
        loss_with_torch,
        loss_with_logaddexp,
    ],
    "cross_entropy_gradient": [
        gradient_in_place,
        gradient_with_one_hots,
        gradient_in_a_loop,
        gradient_by_autograd,
    ],
    "bits_per_byte_of_texts": [
        bits_added_up,
        bits_of_one_text,
        bits_in_a_loop,
        bits_with_torch,
    ],
}
