"""Mistakes with a batch in parts, as readers of notebook 06 write them."""

import numpy as np


def scored(y):
    return (y != -100).sum()


def divided_by_parts(parts, gradient):
    total = 0
    for x, y in parts:
        total = total + gradient(x, y) / len(parts)
    return total


def numpy_mean(parts, gradient):
    return np.mean([gradient(x, y) for x, y in parts], axis=0)


def mean_of_scoring_parts(parts, gradient):
    return np.mean([gradient(x, y) for x, y in parts if (y != -100).any()], axis=0)


def added(parts, gradient):
    return sum(gradient(x, y) for x, y in parts)


def added_by_count(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        total = total + gradient(x, y)
        count += scored(y)
    return total / count


def never_divided(parts, gradient):
    total = 0.0
    for x, y in parts:
        total = total + gradient(x, y) * scored(y)
    return total


def sums_by_parts(parts, gradient):
    return np.mean([scored(y) * gradient(x, y) for x, y in parts], axis=0)


def both_divisions(parts, gradient):
    count = sum(scored(y) for _, y in parts)
    return sum(scored(y) * gradient(x, y) for x, y in parts) / count / len(parts)


def size_below(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        total = total + scored(y) * gradient(x, y)
        count += y.size
    return total / count


def by_size(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        total = total + y.size * gradient(x, y)
        count = count + y.size
    return total / count


def by_rows(parts, gradient):
    weights = [len(x) for x, _ in parts]
    return np.average([gradient(x, y) for x, y in parts], axis=0, weights=weights)


def by_inputs(parts, gradient):
    n = [np.sum(x != -100) for x, _ in parts]
    return sum(k * gradient(x, y) for k, (x, y) in zip(n, parts, strict=True)) / sum(n)


def size_above(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        total = total + y.size * gradient(x, y)
        count += scored(y)
    return total / count


def above_zero(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        n = (y > 0).sum()
        total, count = total + n * gradient(x, y), count + n
    return total / count


def divided_each(parts, gradient):
    total = 0
    for x, y in parts:
        total = total + gradient(x, y) / scored(y)
    return total


def equal_for_unequal(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        n = (y == -100).sum()
        total = total + n * gradient(x, y)
        count = count + n
    return total / count


def last_n(parts, gradient):
    total = 0
    for x, y in parts:
        n = scored(y)
        total = total + n * gradient(x, y)
    return total / n


def half_and_half(parts, gradient):
    mean = None
    for x, y in parts:
        new = gradient(x, y)
        mean = new if mean is None else (mean + new) / 2
    return mean


def written_anew(parts, gradient):
    for x, y in parts:
        total = gradient(x, y)
    return total


def returned_early(parts, gradient):
    for x, y in parts:
        total = scored(y) * gradient(x, y)
        return total / max(1, scored(y))


def shares(parts, gradient):
    return sum(np.mean(y != -100) * gradient(x, y) for x, y in parts) / len(parts)


def shares_normalised(parts, gradient):
    weights = [np.mean(y != -100) for _, y in parts]
    return np.average([gradient(x, y) for x, y in parts], axis=0, weights=weights)


def begun_with_the_first(parts, gradient):
    x, y = parts[0]
    total, count = scored(y) * gradient(x, y), scored(y)
    for x, y in parts:
        total = total + scored(y) * gradient(x, y)
        count = count + scored(y)
    return total / count


def return_indented(parts, gradient):
    total, count = 0, 0
    for x, y in parts:
        n = scored(y)
        total = total + n * gradient(x, y)
        count = count + n
        return total / count


def only_equals(parts, gradient):
    for x, y in parts:
        n = scored(y)
        total = n * gradient(x, y)
        count = n
    return total / count


def nonzero(parts, gradient):
    n = [np.count_nonzero(y) for _, y in parts]
    return sum(k * gradient(x, y) for k, (x, y) in zip(n, parts, strict=True)) / sum(n)


def joined_again(parts, gradient):
    xs, ys = zip(*parts, strict=True)
    return gradient(np.concatenate(xs), np.concatenate(ys))


MISTAKEN = {
    "accumulate": [
        ("all at once", joined_again),
        ("mean of means", divided_by_parts),
        ("mean of means", numpy_mean),
        ("mean of the means that score", mean_of_scoring_parts),
        ("sum of means", added),
        ("means over the count", added_by_count),
        ("sum of sums", never_divided),
        ("sums over parts", sums_by_parts),
        ("divided twice", both_divisions),
        ("ignored targets counted below", size_below),
        ("ignored targets counted", by_size),
        ("ignored targets counted", by_rows),
        ("ignored targets counted", by_inputs),
        ("weighed by all, divided by the scored", size_above),
        ("token 0 not counted", above_zero),
        ("divided in the loop", divided_each),
        ("the ignored weigh", equal_for_unequal),
        ("last count", last_n),
        ("running halves", half_and_half),
        ("last part", written_anew),
        ("first part", returned_early),
        ("shares of each part", shares),
        ("shares of each part, normalised", shares_normalised),
        ("first part twice", begun_with_the_first),
        ("first part, weighed", return_indented),
        ("last part, weighed", only_equals),
        ("0 taken for nothing", nonzero),
    ]
}
