"""Mistakes with the loss's gradient and bits per byte, as readers of notebook 02 write them."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from tests.exercises.correct.language_modelling import softmax_shifted as softmax


def undivided(logits, targets):
    p = softmax(logits)
    p[np.arange(len(targets)), targets] -= 1
    return p


def of_the_sum(logits, targets):
    leaf = torch.tensor(logits, requires_grad=True)
    F.cross_entropy(leaf, torch.tensor(targets), reduction="sum").backward()
    return leaf.grad


def divided_by_everything(logits, targets):
    onehot = np.eye(logits.shape[1])[targets]
    return (softmax(logits) - onehot) / logits.size


def subtracted_last(logits, targets):
    gradient = softmax(logits) / len(targets)
    gradient[np.arange(len(targets)), targets] -= 1
    return gradient


def averaged_rows(logits, targets):
    onehot = np.eye(logits.shape[1])[targets]
    return (softmax(logits) - onehot).mean(axis=0)


def right_minus_p(logits, targets):
    rows = []
    for row, target in zip(logits, targets, strict=True):
        p = softmax(row)
        rows.append([((v == target) - p[v]) / len(logits) for v in range(len(row))])
    return rows


def probabilities(logits, targets):
    return softmax(logits) / len(logits)


def only_right_tokens(logits, targets):
    gradient = np.zeros(logits.shape)
    for n, target in enumerate(targets):
        gradient[n, target] = (softmax(logits[n])[target] - 1) / len(targets)
    return gradient


def all_the_columns(logits, targets):
    gradient = softmax(logits)
    gradient[:, targets] -= 1
    return gradient / len(targets)


def rows_named_by_targets(logits, targets):
    gradient = softmax(logits)
    for target in set(targets.tolist()):
        gradient[target] -= 1
    return gradient / len(targets)


def rows_named_by_targets_in_torch(logits, targets):
    p = torch.softmax(torch.tensor(logits), dim=-1)
    p[torch.tensor(targets)] -= 1
    return p / len(targets)


def scores_minus_one_hots(logits, targets):
    gradient = logits.astype(float)
    gradient[np.arange(len(targets)), targets] -= 1
    return gradient / len(targets)


def plain_powers(logits, targets):
    powers = np.exp(logits)
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(targets)), targets] -= 1
    return p / len(targets)


def softmax_down(logits, targets):
    p = torch.softmax(torch.tensor(logits), dim=0)
    return (p - F.one_hot(torch.tensor(targets), logits.shape[1])) / len(targets)


def one_over_p(logits, targets):
    gradient = np.zeros(logits.shape)
    rows = np.arange(len(targets))
    gradient[rows, targets] = -1 / softmax(logits)[rows, targets]
    return gradient / len(targets)


def p_times_one_minus_p(logits, targets):
    p = softmax(logits)
    return p * (1 - p) / len(targets)


def signs_in_the_middle(logits, targets):
    gradient = softmax(logits)
    gradient[np.arange(len(targets)), targets] += 1
    return gradient / len(targets)


def over_characters(losses, texts):
    return sum(map(np.sum, losses)) / sum(map(len, texts)) / math.log(2)


def over_tokens(losses, texts):
    return np.concatenate(losses).mean() / np.log(2)


def over_words(losses, texts):
    words = sum(len(text.split()) for text in texts)
    return sum(each.sum() for each in losses) / math.log(2) / words


def mean_of_texts(losses, texts):
    bits = 0
    for each, text in zip(losses, texts, strict=True):
        bits += each.sum() / math.log(2) / len(text.encode())
    return bits / len(texts)


def mean_of_means(losses, texts):
    size = len("".join(texts).encode())
    return sum(each.mean() for each in losses) / math.log(2) / size


def mean_of_all_tokens(losses, texts):
    size = sum(len(text.encode()) for text in texts)
    return np.concatenate(losses).mean() / math.log(2) / size


def mean_of_texts_means(losses, texts):
    pairs = zip(losses, texts, strict=True)
    return np.mean([each.mean() / len(text.encode()) for each, text in pairs]) / np.log(2)


def nats(losses, texts):
    return np.concatenate(losses).sum() / len("".join(texts).encode())


def times_ln_2(losses, texts):
    return np.concatenate(losses).sum() * math.log(2) / len("".join(texts).encode())


def bits_over_bits(losses, texts):
    bits = sum(each.sum() for each in losses) / np.log(2)
    return bits / sum(8 * len(text.encode()) for text in texts)


def returned_in_the_loop(losses, texts):
    for each, text in zip(losses, texts, strict=True):
        return each.sum() / math.log(2) / len(text.encode())


def overwritten_in_the_loop(losses, texts):
    for each, text in zip(losses, texts, strict=True):
        total = each.sum()
        size = len(text.encode())
    return total / math.log(2) / size


def added_up_by_text(losses, texts):
    pairs = zip(losses, texts, strict=True)
    return sum(each.sum() / len(text.encode()) for each, text in pairs) / math.log(2)


MISTAKEN = {
    "cross_entropy_gradient": [
        ("not averaged", undivided),
        ("not averaged", of_the_sum),
        ("averaged over all", divided_by_everything),
        ("only p averaged", subtracted_last),
        ("averaged rows", averaged_rows),
        ("sign", right_minus_p),
        ("only p", probabilities),
        ("only the target", only_right_tokens),
        ("every row", all_the_columns),
        ("whole rows", rows_named_by_targets),
        ("whole rows", rows_named_by_targets_in_torch),
        ("no softmax", scores_minus_one_hots),
        ("overflow", plain_powers),
        ("columns", softmax_down),
        ("by the probability", one_over_p),
        ("slope of softmax", p_times_one_minus_p),
        ("plus", signs_in_the_middle),
    ],
    "bits_per_byte_of_texts": [
        ("characters", over_characters),
        ("tokens", over_tokens),
        ("words", over_words),
        ("mean of the texts", mean_of_texts),
        ("mean of the tokens", mean_of_means),
        ("mean of all tokens", mean_of_all_tokens),
        ("mean of the texts + mean of the tokens", mean_of_texts_means),
        ("nats", nats),
        ("nats the wrong way", times_ln_2),
        ("eight", bits_over_bits),
        ("first text", returned_in_the_loop),
        ("last text", overwritten_in_the_loop),
        ("sum of the texts", added_up_by_text),
    ],
}
