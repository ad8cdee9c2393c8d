"""Right solutions of notebook 08's exercises on growth and many processes."""

import numpy as np
import torch


def power_polyfit(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return np.exp(height), slope


def power_by_hand(x, y):
    a, b = np.log(x), np.log(y)
    exponent = ((a - a.mean()) * (b - b.mean())).sum() / ((a - a.mean()) ** 2).sum()
    return np.exp(b.mean() - exponent * a.mean()), exponent


def power_lstsq(x, y):
    lines = np.stack([np.ones(len(x)), np.log2(x)], axis=1)
    solution, *_ = np.linalg.lstsq(lines, np.log2(y), rcond=None)
    return 2 ** solution[0], solution[1]


def power_tens(x, y):
    fitted = np.polynomial.Polynomial.fit(np.log10(x), np.log10(y), 1).convert()
    return [10 ** fitted.coef[0], fitted.coef[1]]


def power_covariance(x, y):
    covariance = np.cov(np.log(x), np.log(y))
    exponent = covariance[0, 1] / covariance[0, 0]
    factor = np.exp(np.mean(np.log(y) - exponent * np.log(x)))
    return float(factor), float(exponent)


def power_torch(x, y):
    a = torch.tensor(x, dtype=torch.float64).log()
    lines = torch.stack([a, torch.ones_like(a)], dim=1)
    solved = torch.linalg.lstsq(lines, torch.tensor(y, dtype=torch.float64).log()[:, None]).solution
    return solved[1].exp().item(), solved[0].item()


def power_sums(x, y):
    n = len(x)
    sx = sy = sxx = sxy = 0.0
    for each_x, each_y in zip(np.log(x), np.log(y), strict=True):
        sx, sy = sx + each_x, sy + each_y
        sxx, sxy = sxx + each_x * each_x, sxy + each_x * each_y
    b = (n * sxy - sx * sy) / (n * sxx - sx**2)
    return np.exp((sy - b * sx) / n), b


def shard_slice(batch, rank, size):
    if len(batch) % size != 0:
        raise ValueError(f"{len(batch)} rows cannot be shared by {size} processes")
    rows = len(batch) // size
    return batch[rank * rows : (rank + 1) * rows]


def shard_split(batch, rank, size):
    return np.split(batch, size)[rank]


def shard_reshape(batch, rank, size):
    B, T = batch.shape
    if B % size:
        raise ValueError("no")
    return batch.reshape(size, B // size, T)[rank]


def shard_reshape_refuses(batch, rank, size):
    return batch.reshape(size, -1, batch.shape[1])[rank]


def shard_loop(batch, rank, size):
    each, rest = divmod(batch.shape[0], size)
    if rest > 0:
        raise ValueError("the batch does not divide")
    mine = []
    for row in range(batch.shape[0]):
        if row // each == rank:
            mine.append(batch[row])
    return np.array(mine)


def shard_torch(batch, rank, size):
    if len(batch) / size != len(batch) // size:
        raise ValueError("choose another batch size")
    return torch.from_numpy(batch).split(len(batch) // size)[rank]


def shard_take(batch, rank, size):
    rows = np.arange(len(batch))
    try:
        return np.take(batch, rows.reshape(size, -1)[rank], axis=0)
    except ValueError as error:
        raise ValueError(f"{len(batch)} rows, {size} processes") from error


def average_loops(gradients, scored):
    total = sum(scored)
    means = []
    for i in range(len(gradients[0])):
        mean = np.zeros_like(gradients[0][i])
        for r in range(len(gradients)):
            mean += gradients[r][i] * scored[r] / total
        means.append(mean)
    return means


def average_zip(gradients, scored):
    return [
        sum(n * g for n, g in zip(scored, arrays, strict=True)) / sum(scored)
        for arrays in zip(*gradients, strict=True)
    ]


def average_numpy(gradients, scored):
    return [np.average(arrays, axis=0, weights=scored) for arrays in zip(*gradients, strict=True)]


def average_einsum(gradients, scored):
    weights = np.array(scored) / np.sum(scored)
    return [
        np.einsum("r,r...->...", weights, np.stack([process[i] for process in gradients]))
        for i in range(len(gradients[0]))
    ]


def average_running(gradients, scored):
    means, seen = [0.0 * array for array in gradients[0]], 0
    for process, n in zip(gradients, scored, strict=True):
        if n == 0:
            continue
        seen += n
        means = [m + (g - m) * n / seen for m, g in zip(means, process, strict=True)]
    return means


def average_torch(gradients, scored):
    counts = torch.tensor(scored, dtype=torch.float64)
    stacked = (torch.tensor(np.array(arrays)) for arrays in zip(*gradients, strict=True))
    return tuple(torch.tensordot(counts / counts.sum(), each, dims=1) for each in stacked)


def average_one_long(gradients, scored):
    long = np.stack([np.concatenate([g.ravel() for g in process]) for process in gradients])
    mean = scored @ long / sum(scored)
    ends = np.cumsum([g.size for g in gradients[0]])
    pieces = np.split(mean, ends[:-1])
    return [piece.reshape(g.shape) for piece, g in zip(pieces, gradients[0], strict=True)]


CORRECT = {
    "fit_power_law": [
        power_polyfit,
        power_by_hand,
        power_lstsq,
        power_tens,
        power_covariance,
        power_torch,
        power_sums,
    ],
    "shard": [
        shard_slice,
        shard_split,
        shard_reshape,
        shard_reshape_refuses,
        shard_loop,
        shard_torch,
        shard_take,
    ],
    "average_gradients": [
        average_loops,
        average_zip,
        average_numpy,
        average_einsum,
        average_running,
        average_torch,
        average_one_long,
    ],
}
