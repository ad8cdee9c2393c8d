"""Mistakes with the rows that learn, as readers of notebook 01 write them."""

import numpy as np


def indices_at_once(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    table[ids] += upstream
    return table


def assigned(ids, upstream, vocab_size):
    B, T, C = upstream.shape
    table = np.zeros((vocab_size, C))
    for b in range(B):
        for t in range(T):
            table[ids[b, t]] = upstream[b, t]
    return table


def indices_of_a_text_at_once(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for b in range(len(ids)):
        table[ids[b]] += upstream[b]
    return table


def mean_of_places(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for v in range(vocab_size):
        here = upstream[ids == v]
        if len(here):
            table[v] = here.mean(axis=0)
    return table


def over_all_positions(ids, upstream, vocab_size):
    B, T, C = upstream.shape
    X = np.eye(vocab_size)[ids].reshape(B * T, vocab_size)
    return X.T @ upstream.reshape(B * T, C) / (B * T)


def over_positions_of_a_text(ids, upstream, vocab_size):
    return summed(ids, upstream, vocab_size) / ids.shape[1]


def over_texts(ids, upstream, vocab_size):
    X = np.eye(vocab_size)[ids]
    return np.mean(X.transpose(0, 2, 1) @ upstream, axis=0)


def subtracted(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for b, t in np.ndindex(ids.shape):
        table[ids[b, t]] -= upstream[b, t]
    return table


def rows_of_a_dict(ids, upstream, vocab_size):
    rows = {}
    for b, t in np.ndindex(ids.shape):
        rows[ids[b, t]] = rows.get(ids[b, t], 0) + upstream[b, t]
    return np.array([rows[v] for v in sorted(rows)])


def only_the_first(ids, upstream, vocab_size):
    X = np.eye(vocab_size)[ids[0]]
    return X.T @ upstream[0]


def a_table_each(ids, upstream, vocab_size):
    X = np.eye(vocab_size)[ids]
    return np.einsum("btv,btc->bvc", X, upstream)


def the_whole_table(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for b, t in np.ndindex(ids.shape):
        table += upstream[b, t]
    return table


def how_often(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for b, t in np.ndindex(ids.shape):
        table[ids[b, t]] += 1
    return table


def row_of_the_position(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            table[t] += upstream[b, t]
    return table


def columns(ids, upstream, vocab_size):
    table = np.zeros((upstream.shape[-1], vocab_size))
    for b, t in np.ndindex(ids.shape):
        table[:, ids[b, t]] += upstream[b, t]
    return table


def columns_by_einsum(ids, upstream, vocab_size):
    return np.einsum("btv,btc->cv", np.eye(vocab_size)[ids], upstream)


def summed(ids, upstream, vocab_size):
    """What is asked for."""
    return np.einsum("btv,btc->vc", np.eye(vocab_size)[ids], upstream)


MISTAKEN = {
    "embedding_gradient": [
        ("overwritten", indices_at_once),
        ("overwritten", assigned),
        ("overwritten_in_a_text", indices_of_a_text_at_once),
        ("averaged", mean_of_places),
        ("divided", over_all_positions),
        ("divided_by_length", over_positions_of_a_text),
        ("divided_by_texts", over_texts),
        ("minus", subtracted),
        ("used_rows_only", rows_of_a_dict),
        ("first_text", only_the_first),
        ("table_for_each_text", a_table_each),
        ("everywhere", the_whole_table),
        ("counts", how_often),
        ("by_position", row_of_the_position),
        ("transposed", columns),
        ("transposed", columns_by_einsum),
    ],
}
