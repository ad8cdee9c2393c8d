"""Right solutions of notebook 06's exercises on NumPy arrays, in the styles that readers write."""

import math

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_


def batch_slices(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts])
    y = np.stack([ids[s + 1 : s + block_size + 1] for s in starts])
    return x, y


def batch_broadcast(ids, starts, block_size):
    at = starts[:, None] + np.arange(block_size)
    return ids[at], ids[at + 1]


def batch_one_more(ids, starts, block_size):
    rows = np.array([ids[s : s + block_size + 1] for s in starts])
    return rows[:, :-1], rows[:, 1:]


def batch_windows(ids, starts, block_size):
    windows = np.lib.stride_tricks.sliding_window_view(ids, block_size)
    return windows[starts], windows[np.asarray(starts) + 1]


def batch_rolled_ids(ids, starts, block_size):
    after = np.roll(ids, -1)
    return tuple(np.array([row[s : s + block_size] for s in starts]) for row in (ids, after))


def batch_loops(ids, starts, block_size):
    x = np.zeros((len(starts), block_size), dtype=int)
    y = np.zeros_like(x)
    for b, s in enumerate(starts):
        for t in range(block_size):
            x[b, t] = ids[s + t]
            y[b, t] = ids[s + t + 1]
    return x, y


def batch_lists(ids, starts, block_size):
    x = [[int(ids[s + t]) for t in range(block_size)] for s in starts]
    return x, [[int(ids[s + t + 1]) for t in range(block_size)] for s in starts]


def batch_torch(ids, starts, block_size):
    ids = torch.tensor(ids.astype(int))
    x = torch.stack([ids[s : s + block_size] for s in starts])
    y = torch.stack([ids[s + 1 : s + 1 + block_size] for s in starts])
    return x, y


def batch_stacked(ids, starts, block_size):
    x, y = batch_loops(ids, starts, block_size)
    return np.stack([x, y])


def momentum_plain(p, g, v, lr, momentum):
    v = momentum * v + g
    p = p - lr * v
    return p, v


def momentum_in_place(p, g, v, lr, momentum):
    p, v = p.copy(), v.copy()
    v *= momentum
    v += g
    p -= lr * v
    return p, v


def momentum_loops(p, g, v, lr, momentum):
    p, v = p.copy(), v.copy()
    for at in np.ndindex(p.shape):
        v[at] = momentum * v[at] + g[at]
        p[at] = p[at] - lr * v[at]
    return [p, v]


def momentum_apart(p, g, v, lr, momentum):
    return p - lr * momentum * v - lr * g, g + v * momentum


def momentum_torch(p, g, v, lr, momentum):
    p, g, v = map(torch.from_numpy, (p, g, v))
    v = torch.add(g, v, alpha=momentum)
    return p.sub(v, alpha=lr), v


def momentum_stacked(p, g, v, lr, momentum):
    return np.array([p - lr * (momentum * v + g), momentum * v + g])


def adamw_plain(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    p = p - lr * weight_decay * p
    p = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p, m, v


def adamw_in_place(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    p, m, v = p.copy(), m.copy(), v.copy()
    p *= 1 - lr * weight_decay
    m += (1 - beta1) * (g - m)
    v *= beta2
    v += (1 - beta2) * g * g
    p -= lr * (m / (1 - beta1**step)) / ((v / (1 - beta2**step)) ** 0.5 + eps)
    return p, m, v


def adamw_one_line(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (np.square(g) - v)
    root = math.sqrt(1 - beta2**step)
    size = lr * root / (1 - beta1**step)
    return p - size * m / (np.sqrt(v) + eps * root) - lr * weight_decay * p, m, v


def adamw_loops(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    p, m, v = p.copy(), m.copy(), v.copy()
    for at in np.ndindex(p.shape):
        m[at] = beta1 * m[at] + (1 - beta1) * g[at]
        v[at] = beta2 * v[at] + (1 - beta2) * g[at] ** 2
        size = math.sqrt(v[at] / (1 - beta2**step)) + eps
        p[at] -= lr * (m[at] / (1 - beta1**step) / size + weight_decay * p[at])
    return [p, m, v]


def adamw_torch(p, g, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    p, g, m, v = (torch.from_numpy(each) for each in (p, g, m, v))
    m = m.lerp(g, 1 - beta1)
    v = v.mul(beta2).addcmul(g, g, value=1 - beta2)
    size = (v / (1 - beta2**step)).sqrt() + eps
    return p.mul(1 - lr * weight_decay).addcdiv(m, size, value=-lr / (1 - beta1**step)), m, v


def rate_two_parts(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    done = (step - warmup_steps) / (steps - warmup_steps)
    return final + (1 - final) * (1 + math.cos(math.pi * done)) / 2


def rate_half_of_the_range(step, steps, warmup_steps, final):
    if warmup_steps > step:
        return 1 / warmup_steps + step / warmup_steps
    since, fall = step - warmup_steps, steps - warmup_steps
    return final + 0.5 * (1.0 - final) * (1.0 + np.cos(np.pi * since / fall))


def rate_from_the_middle(step, steps, warmup_steps, final):
    if step + 1 <= warmup_steps:
        return np.linspace(0, 1, warmup_steps + 1)[step + 1]
    middle, swing = (1 + final) / 2, (1 - final) / 2
    return middle + swing * math.cos((step - warmup_steps) * math.pi / (steps - warmup_steps))


def rate_whole_curve(step, steps, warmup_steps, final):
    climb = [(at + 1) / warmup_steps for at in range(warmup_steps)]
    done = np.linspace(0, 1, steps - warmup_steps, endpoint=False)
    fall = final + (1 - final) * np.cos(np.pi * done / 2) ** 2
    return [*climb, *fall][step]


def rate_torch(step, steps, warmup_steps, final):
    if step < warmup_steps:
        return torch.tensor((step + 1) / warmup_steps, dtype=torch.float64)
    done = torch.tensor((step - warmup_steps) / (steps - warmup_steps))
    return 1 - (1 - final) * (1 - torch.cos(torch.pi * done)) / 2


def clip_plain(gradients, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    scale = min(1.0, most / norm)
    return [g * scale for g in gradients], norm


def clip_one_vector(gradients, most):
    norm = np.linalg.norm(np.concatenate([g.reshape(-1) for g in gradients]))
    if norm <= most:
        return gradients, norm
    return [most * g / norm for g in gradients], norm


def clip_in_place(gradients, most):
    gradients = [g.copy() for g in gradients]
    norm = math.hypot(*(np.linalg.norm(g) for g in gradients))
    if norm > most:
        for g in gradients:
            g *= most / norm
    return gradients, norm


def clip_loops(gradients, most):
    total = 0.0
    for g in gradients:
        for number in g.flat:
            total += float(number) ** 2
    norm = total**0.5
    clipped = []
    for g in gradients:
        clipped.append(g / max(1.0, norm / most))
    return clipped, norm


def clip_torch(gradients, most):
    tensors = [torch.from_numpy(g).clone() for g in gradients]
    norm = torch.linalg.vector_norm(torch.stack([t.norm() for t in tensors]))
    return [t * (most / (norm + 1e-6)).clamp(max=1.0) for t in tensors], norm.item()


def clip_of_torch(gradients, most):
    leaves = [torch.zeros(g.shape, dtype=torch.from_numpy(g).dtype) for g in gradients]
    for leaf, g in zip(leaves, gradients, strict=True):
        leaf.grad = torch.tensor(g)
    norm = clip_grad_norm_(leaves, most)
    return [leaf.grad for leaf in leaves], norm


def accumulate_loop(parts, gradient):
    total, count = 0.0, 0
    for x, y in parts:
        n = (y != -100).sum()
        total = total + n * gradient(x, y)
        count = count + n
    return total / count


def accumulate_shares(parts, gradient):
    scored = np.array([np.count_nonzero(y >= 0) for _, y in parts])
    shares = scored / scored.sum()
    return np.einsum("n,nij->ij", shares, np.array([gradient(x, y) for x, y in parts]))


def accumulate_average(parts, gradient):
    gradients = [gradient(*part) for part in parts]
    return np.average(gradients, axis=0, weights=[np.sum(y != -100) for _, y in parts])


def accumulate_in_place(parts, gradient):
    everything = sum(int((y != -100).sum()) for _, y in parts)
    total = None
    for x, y in parts:
        scored = len([target for row in y for target in row if target != -100])
        if not scored:
            continue
        if total is None:
            total = np.zeros_like(gradient(x, y))
        total += gradient(x, y) * (scored / everything)
    return total


def accumulate_running(parts, gradient):
    mean, seen = 0, 0
    for x, y in parts:
        n = (y > -100).sum()
        if n:
            seen += n
            mean = mean + (gradient(x, y) - mean) * n / seen
    return mean


CORRECT = {
    "get_batch": [
        batch_slices,
        batch_broadcast,
        batch_one_more,
        batch_windows,
        batch_rolled_ids,
        batch_loops,
        batch_lists,
        batch_torch,
        batch_stacked,
    ],
    "momentum_step": [
        momentum_plain,
        momentum_in_place,
        momentum_loops,
        momentum_apart,
        momentum_torch,
        momentum_stacked,
    ],
    "adamw_step": [adamw_plain, adamw_in_place, adamw_one_line, adamw_loops, adamw_torch],
    "lr_at": [
        rate_two_parts,
        rate_half_of_the_range,
        rate_from_the_middle,
        rate_whole_curve,
        rate_torch,
    ],
    "clip_gradients": [
        clip_plain,
        clip_one_vector,
        clip_in_place,
        clip_loops,
        clip_torch,
        clip_of_torch,
    ],
    "accumulate": [
        accumulate_loop,
        accumulate_shares,
        accumulate_average,
        accumulate_in_place,
        accumulate_running,
    ],
}
