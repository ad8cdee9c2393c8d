"""Right solutions of notebook 11's exercises on LoRA, DPO and the policy gradient."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def start_uniform(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(rank, d_in)), np.zeros((d_out, rank))


def start_scaled(d_out, d_in, rank, rng):
    A = 2 * rng.uniform(size=(rank, d_in)) - 1
    A /= math.sqrt(d_in)
    return [A, np.zeros([d_out, rank], dtype=np.float32)]


def start_by_rows(d_out, d_in, rank, rng):
    rows = [rng.uniform(-(d_in**-0.5), d_in**-0.5, d_in) for _ in range(rank)]
    return np.stack(rows), 0 * np.ones((d_out, rank))


def start_tensors(d_out, d_in, rank, rng):
    bound = d_in**-0.5
    A = torch.from_numpy(rng.uniform(-bound, bound, size=rank * d_in)).view(rank, d_in)
    return A, torch.zeros(d_out, rank)


def output_equation(x, W, A, B, alpha):
    return x @ W.T + alpha / len(A) * (x @ A.T @ B.T)


def output_merged(x, W, A, B, alpha):
    r = B.shape[1]
    return x @ (W + alpha / r * B @ A).T


def output_einsum(x, W, A, B, alpha):
    frozen = np.einsum("...i,oi->...o", x, W)
    low = np.einsum("...i,ri->...r", x, A)
    return frozen + np.einsum("...r,or->...o", low, B) * (alpha / A.shape[0])


def output_torch(x, W, A, B, alpha):
    x, W, A, B = (torch.as_tensor(each) for each in (x, W, A, B))
    return F.linear(x, W) + F.linear(F.linear(x, A), B) * alpha / A.size(0)


def output_ranks(x, W, A, B, alpha):
    y = np.matmul(x, np.transpose(W))
    for row, column in zip(A, B.T, strict=True):
        y = y + alpha * (x * row).sum(-1, keepdims=True) * column / A.shape[0]
    return y


def merge_equation(W, A, B, alpha):
    return W + alpha / len(A) * (B @ A)


def merge_outer(W, A, B, alpha):
    merged = W.copy()
    rank = A.shape[0]
    for k in range(rank):
        merged += alpha / rank * np.outer(B[:, k], A[k])
    return merged


def merge_einsum(W, A, B, alpha):
    return np.einsum("or,ri->oi", B, A) * alpha / B.shape[-1] + W


def merge_torch(W, A, B, alpha):
    W, A, B = (torch.tensor(each) for each in (W, A, B))
    return torch.addmm(W, B, A, alpha=alpha / A.shape[0])


def merge_turned(W, A, B, alpha):
    return (W.T + (A.T * (alpha / len(A))) @ B.T).T


def log_prob_rows(logits, ids, scored):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    told = log_probs[np.arange(len(ids) - 1), ids[1:]]
    return told[scored[1:]].sum()


def log_prob_torch(logits, ids, scored):
    logits, ids, scored = torch.tensor(logits), torch.tensor(ids), torch.tensor(scored)
    nats = F.cross_entropy(logits[:-1], ids[1:], reduction="none")
    return -(nats * scored[1:]).sum()


def log_prob_loop(logits, ids, scored):
    total = 0.0
    for place in range(1, len(ids)):
        if scored[place]:
            row = logits[place - 1]
            top = max(row)
            total += row[ids[place]] - top - math.log(sum(math.exp(z - top) for z in row))
    return total


def log_prob_labels(logits, ids, scored):
    labels = torch.tensor(np.where(scored, ids, -100))
    return -F.cross_entropy(torch.tensor(logits)[:-1], labels[1:], reduction="sum")


def log_prob_gather(logits, ids, scored):
    log_probs = torch.log_softmax(torch.as_tensor(logits), dim=-1)[:-1]
    told = log_probs.gather(1, torch.as_tensor(ids)[1:, None]).squeeze(1)
    return told[torch.as_tensor(scored)[1:]].sum().item()


def log_prob_logaddexp(logits, ids, scored):
    places = np.flatnonzero(scored)
    rows = logits[places - 1]
    return float((rows[np.arange(len(places)), ids[places]] - np.logaddexp.reduce(rows, 1)).sum())


def dpo_logaddexp(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return np.logaddexp(0, -beta * margin)


def dpo_logsigmoid(chosen, rejected, ref_chosen, ref_rejected, beta):
    rewards = beta * torch.tensor(chosen - ref_chosen), beta * torch.tensor(rejected - ref_rejected)
    return -F.logsigmoid(rewards[0] - rewards[1])


def dpo_loop(chosen, rejected, ref_chosen, ref_rejected, beta):
    losses = []
    for good, bad, ref_good, ref_bad in zip(
        chosen, rejected, ref_chosen, ref_rejected, strict=True
    ):
        z = beta * ((good - bad) - (ref_good - ref_bad))
        losses.append(math.log1p(math.exp(-z)) if z > 0 else -z + math.log1p(math.exp(z)))
    return losses


def dpo_two_sided(chosen, rejected, ref_chosen, ref_rejected, beta):
    z = beta * (chosen - rejected - ref_chosen + ref_rejected)
    return np.maximum(-z, 0) + np.log1p(np.exp(-abs(z)))


def dpo_softplus(chosen, rejected, ref_chosen, ref_rejected, beta):
    drop = torch.tensor((rejected - ref_rejected) - (chosen - ref_chosen))
    return F.softplus(drop * beta)


def dpo_cross_entropy(chosen, rejected, ref_chosen, ref_rejected, beta):
    pair = beta * np.stack([chosen - ref_chosen, rejected - ref_rejected], axis=1)
    right = torch.zeros(len(pair), dtype=torch.long)
    return F.cross_entropy(torch.tensor(pair), right, reduction="none")


def policy_others(log_probs, rewards):
    n = len(rewards)
    others = (rewards.sum() - rewards) / (n - 1)
    return -((rewards - others) * log_probs).mean()


def policy_loop(log_probs, rewards):
    total = 0.0
    for i in range(len(rewards)):
        others = [rewards[j] for j in range(len(rewards)) if j != i]
        total += (rewards[i] - sum(others) / len(others)) * log_probs[i]
    return -total / len(rewards)


def policy_scaled_mean(log_probs, rewards):
    n = rewards.size
    return -np.dot(rewards - rewards.mean(), log_probs) / (n - 1)


def policy_torch(log_probs, rewards):
    log_probs, rewards = torch.tensor(log_probs), torch.tensor(rewards)
    apart = rewards[:, None] - rewards[None, :]
    advantage = apart.sum(1) / (len(rewards) - 1)
    return torch.mean(-advantage.detach() * log_probs)


def policy_deleted(log_probs, rewards):
    baseline = np.array([np.delete(rewards, i).mean() for i in range(len(rewards))])
    return np.mean((baseline - rewards) * log_probs)


CORRECT = {
    "lora_start": [start_uniform, start_scaled, start_by_rows, start_tensors],
    "lora_output": [output_equation, output_merged, output_einsum, output_torch, output_ranks],
    "merge_lora": [merge_equation, merge_outer, merge_einsum, merge_torch, merge_turned],
    "answer_log_prob": [
        log_prob_rows,
        log_prob_torch,
        log_prob_loop,
        log_prob_labels,
        log_prob_gather,
        log_prob_logaddexp,
    ],
    "dpo_loss": [
        dpo_logaddexp,
        dpo_logsigmoid,
        dpo_loop,
        dpo_two_sided,
        dpo_softplus,
        dpo_cross_entropy,
    ],
    "policy_loss": [
        policy_others,
        policy_loop,
        policy_scaled_mean,
        policy_torch,
        policy_deleted,
    ],
}
