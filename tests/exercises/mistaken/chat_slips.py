"""Notebook 11: slips that first readers made, beside the mistakes that were foreseen."""

import math

import numpy as np
import torch
import torch.nn.functional as F

BEGIN, END, ASSISTANT = "<|endoftext|>", "<|end|>", "<|assistant|>"


def prompt_in_the_loop(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        text += f"<|{m['role']}|>{m['content']}<|end|>"
        if add_generation_prompt:
            text += ASSISTANT
    return text


def every_line(messages, add_generation_prompt=True):
    text = "<|endoftext|>\n"
    for m in messages:
        text += f"<|{m['role']}|>{m['content']}<|end|>\n"
    return text + ASSISTANT if add_generation_prompt else text


def chatml(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        text += f"<|{m['role']}|>\n{m['content']}<|end|>\n"
    if add_generation_prompt:
        text += "<|assistant|>\n"
    return text


def return_in_the_loop(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        text += f"<|{m['role']}|>{m['content']}<|end|>"
        return text + ASSISTANT if add_generation_prompt else text


def behind_the_last(ids, assistant, end):
    last = len(ids) - 1 - ids[::-1].index(assistant)
    return [place > last for place in range(len(ids))]


def nothing_for_the_mark(ids, assistant, end):
    scored, on = [], False
    for token in ids:
        if token == assistant:
            on = True
        elif token == end:
            scored.append(on)
            on = False
        else:
            scored.append(on)
    return scored


def two_indices(ids, assistant, end):
    start = ids.index(assistant)
    stop = ids.index(end, start)
    return [start < place <= stop for place in range(len(ids))]


def end_of_the_question(ids, assistant, end):
    start, stop = ids.index(assistant), ids.index(end)
    return [start < place <= stop for place in range(len(ids))]


def over_len(nats, scored):
    return (nats * scored).sum() / len(scored)


def all_over_the_count(nats, scored):
    return nats.sum() / scored.sum() if scored.sum() else 0


def one_loop(nats, scored):
    total, n = 0, 0
    for loss, counts in zip(nats, scored, strict=True):
        if counts:
            total += loss
            n += 1
    return total / n if n else 0


def zeros_of_two(d_out, d_in, rank, rng):
    b = 1 / np.sqrt(d_in)
    return rng.uniform(-b, b, (rank, d_in)), np.zeros(d_out, rank)


def b_like_w(d_out, d_in, rank, rng):
    b = 1 / np.sqrt(d_in)
    return rng.uniform(-b, b, (rank, d_in)), np.zeros((d_out, d_in))


def len_of_x(x, W, A, B, alpha):
    return x @ W.T + alpha / len(x) * (x @ A.T @ B.T)


def dots(x, W, A, B, alpha):
    return np.dot(x, W.T) + alpha / len(A) * np.dot(np.dot(x, A), B)


def half_turned(x, W, A, B, alpha):
    return x @ W.T + alpha / len(A) * (x @ A.T) @ B


def dot(W, A, B, alpha):
    return W + alpha / len(A) * np.dot(A, B)


def token_it_has_seen(logits, ids, scored):
    log_probs = F.log_softmax(torch.tensor(logits), -1)
    return sum(log_probs[t, ids[t]] for t in range(len(ids) - 1) if scored[t + 1])


def largest_of_all(logits, ids, scored):
    z = logits - logits.max()
    p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return p[np.arange(len(ids) - 1), ids[1:]][scored[1:]].sum()


def sum_of_all(logits, ids, scored):
    z = logits - logits.max(-1, keepdims=True)
    p = z - np.log(np.exp(z).sum())
    return p[np.arange(len(ids) - 1), ids[1:]][scored[1:]].sum()


def slices(logits, ids, scored):
    z = logits - logits.max(-1, keepdims=True)
    p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return p[:-1, ids[1:]][:, scored[1:]].sum()


def no_keepdims(logits, ids, scored):
    z = logits - logits.max(-1)
    p = z - np.log(np.exp(z).sum(-1))
    return p[np.arange(len(ids) - 1), ids[1:]][scored[1:]].sum()


def logaddexp_of_1(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return np.logaddexp(1, -beta * margin)


def minus_too_many(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return -np.log(1 + np.exp(-beta * margin))


def logs_of_logs(chosen, rejected, ref_chosen, ref_rejected, beta):
    for_chosen = np.log(chosen) - np.log(ref_chosen)
    for_rejected = np.log(rejected) - np.log(ref_rejected)
    return np.logaddexp(0, -beta * (for_chosen - for_rejected))


def n_minus_1(log_probs, rewards):
    n = len(rewards)
    others = (rewards.sum() - rewards) / n - 1
    return -((rewards - others) * log_probs).mean()


def own_over_n_minus_1(log_probs, rewards):
    others = rewards.sum() - rewards / (len(rewards) - 1)
    return -((rewards - others) * log_probs).mean()


def no_brackets(log_probs, rewards):
    others = (rewards.sum() - rewards) / (len(rewards) - 1)
    return -(rewards - others * log_probs).mean()


def ln(log_probs, rewards):
    return math.fsum((rewards.mean() - rewards) * log_probs) / len(rewards)


SLIPS = {
    "render_chat": [
        ("prompt after each message", prompt_in_the_loop),
        ("line break after each message and the beginning", every_line),
        ("another template", chatml),
        ("first only", return_in_the_loop),
    ],
    "scored_tokens": [
        ("after the last mark", behind_the_last),
        ("marks left out", nothing_for_the_mark),
        ("first answer only, and an end is expected", two_indices),
        ("nothing", end_of_the_question),
    ],
    "masked_loss": [
        ("divided by len", over_len),
        ("mask in the count only", all_over_the_count),
        ("a batch in one loop", one_loop),
    ],
    "lora_start": [("two sizes for a shape", zeros_of_two), ("B is as large as W", b_like_w)],
    "lora_output": [
        ("rank from x", len_of_x),
        ("A and B not transposed, by np.dot", dots),
        ("B not transposed", half_turned),
    ],
    "merge_lora": [("A by B, with np.dot", dot)],
    "answer_log_prob": [
        ("token of the row", token_it_has_seen),
        ("largest of all", largest_of_all),
        ("sum over all", sum_of_all),
        ("every row with every token", slices),
        ("no axis kept", no_keepdims),
    ],
    "dpo_loss": [
        ("logaddexp with 1", logaddexp_of_1),
        ("no minus, and overflow", minus_too_many),
        ("logarithms of logarithms", logs_of_logs),
    ],
    "policy_loss": [
        ("brackets of n − 1", n_minus_1),
        ("brackets of the others", own_over_n_minus_1),
        ("brackets of the advantage", no_brackets),
        ("own reward included", ln),
    ],
}
MISTAKEN: dict = {}  # they stand in the modules of their exercises, with the other mistakes
