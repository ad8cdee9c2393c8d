"""Mistakes of notebook 04 as readers write them, each with the name it should get."""

import numpy as np


def moved_by(block):
    """A shift matrix with this block of a cosine and a sine for each hand."""

    def shift_matrix(k, width):
        matrix = np.zeros((width, width))
        for i in range(0, width, 2):
            angle = k / 10000 ** (i / width)
            matrix[i : i + 2, i : i + 2] = block(np.cos(angle), np.sin(angle))
        return matrix

    return shift_matrix


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


def pairs_of_one_head(x, base=10000.0):
    T, D = x.shape
    angles = np.arange(T)[:, None] / base ** (np.arange(0, D, 2) / D)
    c, s = np.cos(angles), np.sin(angles)
    turned = np.empty(x.shape)
    turned[:, ::2] = x[:, ::2] * c - x[:, 1::2] * s
    turned[:, 1::2] = x[:, ::2] * s + x[:, 1::2] * c
    return turned


def halves(x, angles):
    c, s = np.cos(angles), np.sin(angles)
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate((a * c - b * s, b * c + a * s), axis=-1)


def halves_of_one_head(x, base=10000.0, offset=0):
    T, D = x.shape
    t = np.arange(offset, offset + T)[:, None]
    return halves(x, t / base ** (np.arange(0, D, 2) / D))


def every_other_pair(x, base=10000.0, offset=0):
    T, D = x.shape[-2:]
    t = np.arange(offset, offset + T)[:, None]
    return halves(x, t / base ** (np.arange(0, D // 2, 2) / D))


MISTAKEN = {
    "shift_matrix": [
        ("second row in reading order", moved_by(lambda c, s: [[c, s], [c, -s]])),
        ("first row swapped", moved_by(lambda c, s: [[s, c], [-s, c]])),
        ("both rows swapped", moved_by(lambda c, s: [[s, c], [c, -s]])),
    ],
    "add_positions": [
        ("slice not checked", only_the_length_checked),
        ("only the offset checked", only_the_offset_checked),
        ("len(x)", length_of_the_batch),
    ],
    "rotate_pairs": [("no axes in front", pairs_of_one_head)],
    "rotate_halves": [
        ("no axes in front", halves_of_one_head),
        ("every other pair", every_other_pair),
    ],
}
