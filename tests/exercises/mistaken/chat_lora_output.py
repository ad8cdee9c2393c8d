"""Notebook 11: mistakes with the output of a layer with an adapter, as readers write them."""

import math

import numpy as np
import torch

from tests.exercises.mistaken.chat_slips import SLIPS


def scaled(factor):
    """The layer's output, with another factor before the adapter."""

    def function(x, W, A, B, alpha):
        return x @ W.T + factor(alpha, A, B) * (x @ A.T @ B.T)

    return function


def scale_at_both(x, W, A, B, alpha):
    scale = alpha / len(A)
    return x @ W.T + (scale * (x @ A.T)) @ (scale * B.T)


def w_as_it_is(x, W, A, B, alpha):
    return x @ W + alpha / A.shape[0] * (x @ A.T @ B.T)


def w_first(x, W, A, B, alpha):
    return W @ x + alpha / A.shape[0] * (x @ A.T @ B.T)


def all_first(x, W, A, B, alpha):
    return W @ x + alpha / A.shape[0] * (B @ (A @ x))


def adapter_first(x, W, A, B, alpha):
    return x @ W.T + alpha / A.shape[0] * (B @ (A @ x))


def no_transpose(x, W, A, B, alpha):
    return x @ W.T + alpha / A.shape[0] * (x @ A @ B)


def b_before_a(x, W, A, B, alpha):
    return x @ W.T + alpha / A.shape[0] * (x @ B.T @ A.T)


def b_before_a_as_they_are(x, W, A, B, alpha):
    return x @ W.T + alpha / A.shape[0] * (x @ B @ A)


def a_by_b(x, W, A, B, alpha):
    return x @ W.T + alpha / A.shape[0] * (x @ (A @ B).T)


def a_by_b_in_w(x, W, A, B, alpha):
    merged = W + (alpha / A.shape[0]) * A @ B
    return x @ merged.T


def merged_not_turned(x, W, A, B, alpha):
    return x @ (W + alpha / A.shape[0] * (B @ A))


def behind_the_layer(x, W, A, B, alpha):
    y = x @ W.T
    return y + alpha / A.shape[0] * (y @ A.T @ B.T)


def brackets(x, W, A, B, alpha):
    return alpha / A.shape[0] * (x @ W.T + x @ A.T @ B.T)


def wrong_part(x, W, A, B, alpha):
    return alpha / A.shape[0] * (x @ W.T) + x @ A.T @ B.T


def mixed(x, W, A, B, alpha):
    t = alpha / A.shape[0]
    return (1 - t) * (x @ W.T) + t * (x @ A.T @ B.T)


def middle(x, W, A, B, alpha):
    return (x @ W.T + alpha / A.shape[0] * (x @ A.T @ B.T)) / 2


def minus(x, W, A, B, alpha):
    return x @ W.T - alpha / A.shape[0] * (x @ A.T @ B.T)


def times(x, W, A, B, alpha):
    return (x @ W.T) * (alpha / A.shape[0] * (x @ A.T @ B.T))


def without_w(x, W, A, B, alpha):
    low = torch.nn.functional.linear(torch.tensor(x), torch.tensor(A))
    return torch.nn.functional.linear(low, torch.tensor(B)) * alpha / len(A)


def without_adapter(x, W, A, B, alpha):
    return np.einsum("...i,oi->...o", x, W)


def merged_and_added(x, W, A, B, alpha):
    scale = alpha / len(A)
    return x @ (W + scale * B @ A).T + scale * (x @ A.T @ B.T)


def turned_output(x, W, A, B, alpha):
    return (x @ W.T + alpha / A.shape[0] * (x @ A.T @ B.T)).T


FACTORS = {
    "no scale": lambda alpha, A, B: 1,
    "alpha alone": lambda alpha, A, B: alpha,
    "rank alone": lambda alpha, A, B: 1 / A.shape[0],
    "divided by alpha alone": lambda alpha, A, B: 1 / alpha,
    "upside down": lambda alpha, A, B: len(A) / alpha,
    "times the rank": lambda alpha, A, B: alpha * len(A),
    "root of the rank": lambda alpha, A, B: alpha / math.sqrt(B.shape[1]),
    "whole numbers": lambda alpha, A, B: alpha // len(A),
    "rank from d_in": lambda alpha, A, B: alpha / A.shape[1],
    "rank from d_out": lambda alpha, A, B: alpha / len(B),
}

MISTAKEN = {
    "lora_output": [
        *SLIPS["lora_output"],
        *((name, scaled(factor)) for name, factor in FACTORS.items()),
        ("scaled twice", scale_at_both),
        ("W not transposed", w_as_it_is),
        ("x on the right", w_first),
        ("x on the right", all_first),
        ("x on the right", adapter_first),
        ("A and B not transposed, or exchanged", no_transpose),
        ("A and B not transposed, or exchanged", b_before_a),
        ("A and B not transposed, B first", b_before_a_as_they_are),
        ("A by B", a_by_b),
        ("A by B, added to W", a_by_b_in_w),
        ("nothing transposed", merged_not_turned),
        ("after the layer", behind_the_layer),
        ("everything scaled", brackets),
        ("frozen part scaled", wrong_part),
        ("blended", mixed),
        ("average", middle),
        ("difference", minus),
        ("product", times),
        ("adapter alone", without_w),
        ("layer alone", without_adapter),
        ("added twice", merged_and_added),
        ("output turned", turned_output),
    ],
}
