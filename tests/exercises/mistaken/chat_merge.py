"""Notebook 11: mistakes in merging an adapter, as readers write them."""

import math

import numpy as np
import torch

from tests.exercises.mistaken.chat_slips import SLIPS


def scaled(factor):
    """The merged matrix, with another factor before the adapter."""

    def function(W, A, B, alpha):
        return W + factor(alpha, A, B) * (B @ A)

    return function


def scaled_at_both(W, A, B, alpha):
    scale = alpha / len(A)
    return W + (scale * B) @ (scale * A)


def a_by_b(W, A, B, alpha):
    return W + alpha / A.shape[0] * (A @ B)


def product_turned(W, A, B, alpha):
    return W + alpha / A.shape[0] * (B @ A).T


def product_of_transposed(W, A, B, alpha):
    return W + alpha / A.shape[0] * (A.T @ B.T)


def as_in_the_output(W, A, B, alpha):
    return W + alpha / len(A) * (B @ A.T)


def a_t_by_b(W, A, B, alpha):
    return W + alpha / A.shape[0] * (A.T @ B)


def a_star(W, A, B, alpha):
    return W + alpha / A.shape[0] * (B * A)


def one_outer(W, A, B, alpha):
    return W + alpha / A.shape[0] * np.outer(B[:, 0], A[0])


def brackets(W, A, B, alpha):
    return alpha / A.shape[0] * (W + B @ A)


def wrong_part(W, A, B, alpha):
    return alpha / len(A) * W + B @ A


def taken_out(W, A, B, alpha):
    return W - alpha / len(A) * (B @ A)


def change_alone(W, A, B, alpha):
    return torch.tensor(B) @ torch.tensor(A) * alpha / len(A)


def times(W, A, B, alpha):
    return W * (alpha / len(A) * (B @ A))


def w_at_the_change(W, A, B, alpha):
    return W @ (alpha / len(A) * (B @ A))


def middle(W, A, B, alpha):
    return (W + alpha / len(A) * B @ A) / 2


def merged_twice(W, A, B, alpha):
    change = alpha / len(A) * B @ A
    merged = W + change
    return merged + change


def forgotten(W, A, B, alpha):
    change = alpha / len(A) * B @ A
    np.add(W, change)
    return W


def for_x_on_the_left(W, A, B, alpha):
    return (W + alpha / len(A) * B @ A).T


def plus_equals(W, A, B, alpha):
    W += alpha / len(A) * (B @ A)
    return W


def another_name(W, A, B, alpha):
    merged = W
    merged += alpha / len(A) * B @ A
    return merged


def shared_memory(W, A, B, alpha):
    merged = torch.from_numpy(W)
    merged.add_(torch.from_numpy(B) @ torch.from_numpy(A), alpha=alpha / len(A))
    return merged


def nothing_returned(W, A, B, alpha):
    W += alpha / len(A) * (B @ A)


MISTAKEN = {
    "merge_lora": [
        *SLIPS["merge_lora"],
        ("no scale", scaled(lambda alpha, A, B: 1)),
        ("alpha alone", scaled(lambda alpha, A, B: alpha)),
        ("rank alone", scaled(lambda alpha, A, B: 1 / A.shape[0])),
        ("divided by alpha alone", scaled(lambda alpha, A, B: 1 / alpha)),
        ("upside down", scaled(lambda alpha, A, B: A.shape[0] / alpha)),
        ("times the rank", scaled(lambda alpha, A, B: alpha * A.shape[0])),
        ("root of the rank", scaled(lambda alpha, A, B: alpha / math.sqrt(A.shape[0]))),
        ("whole numbers", scaled(lambda alpha, A, B: alpha // A.shape[0])),
        ("rank from d_in", scaled(lambda alpha, A, B: alpha / A.shape[1])),
        ("rank from d_out", scaled(lambda alpha, A, B: alpha / B.shape[0])),
        ("rank from d_out", scaled(lambda alpha, A, B: alpha / len(B))),
        ("scaled twice", scaled_at_both),
        ("A by B", a_by_b),
        ("product turned", product_turned),
        ("product turned", product_of_transposed),
        ("A turned", as_in_the_output),
        ("A turned, by B", a_t_by_b),
        ("number by number", a_star),
        ("first of the ranks", one_outer),
        ("everything scaled", brackets),
        ("W scaled", wrong_part),
        ("difference", taken_out),
        ("adapter alone", change_alone),
        ("product", times),
        ("matrix product", w_at_the_change),
        ("average", middle),
        ("added twice", merged_twice),
        ("W alone", forgotten),
        ("answer turned", for_x_on_the_left),
        ("in place", plus_equals),
        ("in place", another_name),
        ("in place", shared_memory),
        ("in place, nothing returned", nothing_returned),
        ("no scale + in place", lambda W, A, B, alpha: np.add(W, B @ A, out=W)),
    ],
}
