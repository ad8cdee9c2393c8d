"""Mistakes with how far logits are apart, as readers of notebook 09 write them."""

import numpy as np
import torch

from tests.exercises.mistaken.gpt2_gap_centres import CENTRES, centred


def of(summary):
    """What is made of the centred differences."""

    def function(a, b):
        return summary(centred(a) - centred(b))

    return function


def of_the_difference(summary):
    """The same, centred after the subtraction."""

    def function(a, b):
        d = a - b
        return summary(d - d.mean(axis=-1, keepdims=True))

    return function


def absolute_first(a, b):
    d = np.abs(a - b)
    return (d - d.mean(axis=-1, keepdims=True)).max()


def absolute_first_and_last(a, b):
    d = abs(a - b)
    return np.abs(d - d.mean(axis=1, keepdims=True)).max()


def squared_tensors(a, b):
    d = torch.tensor(a - b)
    d = d - d.mean(-1, keepdim=True)
    return torch.nn.functional.mse_loss(d, torch.zeros_like(d))


def row_by_row(a, b):
    gaps = []
    for one, other in zip(a, b, strict=True):
        d = one - other
        gaps.append(np.abs(d - d.mean()).max())
    return gaps


def rows_averaged(a, b):
    return np.mean(row_by_row(a, b))


def returned_in_the_loop(a, b):
    largest = 0
    for t in range(len(a)):
        d = a[t] - b[t]
        largest = max(largest, np.abs(d - d.mean()).max())
        return largest


def written_anew(a, b):
    for t in range(len(a)):
        d = a[t] - b[t]
        largest = np.abs(d - d.mean()).max()
    return largest


def last_position(a, b):
    d = a[-1] - b[-1]
    return float(abs(d - d.mean()).max())


def largest_of_each(a, b):
    return abs(centred(a).max() - centred(b).max())


def largest_of_each_row(a, b):
    return np.abs(centred(a).max(axis=1) - centred(b).max(axis=1)).max()


def relative(a, b):
    a, b = centred(a), centred(b)
    return np.max(np.abs(a - b) / np.abs(a))


def relative_to_b(a, b):
    a, b = centred(a), centred(b)
    return (abs(a - b) / abs(b)).max()


def close(a, b):
    return bool(np.allclose(centred(a), centred(b)))


def signed_without_centring(a, b):
    return (a - b).max()


MISTAKEN = {
    "centred_gap": [
        *CENTRES,
        ("signed", of(lambda d: d.max())),
        ("signed", of_the_difference(np.max)),
        ("signed, turned", lambda a, b: (centred(b) - centred(a)).max()),
        ("signed, turned", of_the_difference(lambda d: -d.min())),
        ("abs of an array", of_the_difference(lambda d: d.abs().max())),
        ("absolute differences first", absolute_first),
        ("absolute differences first and last", absolute_first_and_last),
        ("smallest", of_the_difference(lambda d: np.abs(d).min())),
        ("mean", of(lambda d: np.abs(d).mean())),
        ("median", of(lambda d: np.median(np.abs(d)))),
        ("sum", of_the_difference(lambda d: np.abs(d).sum())),
        ("largest square", of(lambda d: np.max(d**2))),
        ("mean of squares", of(lambda d: np.mean(d**2))),
        ("mean of squares", squared_tensors),
        ("root mean square", of_the_difference(lambda d: np.sqrt((d**2).mean()))),
        ("root mean square", of(lambda d: d.std())),
        ("length", of(np.linalg.norm)),
        ("largest row sum", of(lambda d: np.linalg.norm(d, np.inf))),
        ("longest row", of(lambda d: np.linalg.norm(d, axis=-1).max())),
        ("row by row", row_by_row),
        ("row by row", of_the_difference(lambda d: np.abs(d).max(axis=1))),
        ("column by column", of(lambda d: abs(d).max(axis=0))),
        ("mean of rows", rows_averaged),
        ("first row", returned_in_the_loop),
        ("first row", of(lambda d: np.abs(d)[0].max())),
        ("last row", written_anew),
        ("last row", last_position),
        ("all differences", of(lambda d: d)),
        ("all differences, absolute", of_the_difference(np.abs)),
        ("place", of(lambda d: np.argmax(np.abs(d)))),
        ("range", of(lambda d: (d.max(1) - d.min(1)).max())),
        ("range", lambda a, b: np.abs(a - b - (a - b).max(axis=1, keepdims=True)).max()),
        ("half the range", of_the_difference(lambda d: ((d.max(1) - d.min(1)) / 2).max())),
        ("between the largest", largest_of_each),
        ("between the rows' largest", largest_of_each_row),
        ("relative", relative),
        ("relative to b", relative_to_b),
        ("close or not", close),
        ("axis dropped + signed", lambda a, b: (a - b - (a - b).mean(-1)).max()),
        ("not centred + signed", signed_without_centring),
    ],
}
