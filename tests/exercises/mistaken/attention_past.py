"""Mistakes in multi-head causal self-attention, notebook 03, as readers write them."""

import math

import numpy as np

from aigc_lab.exercises.bank import find

causal_mask = find("causal_mask").reference
split_heads = find("split_heads").reference
attention = find("attention").reference


def merged_heads(mixture):
    *front, H, T, D = mixture.shape
    return np.swapaxes(mixture, -2, -3).reshape(*front, T, H * D)


def layer(
    tokens=lambda x: x.shape[-2],
    mask=causal_mask,
    cut=split_heads,
    attend=attention,
    merge=merged_heads,
):
    """The layer as the notebook lists its five steps, with one of them written otherwise."""

    def attend_to_the_past(x, w_q, w_k, w_v, w_o, n_head):
        T = tokens(x)
        q, k, v = cut(x @ w_q, n_head), cut(x @ w_k, n_head), cut(x @ w_v, n_head)
        mixture = attend(q, k, v, mask(T, T))[0]
        return merge(mixture) @ w_o

    return attend_to_the_past


def with_matrices(change):
    """The layer with other matrices than those it was given; they are square."""

    def attend_to_the_past(x, w_q, w_k, w_v, w_o, n_head):
        matrices = change(w_q, w_k, w_v, w_o, np.eye(x.shape[-1]))
        return layer()(x, *matrices, n_head)

    return attend_to_the_past


def softmax(scores):
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def scored(divisor):
    """Attention written out, with another divisor; it takes the heads' width D."""

    def attend(q, k, v, mask):
        scores = np.einsum("...qd,...kd->...qk", q, k) / divisor(q)
        return softmax(np.where(mask, scores, -np.inf)) @ v, None

    return attend


def divided_by_the_model_width(x, w_q, w_k, w_v, w_o, n_head):
    q, k, v = (split_heads(x @ w, n_head) for w in (w_q / math.sqrt(x.shape[-1]), w_k, w_v))
    T = x.shape[-2]
    scores = np.where(np.tri(T, dtype=bool), q @ np.swapaxes(k, -1, -2), -np.inf)
    return merged_heads(softmax(scores) @ v) @ w_o


def never_split(x, w_q, w_k, w_v, w_o, n_head):
    T = x.shape[-2]
    return attention(x @ w_q, x @ w_k, x @ w_v, causal_mask(T, T))[0] @ w_o


def every_head_by_itself(x, w_q, w_k, w_v, w_o, n_head):
    """A loop over heads that stacks their mixtures on a last axis before gluing them."""
    T, C = x.shape[-2:]
    heads = []
    for h in range(n_head):
        own = slice(h * C // n_head, (h + 1) * C // n_head)
        q, k, v = x @ w_q[:, own], x @ w_k[:, own], x @ w_v[:, own]
        heads.append(attention(q, k, v, causal_mask(T, T))[0])
    return np.stack(heads, axis=-1).reshape(x.shape) @ w_o


def straight_to_the_shape(x, n_head):
    *front, T, C = x.shape
    return x.reshape(*front, n_head, T, C // n_head)


def every_other_feature(x, n_head):
    return np.stack([x[..., head::n_head] for head in range(n_head)], axis=-3)


def reshaped_at_once(mixture):
    *front, H, T, D = mixture.shape
    return mixture.reshape(*front, T, H * D)


def heads_to_the_end(mixture):
    *front, H, T, D = mixture.shape
    return np.moveaxis(mixture, -3, -1).reshape(*front, T, H * D)


def last_two_exchanged(mixture):
    *front, H, T, D = mixture.shape
    return np.swapaxes(mixture, -1, -2).reshape(*front, T, H * D)


def with_x_added(x, w_q, w_k, w_v, w_o, n_head):
    return x + layer()(x, w_q, w_k, w_v, w_o, n_head)


def without_w_o(x, w_q, w_k, w_v, w_o, n_head):
    return layer()(x, w_q, w_k, w_v, np.eye(x.shape[-1]), n_head)


def one_text(x):
    T, _C = x.shape
    return T


def one_batch(x):
    _B, T, _C = x.shape
    return T


def strict(t_q, t_k):
    return np.tri(t_q, t_k, -1, dtype=bool)


MISTAKEN = {
    "attend_to_the_past": [
        ("no_mask", layer(mask=lambda t_q, t_k: None)),
        ("no_mask", layer(mask=lambda t_q, t_k: np.ones((t_q, t_k), dtype=bool))),
        ("strict", layer(mask=strict)),
        ("future", layer(mask=lambda t_q, t_k: np.triu(np.ones((t_q, t_k), dtype=bool)))),
        ("future", layer(mask=lambda t_q, t_k: causal_mask(t_q, t_k).T)),
        ("model_width", divided_by_the_model_width),
        ("no_scale", layer(attend=scored(lambda q: 1))),
        ("one_head", never_split),
        ("cut_view", layer(cut=straight_to_the_shape)),
        ("cut_strided", layer(cut=every_other_feature)),
        ("merge_view", layer(merge=reshaped_at_once)),
        ("merge_strided", layer(merge=heads_to_the_end)),
        ("merge_strided", every_head_by_itself),
        ("no_output_matrix", without_w_o),
        ("residual", with_x_added),
        ("q_and_k", with_matrices(lambda q, k, v, o, one: (k, q, v, o))),
        ("k_and_v", with_matrices(lambda q, k, v, o, one: (q, v, k, o))),
        ("only_q", with_matrices(lambda q, k, v, o, one: (q, q, v, o))),
        ("no_values", with_matrices(lambda q, k, v, o, one: (q, k, one, o))),
        ("turned_matrices", with_matrices(lambda q, k, v, o, one: (q.T, k.T, v.T, o.T))),
        ("len", layer(tokens=len)),
        ("second", layer(tokens=lambda x: x.shape[1])),
        ("two_axes", layer(tokens=one_text)),
        ("three_axes", layer(tokens=one_batch)),
        ("inverted", layer(mask=lambda t_q, t_k: ~causal_mask(t_q, t_k))),
        ("peek", layer(mask=lambda t_q, t_k: np.tri(t_q, t_k, 1, dtype=bool))),
        ("twice_scaled", layer(attend=lambda q, *rest: attention(q / q.shape[-1] ** 0.5, *rest))),
        ("twice_scaled", layer(attend=scored(lambda q: q.shape[-1]))),
        ("turned_output", with_matrices(lambda q, k, v, o, one: (q, k, v, o.T))),
        ("merge_last_two", layer(merge=last_two_exchanged)),
    ],
}
