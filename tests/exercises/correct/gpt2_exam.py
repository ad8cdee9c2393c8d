"""Right solutions of notebook 09's exercises on scoring and comparing."""

import math
import statistics
from collections import Counter

import numpy as np
import torch


def windows_loop(loss_of, ids, block, stride):
    begin, done, total = 0, 1, 0.0
    while done < len(ids):
        end = min(begin + block, len(ids))
        nats = loss_of(ids[begin:end])
        total += nats[done - begin - 1 :].sum()
        begin, done = begin + stride, end
    return total


def windows_by_their_ends(loss_of, ids, block, stride):
    total = 0
    for at in range(0, len(ids), stride):
        begin = max(at + stride - block, 0)
        end = min(at + stride, len(ids))
        new = end - max(at, 1)
        if new:
            total += sum(loss_of(ids[begin:end])[-new:])
    return total


def windows_into_an_array(loss_of, ids, block, stride):
    nats = np.full(len(ids), np.nan)
    nats[0] = 0.0
    for begin in range(0, len(ids), stride):
        end = min(begin + block, len(ids))
        if not np.isnan(nats[:end]).any():
            continue
        here = np.concatenate([[0.0], loss_of(ids[begin:end])])
        nats[begin:end] = np.where(np.isnan(nats[begin:end]), here, nats[begin:end])
    return nats.sum()


def windows_every_beginning(loss_of, ids, block, stride):
    scored = {}
    for begin in range(0, len(ids), stride):
        for i, nats in enumerate(loss_of(ids[begin : begin + block])):
            scored.setdefault(begin + 1 + i, float(nats))
    return math.fsum(scored.values())


def windows_slid_back(loss_of, ids, block, stride):
    n = len(ids)
    if n <= block:
        return torch.tensor(loss_of(ids)).sum()
    pieces, end = [torch.as_tensor(loss_of(ids[:block]))], block
    while end < n:
        new = min(stride, n - end)
        end += new
        pieces.append(torch.as_tensor(loss_of(ids[end - block : end]))[-new:])
    return torch.cat(pieces).sum()


def windows_fixed_overlap(loss_of, ids, block, stride):
    total = float(np.sum(loss_of(ids[:block])))
    begin = stride
    while begin + block - stride < len(ids):
        total += float(np.sum(loss_of(ids[begin : begin + block])[block - stride - 1 :]))
        begin += stride
    return total


def interval_at_once(nats, bytes, picks):
    worlds = nats[picks].sum(axis=1) / bytes[picks].sum(axis=1) / np.log(2)
    return np.percentile(worlds, [2.5, 97.5])


def interval_loop(nats, bytes, picks):
    worlds = []
    for row in picks:
        total_nats = total_bytes = 0.0
        for document in row:
            total_nats += nats[document]
            total_bytes += bytes[document]
        worlds.append(total_nats / total_bytes / math.log(2))
    worlds.sort()
    last = len(worlds) - 1
    return worlds[round(0.025 * last)], worlds[round(0.975 * last)]


def interval_tensors(nats, bytes, picks):
    picks = torch.tensor(picks)
    nats, bytes = torch.tensor(nats).double(), torch.tensor(bytes).double()
    bits = nats[picks].mean(1) / bytes[picks].mean(1) / math.log(2)
    return torch.quantile(bits, torch.tensor([0.025, 0.975], dtype=torch.float64))


def interval_by_counts(nats, bytes, picks):
    counts = np.array([np.bincount(row, minlength=len(nats)) for row in picks])
    bits = np.log2(np.e) * (counts @ nats) / (counts @ bytes)
    cuts = statistics.quantiles(bits.tolist(), n=40, method="inclusive")
    return [cuts[0], cuts[-1]]


def interval_einsum(nats, bytes, picks):
    one_hot = np.eye(len(nats))[picks]
    above, below = (np.einsum("rnd,d->r", one_hot, x) for x in (nats, bytes))
    bits = sorted(above / below / np.log(2))
    return bits[int(0.025 * len(bits))], bits[int(0.975 * len(bits))]


def seen_set(exam, training, n):
    seen = {tuple(training[i : i + n]) for i in range(len(training) - n + 1)}
    asked = [tuple(exam[i : i + n]) for i in range(len(exam) - n + 1)]
    return sum(gram in seen for gram in asked) / len(asked) if asked else 0.0


def seen_loops(exam, training, n):
    hits = many = 0
    for i in range(len(exam) - n + 1):
        many += 1
        for j in range(len(training) - n + 1):
            if exam[i : i + n] == training[j : j + n]:
                hits += 1
                break
    return hits / max(many, 1)


def seen_counter(exam, training, n):
    if len(exam) < n:
        return 0
    asked = Counter(zip(*(exam[i:] for i in range(n)), strict=False))
    seen = set(zip(*(training[i:] for i in range(n)), strict=False))
    return sum(count for gram, count in asked.items() if gram in seen) / sum(asked.values())


def seen_windows(exam, training, n):
    if len(training) < n or len(exam) < n:
        return 0.0
    view = np.lib.stride_tricks.sliding_window_view
    asked, seen = view(np.array(exam), n), view(np.array(training), n)
    return (asked[:, None] == seen[None]).all(-1).any(-1).mean()


def seen_text(exam, training, n):
    text = f" {' '.join(map(str, training))} "
    grams = [f" {' '.join(map(str, exam[i : i + n]))} " for i in range(len(exam) - n + 1)]
    return np.mean([gram in text for gram in grams]) if grams else 0.0


def seen_tensors(exam, training, n):
    if min(len(exam), len(training)) < n:
        return torch.tensor(0.0)
    asked, seen = (torch.tensor(ids).unfold(0, n, 1) for ids in (exam, training))
    distances = (asked[:, None, :] - seen[None, :, :]).abs().sum(-1)
    return (distances.amin(1) == 0).float().mean()


def gap_means(a, b):
    a = a - a.mean(axis=-1, keepdims=True)
    b = b - b.mean(axis=-1, keepdims=True)
    return np.abs(a - b).max()


def gap_of_differences(a, b):
    largest = 0.0
    for one, other in zip(a, b, strict=True):
        apart = one - other
        largest = max(largest, max(abs(apart - sum(apart) / len(apart))))
    return float(largest)


def gap_tensors(a, b):
    apart = torch.tensor(a).double() - torch.tensor(b).double()
    apart = apart - apart.mean(dim=1)[:, None]
    return apart.abs().amax()


def gap_projection(a, b):
    width = a.shape[1]
    centring = np.eye(width) - 1 / width
    apart = (a.astype(float) - b) @ centring
    return max(apart.max(), -apart.min())


def gap_turned(a, b):
    apart = (a - b).T
    apart = apart - np.average(apart, axis=0)
    return np.linalg.norm(apart.ravel(), ord=np.inf)


def gap_of_log_softmax(a, b):
    a, b = (torch.log_softmax(torch.tensor(x).double(), -1) for x in (a, b))
    centred = [x - x.mean(-1, keepdim=True) for x in (a, b)]
    return (centred[0] - centred[1]).abs().max().item()


CORRECT = {
    "score_windows": [
        windows_loop,
        windows_by_their_ends,
        windows_into_an_array,
        windows_every_beginning,
        windows_slid_back,
        windows_fixed_overlap,
    ],
    "ratio_interval": [
        interval_at_once,
        interval_loop,
        interval_tensors,
        interval_by_counts,
        interval_einsum,
    ],
    "contamination": [seen_set, seen_loops, seen_counter, seen_windows, seen_text, seen_tensors],
    "centred_gap": [
        gap_means,
        gap_of_differences,
        gap_tensors,
        gap_projection,
        gap_turned,
        gap_of_log_softmax,
    ],
}
