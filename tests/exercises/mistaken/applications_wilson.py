"""Notebook 12: mistakes in Wilson's interval, as readers write them."""

import math

import numpy as np

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_slips import SLIPS
from tests.exercises.mistaken.applications_wilson_terms import TERMS

Z = 1.96


def centre_and_half(right, total, z=Z):
    """The right ones, for mistakes made elsewhere."""
    p, n = right / total, total
    scale = 1 + z**2 / n
    return (
        (p + z**2 / (2 * n)) / scale,
        z / scale * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)),
    )


def at(z):
    def function(right, total):
        c, h = centre_and_half(right, total, z)
        return c - h, c + h

    return function


def ended(change):
    """Right numbers, changed in the end: centre, half, rate and n are given."""
    return lambda right, total: change(*centre_and_half(right, total), right / total, total)


def wald(right, total):
    p = right / total
    error = np.sqrt(p * (1 - p) / total)
    return p - 1.96 * error, p + 1.96 * error


def wald_clipped(right, total):
    low, high = wald(right, total)
    return np.clip([low, high], 0, 1)


def agresti_coull(right, total):
    z2 = 1.96**2
    p = (right + z2 / 2) / (total + z2)
    half = 1.96 * math.sqrt(p * (1 - p) / (total + z2))
    return p - half, p + half


def two_more(right, total):
    p = (right + 2) / (total + 4)
    half = 1.96 * math.sqrt(p * (1 - p) / (total + 4))
    return p - half, p + half


def wrong_ones(right, total):
    c, h = centre_and_half(total - right, total)
    return c - h, c + h


def whole_division(right, total):
    z, p = 1.96, right // total
    scale = 1 + z * z / total
    c = (p + z * z / 2 / total) / scale
    h = z * math.sqrt(p * (1 - p) / total + z * z / 4 / total**2) / scale
    return c - h, c + h


MISTAKEN = {
    "wilson_interval": [
        *SLIPS["wilson_interval"],
        *TRIED["wilson_interval"],
        *TERMS,
        ("90%", at(1.645)),
        ("99%", at(2.576)),
        ("z of 2", at(2)),
        ("z of 0.95", at(0.95)),
        ("textbook's interval", wald),
        ("textbook's interval, clipped", wald_clipped),
        ("Agresti and Coull", agresti_coull),
        ("two more of each", two_more),
        ("wrong ones counted", wrong_ones),
        ("whole division", whole_division),
        ("around p", ended(lambda c, h, p, n: (p - h, p + h))),
        ("exchanged", ended(lambda c, h, p, n: (c + h, c - h))),
        ("centre and half", ended(lambda c, h, p, n: (c, h))),
        ("half alone", ended(lambda c, h, p, n: h)),
        ("width", ended(lambda c, h, p, n: 2 * h)),
        ("half of the half", ended(lambda c, h, p, n: (c - h / 2, c + h / 2))),
        ("percent", ended(lambda c, h, p, n: (100 * (c - h), 100 * (c + h)))),
        ("counts", ended(lambda c, h, p, n: (n * (c - h), n * (c + h)))),
        ("with the rate", ended(lambda c, h, p, n: (c - h, p, c + h))),
        ("with the centre", ended(lambda c, h, p, n: (c - h, c, c + h))),
    ],
}
