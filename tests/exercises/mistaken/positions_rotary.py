"""Mistakes in rotary positions of either layout, notebook 04, as readers write them."""

import numpy as np


def angles_of(t, width, base):
    return np.asarray(t)[:, None] / base ** (2 * np.arange(width // 2) / width)


def turned(a, b, c, s):
    return a * c - b * s, a * s + b * c


def tokens(x):
    return x.shape[-2]


def one_layer(x):
    _H, T, _D = x.shape
    return T


def pairs(angles=angles_of, turn=turned, first=0, sense=1, count=tokens):
    """rotate_pairs with slices, with one of its parts written otherwise."""

    def rotate_pairs(x, base=10000.0):
        T, D = count(x), x.shape[-1]
        angle = sense * angles(np.arange(first, first + T), D, base)
        out = np.zeros(x.shape)
        out[..., ::2], out[..., 1::2] = turn(
            x[..., ::2], x[..., 1::2], np.cos(angle), np.sin(angle)
        )
        return out

    return rotate_pairs


def from_offset(offset, T):
    return np.arange(offset, offset + T)


def halves(angles=angles_of, turn=turned, positions=from_offset, count=tokens):
    """rotate_halves by np.split, with one of its parts written otherwise."""

    def rotate_halves(x, base=10000.0, offset=0):
        T, D = count(x), x.shape[-1]
        angle = angles(positions(offset, T), D, base)
        a, b = np.split(x, 2, axis=-1)
        return np.concatenate(turn(a, b, np.cos(angle), np.sin(angle)), axis=-1)

    return rotate_halves


def no_minus(a, b, c, s):
    return a * c + b * s, a * s + b * c


def crossed(a, b, c, s):
    return a * c - b * s, a * c + b * s


def new_for_old(a, b, c, s):
    a = a * c - b * s
    return a, a * s + b * c


def backwards(a, b, c, s):
    return a * c + b * s, b * c - a * s


def half_an_exponent(t, width, base):
    return np.outer(t, base ** (-np.arange(width // 2) / width))


def doubled(t, width, base):
    return np.outer(t, base ** (-2 * np.arange(0, width, 2) / width))


def all_alike(t, width, base):
    return np.repeat(np.asarray(t, dtype=float)[:, None], width // 2, axis=1)


def ten_thousand(t, width, base):
    return angles_of(t, width, 10000)


def multiplied(t, width, base):
    return np.asarray(t)[:, None] * base ** (2 * np.arange(width // 2) / width)


def pairs_of_one_head(x, base=10000.0):
    T, D = x.shape
    angles = np.arange(T)[:, None] / base ** (np.arange(0, D, 2) / D)
    c, s = np.cos(angles), np.sin(angles)
    turned = np.empty(x.shape)
    turned[:, ::2] = x[:, ::2] * c - x[:, 1::2] * s
    turned[:, 1::2] = x[:, ::2] * s + x[:, 1::2] * c
    return turned


def in_place(x, base=10000.0):
    """The old number of each pair is overwritten before the second formula needs it."""
    out = np.array(x, dtype=float)
    angle = angles_of(range(x.shape[-2]), x.shape[-1], base)
    out[..., ::2] = out[..., ::2] * np.cos(angle) - out[..., 1::2] * np.sin(angle)
    out[..., 1::2] = out[..., ::2] * np.sin(angle) + out[..., 1::2] * np.cos(angle)
    return out


def glued_in_halves(x, base=10000.0):
    angle = angles_of(range(x.shape[-2]), x.shape[-1], base)
    a, b = turned(x[..., ::2], x[..., 1::2], np.cos(angle), np.sin(angle))
    return np.concatenate((a, b), axis=-1)


def taken_from_halves(x, base=10000.0):
    angle = angles_of(range(x.shape[-2]), x.shape[-1], base)
    half = x.shape[-1] // 2
    a, b = turned(x[..., :half], x[..., half:], np.cos(angle), np.sin(angle))
    return np.stack((a, b), axis=-1).reshape(x.shape)


def rotate_half(x):
    a, b = np.split(x, 2, axis=-1)
    return np.concatenate((-b, a), axis=-1)


def two_recipes(x, base=10000.0):
    """Every angle twice in a row, as neighbours need it, with the partner half a width away."""
    angle = np.repeat(angles_of(range(x.shape[-2]), x.shape[-1], base), 2, axis=-1)
    return x * np.cos(angle) + rotate_half(x) * np.sin(angle)


def along_the_first_axis(x, base=10000.0):
    out = np.empty(x.shape)
    width = x.shape[-1]
    speeds = 1 / base ** (np.arange(0, width, 2) / width)
    for t in range(len(x)):
        c, s = np.cos(t * speeds), np.sin(t * speeds)
        out[t, ..., ::2] = x[t, ..., ::2] * c - x[t, ..., 1::2] * s
        out[t, ..., 1::2] = x[t, ..., ::2] * s + x[t, ..., 1::2] * c
    return out


def exponent_of_half(t, width, base):
    half = width // 2
    return np.asarray(t)[:, None] / base ** (2 * np.arange(half) / half)


MISTAKEN = {
    "rotate_pairs": [
        ("backwards", pairs(sense=-1)),
        ("backwards", pairs(turn=backwards)),
        ("no minus", pairs(turn=no_minus)),
        ("exponent i/D", pairs(half_an_exponent)),
        ("doubled twice", pairs(doubled)),
        ("one speed", pairs(all_alike)),
        ("base not used", pairs(ten_thousand)),
        ("positions from 1", pairs(first=1)),
        ("new for old", in_place),
        ("new for old", pairs(turn=new_for_old)),
        ("times instead of divided", pairs(multiplied)),
        ("crossed over", pairs(turn=crossed)),
        ("no axes in front", pairs_of_one_head),
        ("halves paired", lambda x, base=10000.0: halves()(x, base)),
        ("put back in halves", glued_in_halves),
        ("taken from halves", taken_from_halves),
        ("two recipes mixed", two_recipes),
        ("along the first axis", along_the_first_axis),
        ("doubled twice", pairs(exponent_of_half)),
        ("second left", pairs(turn=lambda a, b, c, s: (a * c - b * s, b))),
        ("backwards + no minus", pairs(turn=lambda a, b, c, s: (a * c - b * s, b * c - a * s))),
        ("three axes", pairs(count=one_layer)),
        ("len(x)", pairs(count=len)),
        ("second axis", pairs(count=lambda x: x.shape[1])),
    ],
}
