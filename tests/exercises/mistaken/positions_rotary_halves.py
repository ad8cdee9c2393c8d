"""Mistakes in rotary positions by halves, notebook 04, as readers write them."""

import numpy as np

from tests.exercises.mistaken.positions_rotary import (
    all_alike,
    angles_of,
    backwards,
    crossed,
    exponent_of_half,
    half_an_exponent,
    halves,
    multiplied,
    new_for_old,
    no_minus,
    one_layer,
    rotate_half,
    ten_thousand,
    turned,
)


def every_other_pair(t, width, base):
    return np.asarray(t)[:, None] / base ** (np.arange(0, width // 2, 2) / width)


def halves_of_one_head(x, base=10000.0, offset=0):
    T, D = x.shape
    t = np.arange(offset, offset + T)[:, None]
    angle = t / base ** (np.arange(0, D, 2) / D)
    return np.concatenate(turned(x[:, : D // 2], x[:, D // 2 :], np.cos(angle), np.sin(angle)), -1)


def along_the_heads(x, base=10000.0, offset=0):
    *_, H, T, D = (1, *x.shape) if x.ndim == 2 else x.shape
    count = H if x.ndim > 2 else T
    angle = angles_of(offset + np.arange(count), D, base)
    angle = angle[:, None, :] if x.ndim > 2 else angle
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate(turned(a, b, np.cos(angle), np.sin(angle)), axis=-1)


def by_repeating(partner):
    """The one-line form: x times the cosines, and its partners times the sines."""

    def rotate_halves(x, base=10000.0, offset=0):
        angle = angles_of(offset + np.arange(x.shape[-2]), x.shape[-1], base)
        angle = np.concatenate((angle, angle), axis=-1)
        return x * np.cos(angle) + partner(x) * np.sin(angle)

    return rotate_halves


def halves_into_neighbours(x, base=10000.0, offset=0):
    angle = angles_of(offset + np.arange(x.shape[-2]), x.shape[-1], base)
    a, b = np.split(x, 2, axis=-1)
    return np.stack(turned(a, b, np.cos(angle), np.sin(angle)), axis=-1).reshape(x.shape)


def neighbours(x, base=10000.0, offset=0):
    angle = angles_of(offset + np.arange(x.shape[-2]), x.shape[-1], base)
    out = np.empty(x.shape)
    out[..., ::2], out[..., 1::2] = turned(x[..., ::2], x[..., 1::2], np.cos(angle), np.sin(angle))
    return out


def neighbours_into_halves(x, base=10000.0, offset=0):
    angle = angles_of(offset + np.arange(x.shape[-2]), x.shape[-1], base)
    return np.concatenate(turned(x[..., ::2], x[..., 1::2], np.cos(angle), np.sin(angle)), axis=-1)


def offset_on_the_angle(x, base=10000.0, offset=0):
    angle = angles_of(range(x.shape[-2]), x.shape[-1], base) + offset
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate(turned(a, b, np.cos(angle), np.sin(angle)), axis=-1)


def only_the_first_half(x, base=10000.0, offset=0):
    out = np.array(x, dtype=float)
    half = x.shape[-1] // 2
    angle = angles_of(offset + np.arange(x.shape[-2]), x.shape[-1], base)
    out[..., :half] = x[..., :half] * np.cos(angle) - x[..., half:] * np.sin(angle)
    return out


def repeated_angles(x, base=10000.0, offset=0):
    t = offset + np.arange(x.shape[-2])
    angle = np.repeat(angles_of(t, x.shape[-1], base), 2, axis=-1)
    return x * np.cos(angle) + rotate_half(x) * np.sin(angle)


MISTAKEN = {
    "rotate_halves": [
        ("backwards", halves(turn=backwards)),
        ("no minus", halves(turn=no_minus)),
        ("exponent i/D", halves(half_an_exponent)),
        ("exponent of half the width", halves(exponent_of_half)),
        ("one speed", halves(all_alike)),
        ("base not used", halves(ten_thousand)),
        ("positions from 1", halves(positions=lambda o, T: np.arange(o + 1, o + T + 1))),
        ("new for old", halves(turn=new_for_old)),
        ("times instead of divided", halves(multiplied)),
        ("crossed over", halves(turn=crossed)),
        ("no axes in front", halves_of_one_head),
        ("every other pair", halves(every_other_pair)),
        ("neighbours paired", neighbours),
        ("taken from neighbours", neighbours_into_halves),
        ("put back as neighbours", halves_into_neighbours),
        ("speeds of the other layout", repeated_angles),
        ("offset forgotten", halves(positions=lambda o, T: np.arange(T))),
        ("offset backwards", halves(positions=lambda o, T: np.arange(T) - o)),
        ("offset as an angle", offset_on_the_angle),
        ("from offset to T", halves(positions=lambda o, T: np.arange(o, T))),
        ("along the heads", along_the_heads),
        ("second half left", only_the_first_half),
        ("no minus", by_repeating(lambda x: np.roll(x, x.shape[-1] // 2, axis=-1))),
        ("backwards", by_repeating(lambda x: -rotate_half(x))),
        ("offset counted in blocks", halves(positions=lambda o, T: np.arange(T) + o * T)),
        ("three axes", halves(count=one_layer)),
        ("len(x)", halves(count=len)),
        ("second axis", halves(count=lambda x: x.shape[1])),
    ],
}
