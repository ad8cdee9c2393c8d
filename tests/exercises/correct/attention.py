"""Right solutions of notebook 03's exercises, in the styles that readers write."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from aigc_lab.model import reference


def scores_matmul(q, k):
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])


def scores_einsum(q, k):
    return np.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5


def scores_scaled_first(q, k):
    root = math.sqrt(math.sqrt(k.shape[-1]))
    return np.matmul(q / root, np.moveaxis(k / root, -1, -2))


def scores_loops(q, k):
    scores = np.empty((*q.shape[:-1], k.shape[-2]))
    for place in np.ndindex(scores.shape):
        *front, i, j = place
        scores[place] = sum(q[(*front, i)] * k[(*front, j)]) / math.sqrt(q.shape[-1])
    return scores


def scores_broadcast(q, k):
    return (q[..., :, None, :] * k[..., None, :, :]).sum(-1) / q.shape[-1] ** 0.5


def scores_torch(q, k):
    q, k = torch.from_numpy(q), torch.from_numpy(k)
    return (q @ k.mT).div_(q.size(-1) ** 0.5)


def mask_comparison(t_q, t_k):
    return np.arange(t_k) <= np.arange(t_q)[:, None] + t_k - t_q


def mask_tril(t_q, t_k):
    return np.tril(np.ones((t_q, t_k), dtype=bool), t_k - t_q)


def mask_last_rows(t_q, t_k):
    return np.tri(t_k).astype(bool)[-t_q:]


def mask_loops(t_q, t_k):
    mask = np.zeros((t_q, t_k), bool)
    for i in range(t_q):
        mask[i, : i + t_k - t_q + 1] = True
    return mask


def mask_lists(t_q, t_k):
    return [[j - i <= t_k - t_q for j in range(t_k)] for i in range(t_q)]


def mask_torch(t_q, t_k):
    return ~torch.ones(t_q, t_k, dtype=torch.bool).triu(t_k - t_q + 1)


def weights_where(scores, mask):
    masked = np.where(mask, scores, -np.inf)
    top = masked.max(axis=-1, keepdims=True)
    powers = np.exp(masked - np.where(np.isfinite(top), top, 0))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total > 0, total, 1)


def weights_nan_to_num(scores, mask):
    masked = np.where(mask, scores.astype(float), -np.inf)
    top = np.nan_to_num(masked.max(-1, keepdims=True), neginf=0.0)
    powers = np.exp(masked - top)
    return np.nan_to_num(powers / powers.sum(-1, keepdims=True))


def weights_log_sum_exp(scores, mask):
    masked = np.where(mask, scores, -np.inf).astype(np.float32)
    with np.errstate(invalid="ignore"):
        weights = np.exp(masked - np.logaddexp.reduce(masked, axis=-1, keepdims=True))
    return np.where(mask, weights, 0)


def weights_finite_fill_and_product(scores, mask):
    masked = np.where(mask, scores.astype(np.float64), -1e300)
    powers = np.exp(masked - masked.max(axis=-1, keepdims=True)) * mask
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-30)


def weights_loops(scores, mask):
    mask = np.broadcast_to(mask, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        allowed = [float(s) for s, may in zip(scores[row], mask[row], strict=True) if may]
        if allowed:
            weights[row][mask[row]] = reference.softmax(np.array(allowed))
    return weights


def weights_torch(scores, mask):
    masked = torch.from_numpy(scores).masked_fill(~torch.from_numpy(mask), -torch.inf)
    return masked.softmax(dim=-1).nan_to_num(0.0)


def weights_in_place(scores, mask):
    scores[...] = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=-1, keepdims=True)
    largest[np.isneginf(largest)] = 0
    np.exp(np.subtract(scores, largest, out=scores), out=scores)
    total = scores.sum(axis=-1, keepdims=True)
    total[total == 0] = 1
    scores /= total
    return scores


def attention_in_steps(q, k, v, mask=None):
    scores = scores_matmul(q, k)
    mask = np.ones(scores.shape, dtype=bool) if mask is None else mask
    weights = weights_where(scores, mask)
    return weights @ v, weights


def attention_einsum(q, k, v, mask=None):
    scores = np.einsum("...id,...jd->...ij", q, k) / q.shape[-1] ** 0.5
    weights = reference.softmax(scores if mask is None else np.where(mask, scores, -np.inf))
    return [np.einsum("...ij,...jd->...id", weights, v), weights]


def attention_torch_kernel(q, k, v, mask=None):
    q, k, v = (torch.from_numpy(each.astype(np.float32)) for each in (q, k, v))
    eye = torch.eye(k.shape[-2]).expand(*k.shape[:-1], -1)  # values of 1 give the weights back
    mask = None if mask is None else torch.from_numpy(mask)
    both = F.scaled_dot_product_attention(q, k, torch.cat((v, eye), dim=-1), attn_mask=mask)
    return both.nan_to_num().split([v.shape[-1], eye.shape[-1]], dim=-1)


def attention_rows(q, k, v, mask=None):
    mixture = np.zeros((*q.shape[:-1], v.shape[-1]))
    weights = np.zeros((*q.shape[:-1], k.shape[-2]))
    for place in np.ndindex(q.shape[:-1]):
        front, row = place[:-1], place[-1]
        scores = k[front].astype(float) @ q[place] / np.sqrt(q.shape[-1])
        allowed = np.full(len(scores), True) if mask is None else mask[..., row, :]
        scores[~allowed] = -np.inf
        weights[place] = reference.softmax(scores)
        mixture[place] = (weights[place][:, None] * v[front]).sum(axis=0)
    return mixture, weights


def heads_swap(x, n_head):
    return np.swapaxes(x.reshape(*x.shape[:-1], n_head, -1), -2, -3)


def heads_slices(x, n_head):
    size = x.shape[-1] // n_head
    return np.stack([x[..., at * size : (at + 1) * size] for at in range(n_head)], axis=-3)


def heads_einsum(x, n_head):
    cut = x.reshape((*x.shape[:-1], n_head, x.shape[-1] // n_head))
    return np.einsum("...thd->...htd", cut)


def heads_torch(x, n_head):
    return torch.from_numpy(x).unflatten(-1, (n_head, -1)).transpose(-2, -3)


def heads_lists(x, n_head):
    return np.moveaxis(np.array(np.split(x, n_head, axis=-1)), 0, -3).tolist()


def past_in_steps(x, w_q, w_k, w_v, w_o, n_head):
    q, k, v = (heads_swap(x @ w, n_head) for w in (w_q, w_k, w_v))
    mask = mask_tril(x.shape[-2], x.shape[-2])
    mixture, _ = attention_in_steps(q, k, v, mask)
    return np.swapaxes(mixture, -2, -3).reshape(x.shape) @ w_o


def past_head_by_head(x, w_q, w_k, w_v, w_o, n_head):
    size = x.shape[-1] // n_head
    mask = mask_comparison(x.shape[-2], x.shape[-2])
    answer = np.zeros(x.shape)
    for head in range(n_head):
        own = slice(head * size, (head + 1) * size)
        mixture, _ = attention_einsum(x @ w_q[:, own], x @ w_k[:, own], x @ w_v[:, own], mask)
        answer += mixture @ w_o[own]
    return answer


def past_token_by_token(x, w_q, w_k, w_v, w_o, n_head):
    answers = []
    for t in range(x.shape[-2]):
        q, k, v = x[..., t : t + 1, :] @ w_q, x[..., : t + 1, :] @ w_k, x[..., : t + 1, :] @ w_v
        mixture, _ = attention_in_steps(*(heads_slices(each, n_head) for each in (q, k, v)))
        answers.append(np.swapaxes(mixture, -2, -3).reshape(q.shape) @ w_o)
    return np.concatenate(answers, axis=-2)


def past_torch(x, w_q, w_k, w_v, w_o, n_head):
    x, w_q, w_k, w_v, w_o = map(torch.from_numpy, (x, w_q, w_k, w_v, w_o))
    stacked = x @ torch.cat((w_q, w_k, w_v), dim=1)
    q, k, v = stacked.unflatten(-1, (3 * n_head, -1)).transpose(-2, -3).chunk(3, dim=-3)
    mixture = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return mixture.transpose(-2, -3).flatten(-2) @ w_o


CORRECT = {
    "attention_scores": [
        scores_matmul,
        scores_einsum,
        scores_scaled_first,
        scores_loops,
        scores_broadcast,
        scores_torch,
    ],
    "causal_mask": [
        mask_comparison,
        mask_tril,
        mask_last_rows,
        mask_loops,
        mask_lists,
        mask_torch,
    ],
    "attention_weights": [
        weights_where,
        weights_nan_to_num,
        weights_log_sum_exp,
        weights_finite_fill_and_product,
        weights_loops,
        weights_torch,
        weights_in_place,
    ],
    "attention": [attention_in_steps, attention_einsum, attention_torch_kernel, attention_rows],
    "split_heads": [heads_swap, heads_slices, heads_einsum, heads_torch, heads_lists],
    "attend_to_the_past": [past_in_steps, past_head_by_head, past_token_by_token, past_torch],
}
