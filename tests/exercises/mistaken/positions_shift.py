"""Mistakes in moving positions on and in adding them, notebook 04, as readers write them."""

import numpy as np


def moved_by(block, angle=lambda k, i, width: k / 10000 ** (2 * i / width), step=2):
    """A shift matrix with this block of a cosine and a sine for each hand."""

    def shift_matrix(k, width):
        matrix = np.zeros((width, width))
        for i in range(width // 2):
            at, beta = step * i, angle(k, i, width)
            matrix[at : at + 2, at : at + 2] = block(np.cos(beta), np.sin(beta))
        return matrix

    return shift_matrix


def right(c, s):
    return [[c, s], [-s, c]]


def four_numbers(k, width):
    """The rotation of school, (cosine, sine), cell by cell."""
    M = np.eye(width)
    for j in range(0, width, 2):
        w = k * 10000 ** (-j / width)
        M[j, j] = M[j + 1, j + 1] = np.cos(w)
        M[j, j + 1], M[j + 1, j] = -np.sin(w), np.sin(w)
    return M


def in_halves(k, width):
    half = width // 2
    beta = k / 10000 ** (np.arange(half) * 2 / width)
    c, s = np.diag(np.cos(beta)), np.diag(np.sin(beta))
    return np.block([[c, s], [-s, c]])


def added(rows, how=lambda x, rows: x + rows, check=lambda end, table: end > len(table)):
    """add_positions that takes its rows in this way, with a check of where they end."""

    def add_positions(x, table, offset=0):
        T = x.shape[-2]
        if check(offset + T, table):
            raise ValueError("past the end of the table")
        return how(x, rows(table, offset, T))

    return add_positions


def slice_of(table, offset, T):
    return table[offset : offset + T]


def never(end, table):
    return False


def only_the_length_checked(x, table, offset=0):
    length = x.shape[-2]
    if length > len(table):
        raise ValueError("too long")
    return x + table[offset : offset + length]


def only_the_offset_checked(x, table, offset=0):
    if offset >= len(table):
        raise ValueError("too long")
    return x + table[offset : offset + x.shape[-2]]


def length_of_the_batch(x, table, offset=0):
    if offset + len(x) > len(table):
        raise ValueError("too long")
    return x + table[offset : offset + len(x)]


def one_token_at_a_time(x, table, offset=0):
    """A loop over the first axis, which in a batch counts the texts."""
    out = x.copy()
    for t in range(len(x)):
        if offset + t >= len(table):
            raise ValueError("past the end of the table")
        out[t] = x[t] + table[offset + t]
    return out


def counted(tokens):
    """add_positions that reads the number of tokens off x in this way."""

    def add_positions(x, table, offset=0):
        T = tokens(x)
        if offset + T > len(table):
            raise ValueError(f"only {len(table)} positions")
        return x + table[offset : offset + T]

    return add_positions


def one_text(x):
    T, _C = x.shape
    return T


def one_batch(x):
    _B, T, _C = x.shape
    return T


def the_offset_forgotten(x, table, offset=0):
    if x.shape[-2] > len(table):
        raise ValueError("past the end of the table")
    return x + table[: x.shape[-2]]


MISTAKEN = {
    "shift_matrix": [
        ("backwards", moved_by(lambda c, s: [[c, -s], [s, c]])),
        ("backwards", four_numbers),
        ("backwards", lambda k, width: moved_by(right)(-k, width)),
        ("no minus", moved_by(lambda c, s: [[c, s], [s, c]])),
        ("second row in reading order", moved_by(lambda c, s: [[c, s], [c, -s]])),
        ("first row swapped", moved_by(lambda c, s: [[s, c], [-s, c]])),
        ("both rows swapped", moved_by(lambda c, s: [[s, c], [c, -s]])),
        ("always one step", moved_by(right, lambda k, i, width: 10000 ** (-2 * i / width))),
        ("one speed", moved_by(right, lambda k, i, width: k)),
        ("exponent i/C", moved_by(right, lambda k, i, width: k / 10000 ** (i / width))),
        ("exponent 4i/C", moved_by(right, lambda k, i, width: k / 10000 ** (4 * i / width))),
        (
            "times instead of divided",
            moved_by(right, lambda k, i, width: k * 10000 ** (2 * i / width)),
        ),
        ("overlapping blocks", moved_by(right, step=1)),
        ("halves", in_halves),
        ("features slid", lambda k, width: np.eye(width, k=k)),
        ("features rolled", lambda k, width: np.roll(np.eye(width), k, axis=1)),
        ("backwards + no minus", moved_by(lambda c, s: [[c, -s], [-s, c]])),
    ],
    "add_positions": [
        ("offset forgotten", the_offset_forgotten),
        ("offset only checked", added(lambda table, o, T: table[:T])),
        ("offset counted in blocks", added(lambda table, o, T: table[o * T : o * T + T])),
        ("offset backwards", added(lambda table, o, T: table[np.arange(T) - o])),
        ("one too far", added(lambda table, o, T: table[o + 1 : o + T + 1])),
        (
            "one too far + last row refused",
            added(lambda table, o, T: table[o + 1 : o + T + 1], check=lambda e, t: e + 1 > len(t)),
        ),
        ("one row for all", added(lambda table, o, T: table[o])),
        ("from offset to T", added(lambda table, o, T: table[o:T])),
        ("reversed", added(lambda table, o, T: table[o : o + T][::-1])),
        ("along the batch", one_token_at_a_time),
        ("len(x)", length_of_the_batch),
        ("second axis", counted(lambda x: x.shape[1])),
        ("two axes", counted(one_text)),
        ("three axes", counted(one_batch)),
        ("position instead of token", added(slice_of, lambda x, rows: rows)),
        ("multiplied", added(slice_of, lambda x, rows: x * rows)),
        ("joined", added(slice_of, lambda x, rows: np.concatenate((x, 0 * x + rows), axis=-1))),
        ("slice not checked", only_the_length_checked),
        ("slice not checked", added(slice_of, check=never)),
        ("only the offset checked", only_the_offset_checked),
        ("last row refused", added(slice_of, check=lambda end, table: end >= len(table))),
        ("one too many accepted", added(slice_of, check=lambda end, t: end - 1 > len(t))),
        ("index not checked", added(lambda t, o, T: t[np.arange(o, o + T)], check=never)),
        ("wraps round", added(lambda t, o, T: t[np.arange(o, o + T) % len(t)], check=never)),
        (
            "last row again",
            added(lambda t, o, T: t[np.minimum(np.arange(o, o + T), len(t) - 1)], check=never),
        ),
    ],
}
