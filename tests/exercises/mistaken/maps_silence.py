"""Mistakes with silencing a head, as readers of notebook 10 write them."""

import numpy as np
import torch


def zeroed(index):
    """Set what `index` of (width, n_head, head) names to 0, in a copy."""

    def function(merged, n_head, head):
        silent = merged.copy()
        silent[index(merged.shape[1] // n_head, n_head, head)] = 0
        return silent

    return function


def columns(begin_end):
    return zeroed(lambda d, n, h: np.s_[:, slice(*begin_end(d, n, h))])


def in_place(merged, n_head, head):
    d = merged.shape[1] // n_head
    merged[:, head * d : (head + 1) * d] = 0
    return merged


def reshape_is_no_copy(merged, n_head, head):
    heads = merged.reshape(len(merged), n_head, -1)
    heads[:, head] = 0
    return heads.reshape(merged.shape)


def tensor_of_the_same_memory(merged, n_head, head):
    heads = torch.as_tensor(merged).view(len(merged), n_head, -1)
    heads[:, head, :] = 0.0
    return heads.flatten(1)


def view_in_place(merged, n_head, head):
    merged.reshape(n_head, len(merged), -1)[head] = 0
    return merged


def split_first_axis(merged, n_head, head):
    length, width = merged.shape
    heads = merged.copy().reshape(n_head, length, width // n_head)
    heads[head] = 0
    return heads.reshape(length, width)


def torch_view(merged, n_head, head):
    heads = torch.tensor(merged).view(n_head, len(merged), -1)
    heads[head].zero_()
    return heads.view(len(merged), -1)


def length_of_the_array(merged, n_head, head):
    d = len(merged) // n_head
    out = merged.copy()
    out[:, head * d : (head + 1) * d] = 0
    return out


def split_then_first(merged, n_head, head):
    length, width = merged.shape
    heads = merged.reshape(length, n_head, width // n_head).copy()
    heads[head] = 0
    return heads.reshape(length, width)


def strided_reshape(merged, n_head, head):
    length, width = merged.shape
    heads = merged.reshape(length, width // n_head, n_head).copy()
    heads[:, :, head] = 0
    return heads.reshape(length, width)


def modulo(merged, n_head, head):
    return np.where(np.arange(merged.shape[1]) % n_head == head, 0, merged)


def split_rows(merged, n_head, head):
    parts = np.split(merged.copy(), n_head)
    parts[head][:] = 0
    return np.concatenate(parts)


def floats(merged, n_head, head):
    d = merged.shape[-1] / n_head
    out = merged.copy()
    out[:, d * head : d * (head + 1)] = 0
    return out


def kept_only(merged, n_head, head):
    d = merged.shape[1] // n_head
    out = np.zeros_like(merged)
    out[:, head * d : (head + 1) * d] = merged[:, head * d : (head + 1) * d]
    return out


def inverted_mask(merged, n_head, head):
    mask = torch.zeros(n_head, 1)
    mask[head] = 1
    return (torch.as_tensor(merged).reshape(len(merged), n_head, -1) * mask).reshape(merged.shape)


def filled(value):
    def function(merged, n_head, head):
        d = merged.shape[1] // n_head
        out = merged.copy()
        out[:, head * d : (head + 1) * d] = value
        return out

    return function


def averaged(merged, n_head, head):
    d = merged.shape[1] // n_head
    out = merged.copy()
    for column in range(head * d, (head + 1) * d):
        out[:, column] = out[:, column].mean()
    return out


def like_dropout(merged, n_head, head):
    d = merged.shape[1] // n_head
    out = merged * n_head / (n_head - 1)
    out[:, head * d : (head + 1) * d] = 0
    return out


def not_merged(merged, n_head, head):
    heads = merged.reshape(len(merged), n_head, -1).copy()
    heads[:, head] = 0
    return heads


def heads_first(merged, n_head, head):
    heads = merged.reshape(len(merged), n_head, -1).transpose(1, 0, 2).copy()
    heads[head] = 0
    return heads


def deleted(merged, n_head, head):
    d = merged.shape[1] // n_head
    return np.delete(merged, np.arange(head * d, (head + 1) * d), axis=1)


def joined_rest(merged, n_head, head):
    parts = np.split(merged, n_head, axis=-1)
    return np.concatenate(parts[:head] + parts[head + 1 :], axis=-1)


def just_the_head(merged, n_head, head):
    return np.split(merged, n_head, axis=1)[head]


def only_zeros(merged, n_head, head):
    d = merged.shape[1] // n_head
    out = merged[:, head * d : (head + 1) * d].copy()
    out[:] = 0
    return out


def copy_silenced(merged, n_head, head):
    d = merged.shape[1] // n_head
    silent = merged.copy()
    silent[:, head * d : (head + 1) * d] = 0
    return merged


def fancy_copy(merged, n_head, head):
    heads = torch.as_tensor(merged).unflatten(-1, (n_head, -1))
    heads[:, [head]].zero_()
    return heads.flatten(-2)


MISTAKEN = {
    "silence_head": [
        ("input changed", in_place),
        ("input changed", reshape_is_no_copy),
        ("input changed", tensor_of_the_same_memory),
        ("input changed + cut without exchange", view_in_place),
        ("rows", zeroed(lambda d, n, h: slice(h * d, (h + 1) * d))),
        ("one token", zeroed(lambda d, n, h: h)),
        ("one token", split_then_first),
        ("cut without exchange", split_first_axis),
        ("cut without exchange", torch_view),
        ("tokens split", split_rows),
        ("fractions", floats),
        ("in turn", zeroed(lambda d, n, h: np.s_[:, h::n])),
        ("in turn", strided_reshape),
        ("in turn", modulo),
        ("one column", zeroed(lambda d, n, h: np.s_[:, h])),
        ("first of its columns", zeroed(lambda d, n, h: np.s_[:, h * d])),
        ("n_head columns", columns(lambda d, n, h: (h * n, (h + 1) * n))),
        ("width from the tokens", length_of_the_array),
        ("starts at the head's number", columns(lambda d, n, h: (h, h + d))),
        ("starts at head times n_head", columns(lambda d, n, h: (h * n, h * n + d))),
        ("ends at D", columns(lambda d, n, h: (h * d, d))),
        ("to the end", columns(lambda d, n, h: (h * d, None))),
        ("up to the end", columns(lambda d, n, h: (None, (h + 1) * d))),
        ("one column short", columns(lambda d, n, h: (h * d, (h + 1) * d - 1))),
        ("one column more", columns(lambda d, n, h: (h * d, (h + 1) * d + 1))),
        ("heads from 1", columns(lambda d, n, h: (max(h - 1, 0) * d, h * d))),
        ("heads from 1", zeroed(lambda d, n, h: np.s_[:, [*range(h * d - d, h * d)] if h else []])),
        ("from behind", columns(lambda d, n, h: ((n - h - 1) * d, (n - h) * d))),
        ("all others", kept_only),
        ("all others", inverted_mask),
        ("minus infinity", filled(float("-inf"))),
        ("mean over tokens", averaged),
        ("ones", filled(1)),
        ("scaled up", like_dropout),
        ("heads apart", not_merged),
        ("heads in front", heads_first),
        ("removed", deleted),
        ("removed", joined_rest),
        ("the head alone", just_the_head),
        ("its zeros", only_zeros),
        ("untouched", copy_silenced),
        ("untouched", fancy_copy),
    ],
}
