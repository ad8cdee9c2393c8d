"""Right solutions of notebook 04's exercises, in styles as different as readers' are."""

import cmath
import math

import numpy as np
import torch

from aigc_lab.model import positions


def gap_in_one_line(f, x, order):
    return np.abs(f(x[order]) - f(x)[order]).max()


def gap_by_loops(f, x, order):
    moved, unmoved = f(np.array([x[old] for old in order])), f(x)
    largest = 0.0
    for new, old in enumerate(order):
        for mine, right in zip(moved[new], unmoved[old], strict=True):
            largest = max(largest, abs(float(mine) - float(right)))
    return largest


def gap_moved_back(f, x, order):
    return np.linalg.norm((f(x[order])[np.argsort(order)] - f(x)).ravel(), ord=np.inf)


def gap_by_a_matrix(f, x, order):
    shuffle = np.eye(len(order))[order]
    difference = f(shuffle @ x) - shuffle @ f(x)
    return max(difference.max(), -difference.min())


def table_by_loops(length, width):
    table = []
    for t in range(length):
        row = []
        for i in range(width // 2):
            angle = t / 10000 ** (2 * i / width)
            row += [math.sin(angle), math.cos(angle)]
        table.append(row)
    return table


def table_in_torch(length, width):
    frequency = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2) / width)
    table = torch.zeros(length, width)
    angles = torch.arange(length).float().unsqueeze(1) * frequency
    table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()
    return table


def table_of_shifted_sines(length, width):
    feature = np.arange(width)
    angles = np.outer(np.arange(length), 10000.0 ** (-2 * (feature // 2) / width))
    return np.sin(angles + np.pi / 2 * (feature % 2))


def table_of_complex_numbers(length, width):
    hands = np.exp(1j * np.arange(length)[:, None] / 10000 ** (np.arange(0, width, 2) / width))
    return np.dstack((hands.imag, hands.real)).reshape(length, width)


def shift_by_loops(k, width):
    matrix = [[0.0] * width for _ in range(width)]
    for at in range(0, width, 2):
        b = k / 10000 ** (at / width)
        matrix[at][at] = matrix[at + 1][at + 1] = math.cos(b)
        matrix[at][at + 1], matrix[at + 1][at] = math.sin(b), -math.sin(b)
    return matrix


def shift_by_slices(k, width):
    angle = k * 10000.0 ** (-np.arange(0, width, 2) / width)
    matrix = np.diag(np.repeat(np.cos(angle), 2))
    even, odd = np.arange(0, width, 2), np.arange(1, width, 2)
    matrix[even, odd], matrix[odd, even] = np.sin(angle), -np.sin(angle)
    return matrix


def shift_as_a_power(k, width):
    blocks = []
    for i in range(width // 2):
        step = cmath.exp(-1j / 10000 ** (2 * i / width)) ** k
        blocks.append(torch.tensor([[step.real, -step.imag], [step.imag, step.real]]))
    return torch.block_diag(*blocks)


def add_by_slicing(x, table, offset=0):
    length = x.shape[-2]
    if offset + length > table.shape[0]:
        raise ValueError("too long")
    return x + table[offset : offset + length]


def add_by_loops(x, table, offset=0):
    if offset + x.shape[-2] - 1 >= len(table):
        raise ValueError("too long")
    result = x.copy()
    for t in range(x.shape[-2]):
        result[..., t, :] += table[offset + t]
    return result


def add_by_one_hot(x, table, offset=0):
    one_hot = np.zeros((x.shape[-2], len(table)))
    for t in range(x.shape[-2]):
        if offset + t not in range(len(table)):
            raise ValueError(f"there is no row {offset + t}")
        one_hot[t, offset + t] = 1
    return x + one_hot @ table


def add_in_torch(x, table, offset=0):
    at = torch.arange(offset, offset + x.shape[-2])
    if at[-1] >= len(table):
        raise ValueError("too long")
    return torch.from_numpy(x) + torch.nn.functional.embedding(at, torch.from_numpy(table))


def add_in_place(x, table, offset=0):
    rows = table[offset:][: x.shape[-2]]
    if len(rows) < x.shape[-2]:
        raise ValueError("too long")
    x += rows
    return x


def pairs_by_slices(x, base=10000.0):
    angle = np.arange(x.shape[-2])[:, None] * base ** (-np.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x[..., 0::2], x[..., 1::2]
    turned = np.empty_like(x)
    turned[..., 0::2] = a * np.cos(angle) - b * np.sin(angle)
    turned[..., 1::2] = a * np.sin(angle) + b * np.cos(angle)
    return turned


def pairs_by_loops(x, base=10000.0):
    turned = np.array(x, dtype=float)
    for where in np.ndindex(*x.shape[:-1]):
        for i in range(0, x.shape[-1], 2):
            angle = where[-1] / base ** (i / x.shape[-1])
            a, b = float(x[where][i]), float(x[where][i + 1])
            turned[where][i] = a * math.cos(angle) - b * math.sin(angle)
            turned[where][i + 1] = a * math.sin(angle) + b * math.cos(angle)
    return turned


def pairs_as_complex_numbers(x, base=10000.0):
    x = torch.as_tensor(x).float()
    frequency = 1 / base ** (torch.arange(0, x.shape[-1], 2) / x.shape[-1])
    angles = torch.outer(torch.arange(x.shape[-2]).float(), frequency)
    numbers = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(numbers * torch.polar(torch.ones_like(angles), angles)).flatten(-2)


def pairs_by_matrices(x, base=10000.0):
    length, width = x.shape[-2:]
    angle = np.arange(length)[:, None] / base ** (2 * np.arange(width // 2) / width)
    c, s = np.cos(angle), np.sin(angle)
    turns = np.array([[c, -s], [s, c]])  # (2, 2, T, D/2)
    pairs = x.reshape(*x.shape[:-1], -1, 2)
    return np.einsum("ijtp,...tpj->...tpi", turns, pairs).reshape(x.shape)


def halves_by_concatenating(x, base=10000.0, offset=0):
    half = x.shape[-1] // 2
    t = np.arange(offset, offset + x.shape[-2])[:, None]
    angle = t * base ** (-np.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    c, s = np.cos(angle), np.sin(angle)
    return np.concatenate([a * c - b * s, b * c + a * s], axis=-1)


def halves_as_llama_does(x, base=10000.0, offset=0):
    x = torch.as_tensor(x).float()
    width = x.shape[-1]
    angle = torch.arange(offset, offset + x.shape[-2])[:, None] / base ** (
        torch.arange(0, width, 2) / width
    )
    angle = torch.cat((angle, angle), dim=-1)
    a, b = x.chunk(2, dim=-1)
    return x * angle.cos() + torch.cat((-b, a), dim=-1) * angle.sin()


def halves_by_loops(x, base=10000.0, offset=0):
    half = x.shape[-1] // 2
    turned = x.astype(float)
    for t in range(x.shape[-2]):
        for i in range(half):
            hand = np.exp(1j * (t + offset) / base ** (i / half))
            number = (x[..., t, i] + 1j * x[..., t, i + half].astype(float)) * hand
            turned[..., t, i], turned[..., t, i + half] = number.real, number.imag
    return turned


def halves_by_the_package(x, base=10000.0, offset=0):
    tables = positions.rotary_tables(x.shape[-2], x.shape[-1], base, offset)
    return positions.apply_rotary(torch.as_tensor(x).float(), *tables)


CORRECT = {
    "permutation_gap": [gap_in_one_line, gap_by_loops, gap_moved_back, gap_by_a_matrix],
    "sinusoidal_positions": [
        *(table_by_loops, table_in_torch, table_of_shifted_sines, table_of_complex_numbers)
    ],
    "shift_matrix": [shift_by_loops, shift_by_slices, shift_as_a_power],
    "add_positions": [add_by_slicing, add_by_loops, add_by_one_hot, add_in_torch, add_in_place],
    "rotate_pairs": [
        *(pairs_by_slices, pairs_by_loops, pairs_as_complex_numbers, pairs_by_matrices)
    ],
    "rotate_halves": [
        *(halves_by_concatenating, halves_as_llama_does, halves_by_loops, halves_by_the_package)
    ],
}
