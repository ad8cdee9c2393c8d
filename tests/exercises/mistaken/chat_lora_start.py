"""Notebook 11: mistakes with the start of LoRA's two matrices, as readers write them."""

import math

import numpy as np

from tests.exercises.mistaken.chat_slips import SLIPS


def drawn(bound, low=-1):
    """A between low · bound and bound, B of zeros."""

    def function(d_out, d_in, rank, rng):
        b = bound(d_out, d_in, rank)
        return rng.uniform(low * b, b, size=(rank, d_in)), np.zeros((d_out, rank))

    return function


def normal(spread):
    def function(d_out, d_in, rank, rng):
        A = rng.standard_normal((rank, d_in)) * spread(d_in, rank)
        B = np.zeros((d_out, rank))
        return A, B

    return function


def zeros_both(d_out, d_in, rank, rng):
    return np.zeros((rank, d_in)), np.zeros((d_out, rank))


def random_both(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    A = rng.uniform(-bound, bound, size=(rank, d_in))
    B = rng.uniform(-bound, bound, size=(d_out, rank))
    return A, B


def each_with_its_bound(d_out, d_in, rank, rng):
    A = rng.uniform(-1 / math.sqrt(d_in), 1 / math.sqrt(d_in), (rank, d_in))
    B = rng.uniform(-1 / math.sqrt(rank), 1 / math.sqrt(rank), (d_out, rank))
    return A, B


def normal_both(d_out, d_in, rank, rng):
    return rng.normal(size=(rank, d_in)), rng.normal(size=(d_out, rank))


def small_both(d_out, d_in, rank, rng):
    return 0.02 * rng.normal(size=(rank, d_in)), 0.02 * rng.normal(size=(d_out, rank))


def a_is_zero(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return np.zeros((rank, d_in)), rng.uniform(-bound, bound, size=(d_out, rank))


def a_is_zero_b_by_rank(d_out, d_in, rank, rng):
    bound = rank**-0.5
    return np.zeros((rank, d_in)), rng.uniform(-bound, bound, size=(d_out, rank))


def ones_in_b(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(rank, d_in)), np.ones((d_out, rank))


def ones_in_a(d_out, d_in, rank, rng):
    return np.ones((rank, d_in)), np.zeros((d_out, rank))


def no_size(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return np.full((rank, d_in), rng.uniform(-bound, bound)), np.zeros((d_out, rank))


def repeated_row(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    row = rng.uniform(-bound, bound, size=d_in)
    return np.array([row] * rank), np.zeros((d_out, rank))


def drawn_and_turned(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(d_in, rank)).T, np.zeros((d_out, rank))


def shaped(a, b):
    """The right numbers in other shapes."""

    def function(d_out, d_in, rank, rng):
        bound = 1 / np.sqrt(d_in)
        sizes = {"in": d_in, "out": d_out, "r": rank}
        A = rng.uniform(-bound, bound, size=tuple(sizes[name] for name in a))
        return A, np.zeros([sizes[name] for name in b])

    return function


def a_transposed(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(rank, d_in)).T, np.zeros((d_out, rank))


def both_transposed(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    A, B = rng.uniform(-bound, bound, size=(rank, d_in)), np.zeros((d_out, rank))
    return A.T, B.T


def order_of_arguments(d_in, d_out, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(rank, d_in)), np.zeros((d_out, rank))


def b_then_a(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    A = rng.uniform(-bound, bound, size=(rank, d_in))
    return np.zeros((d_out, rank)), A


def only_a(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    return rng.uniform(-bound, bound, size=(rank, d_in))


def multiplied(d_out, d_in, rank, rng):
    bound = 1 / np.sqrt(d_in)
    A, B = rng.uniform(-bound, bound, size=(rank, d_in)), np.zeros((d_out, rank))
    return B @ A


MISTAKEN = {
    "lora_start": [
        *SLIPS["lora_start"],
        ("both zero", zeros_both),
        ("both random", random_both),
        ("both random, B by the rank", each_with_its_bound),
        ("both normal", normal_both),
        ("both normal, small", small_both),
        ("roles exchanged", a_is_zero),
        ("roles exchanged, B by the rank", a_is_zero_b_by_rank),
        ("B of ones", ones_in_b),
        ("A of ones", ones_in_a),
        ("A of one number", no_size),
        ("A of one row", repeated_row),
        ("bound by d_out", drawn(lambda d_out, d_in, rank: 1 / math.sqrt(d_out))),
        ("bound by the rank", drawn(lambda d_out, d_in, rank: rank**-0.5)),
        ("bound by both", drawn(lambda d_out, d_in, rank: 1 / np.sqrt(rank * d_in))),
        ("bound without root", drawn(lambda d_out, d_in, rank: 1 / d_in)),
        ("bound upside down", drawn(lambda d_out, d_in, rank: np.sqrt(d_in))),
        ("bound of 1", drawn(lambda d_out, d_in, rank: 1)),
        ("Kaiming for ReLU", drawn(lambda d_out, d_in, rank: np.sqrt(6 / d_in))),
        ("spread for bound", drawn(lambda d_out, d_in, rank: math.sqrt(3 / d_in))),
        ("above 0", drawn(lambda d_out, d_in, rank: d_in**-0.5, low=0)),
        ("normal", normal(lambda d_in, rank: 1)),
        ("normal by d_in", normal(lambda d_in, rank: 1 / math.sqrt(d_in))),
        ("normal of 0.02", normal(lambda d_in, rank: 0.02)),
        ("normal of 0.01", normal(lambda d_in, rank: 0.01)),
        ("normal by the rank", normal(lambda d_in, rank: 1 / rank)),
        ("drawn turned", drawn_and_turned),
        ("A as d_in by rank", shaped(("in", "r"), ("out", "r"))),
        ("A as d_in by rank, B as rank by d_out", shaped(("in", "r"), ("r", "out"))),
        ("B as rank by d_out", shaped(("r", "in"), ("r", "out"))),
        ("B is square", shaped(("r", "in"), ("out", "out"))),
        ("A turned", a_transposed),
        ("both turned", both_transposed),
        ("sizes exchanged", order_of_arguments),
        ("B first", b_then_a),
        ("A alone", only_a),
        ("their product", multiplied),
    ],
}
