"""Mistakes in the order of tokens and the sinusoidal table, notebook 04, as readers write them."""

import math

import numpy as np


def gap_of(
    measure, inside=lambda f, x, order: f(x[order]), outside=lambda f, x, order: f(x)[order]
):
    """The exercise with both sides of the equation, and how they are compared, as given."""
    return lambda f, x, order: measure(inside(f, x, order) - outside(f, x, order))


def largest(difference):
    return np.abs(difference).max()


def in_a_loop(f, x, order):
    shuffled, result = f(x[order]), f(x)
    most = 0.0
    for row in range(len(x)):
        for column in range(x.shape[1]):
            most = max(most, shuffled[row, column] - result[order[row], column])
    return most


def undone_on_the_way_out(f, x, order):
    return np.abs(f(x[order])[order] - f(x)).max()


def undone_by_argsort(f, x, order):
    return np.abs(f(x[order]) - f(x)[np.argsort(order)]).max()


def put_at_the_order(f, x, order):
    shuffled = np.empty_like(x)
    shuffled[order] = x
    return np.abs(f(shuffled) - f(x)[order]).max()


def furthest_row(f, x, order):
    return np.linalg.norm(f(x[order]) - f(x)[order], axis=-1).max()


def cell_by_cell(angle, waves=(math.sin, math.cos), first=0):
    """A table filled one number at a time: angle(t, j, length, width) for feature j."""

    def sinusoidal_positions(length, width):
        table = np.zeros((length, width))
        for t in range(length):
            for j in range(width):
                table[t, j] = waves[j % 2](angle(t + first, j, length, width))
        return table

    return sinusoidal_positions


def of_angles(power, waves=(np.sin, np.cos)):
    """A table from one table of angles, whose exponents power(width) gives."""

    def sinusoidal_positions(length, width):
        angles = np.arange(length)[:, None] / 10000 ** power(width)
        table = np.zeros((length, width))
        table[:, 0::2], table[:, 1::2] = waves[0](angles), waves[1](angles)
        return table

    return sinusoidal_positions


def halves_joined(length, width):
    angles = np.outer(np.arange(length), 10000.0 ** (-np.arange(0, width, 2) / width))
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def one_row_for_each_feature(length, width):
    i, t = np.arange(width // 2)[:, None], np.arange(length)[None, :]
    table = np.zeros((width, length))
    table[0::2], table[1::2] = (wave(t / 10000 ** (2 * i / width)) for wave in (np.sin, np.cos))
    return table


def sines_repeated(length, width):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    return np.repeat(np.sin(angles), 2, axis=1)


def every_other_of_a_full_table(length, width):
    j = np.arange(width)
    angles = np.arange(length)[:, None] / 10000 ** (2 * j / width)
    return np.where(j % 2 == 0, np.sin(angles), np.cos(angles))


def hand(j):
    return j // 2


MISTAKEN = {
    "permutation_gap": [
        ("output not shuffled", gap_of(largest, outside=lambda f, x, order: f(x))),
        ("input not shuffled", gap_of(largest, inside=lambda f, x, order: f(x))),
        ("wrong way round", undone_on_the_way_out),
        ("wrong way round", undone_by_argsort),
        ("put at the order", put_at_the_order),
        (
            "features shuffled",
            gap_of(largest, lambda f, x, o: f(x[:, o]), lambda f, x, o: f(x)[:, o]),
        ),
        ("signed", gap_of(np.max)),
        ("only above zero", in_a_loop),
        ("absolute value too late", gap_of(lambda difference: abs(difference.max()))),
        ("mean", gap_of(lambda difference: np.abs(difference).mean())),
        ("sum", gap_of(lambda difference: np.abs(difference).sum())),
        ("norm", gap_of(np.linalg.norm)),
        ("norm", gap_of(lambda difference: math.sqrt((difference**2).sum()))),
        ("furthest token", furthest_row),
    ],
    "sinusoidal_positions": [
        ("exponent i/C", of_angles(lambda C: np.arange(C // 2) / C)),
        ("exponent i/C", cell_by_cell(lambda t, j, T, C: t / 10000 ** (hand(j) / C))),
        ("doubled twice", of_angles(lambda C: 2 * np.arange(0, C, 2) / C)),
        ("each feature its own speed", cell_by_cell(lambda t, j, T, C: t / 10000 ** (j / C))),
        ("each feature doubled", cell_by_cell(lambda t, j, T, C: t / 10000 ** (2 * j / C))),
        ("stretched to the end", of_angles(lambda C: np.linspace(0, 1, C // 2))),
        ("whole-number division", of_angles(lambda C: 2 * np.arange(C // 2) // C)),
        ("length for width", cell_by_cell(lambda t, j, T, C: t / 10000 ** (2 * hand(j) / T))),
        (
            "times instead of divided",
            cell_by_cell(lambda t, j, T, C: t * 10000 ** (2 * hand(j) / C)),
        ),
        ("cosine first", of_angles(lambda C: np.arange(0, C, 2) / C, (np.cos, np.sin))),
        ("sine twice", of_angles(lambda C: np.arange(0, C, 2) / C, (np.sin, np.sin))),
        ("sines before cosines", halves_joined),
        (
            "positions from 1",
            cell_by_cell(lambda t, j, T, C: t / 10000 ** (2 * hand(j) / C), first=1),
        ),
        ("base 1000", cell_by_cell(lambda t, j, T, C: t / 1000 ** (2 * hand(j) / C))),
        ("transposed", one_row_for_each_feature),
        ("no brackets", cell_by_cell(lambda t, j, T, C: t / 10000**2 * hand(j) / C)),
        ("power of all", cell_by_cell(lambda t, j, T, C: (t / 10000) ** (2 * hand(j) / C))),
        ("cosine twice", of_angles(lambda C: np.arange(0, C, 2) / C, (np.cos, np.cos))),
        ("sine twice", sines_repeated),
        ("each feature doubled", every_other_of_a_full_table),
    ],
}
