"""Mistakes with what a draw of texts is worth, as readers of notebook 09 write them."""

import numpy as np

LOG2 = np.log(2)


def bounds(draws):
    return np.percentile(draws, [2.5, 97.5])


def made_of(draw):
    """The percentiles of what each draw comes to, in nats per byte."""

    def function(nats, bytes, picks):
        return bounds(np.array([draw(nats, bytes, row) for row in picks]) / LOG2)

    return function


def ratios_averaged(nats, bytes, picks):
    ratios = nats / bytes / LOG2
    return bounds(ratios[picks].mean(axis=1))


def ratios_averaged_loop(nats, bytes, picks):
    draws = []
    for row in picks:
        draws.append(np.mean([nats[i] / bytes[i] for i in row]) / LOG2)
    return bounds(draws)


def all_drawn(nats, bytes, picks):
    return bounds(nats[picks] / bytes[picks] / LOG2)


def sums_of_single_texts(nats, bytes, picks):
    draws = []
    for row in picks:
        for i in row:
            draws.append(nats[i] / bytes[i] / LOG2)
    return np.percentile(draws, 2.5), np.percentile(draws, 97.5)


def nothing_drawn(nats, bytes, picks):
    return bounds(nats / bytes / LOG2)


def axis_zero(nats, bytes, picks):
    return bounds(nats[picks].sum(axis=0) / bytes[picks].sum(axis=0) / LOG2)


def ratios_axis_zero(nats, bytes, picks):
    return bounds((nats[picks] / bytes[picks]).mean(0) / LOG2)


def all_bytes(nats, bytes, picks):
    return bounds(nats[picks].sum(axis=1) / bytes.sum() / LOG2)


def all_nats(nats, bytes, picks):
    return bounds(nats.sum() / bytes[picks].sum(axis=1) / LOG2)


def bytes_without_axis(nats, bytes, picks):
    return bounds(nats[picks].sum(axis=1) / bytes[picks].sum() / LOG2)


def no_axis(nats, bytes, picks):
    draws = np.sum(nats[picks]) / np.sum(bytes[picks]) / LOG2
    return np.percentile(draws, 2.5), np.percentile(draws, 97.5)


def axis_one_of_percentile(nats, bytes, picks):
    ratios = nats[picks] / bytes[picks] / LOG2
    return np.percentile(ratios, [2.5, 97.5], axis=1)


def without_a_sum_over_bytes(nats, bytes, picks):
    return bounds([nats[row].sum() / LOG2 for row in picks])


def as_sets(nats, bytes, picks):
    draws = []
    for row in picks:
        row = np.unique(row)
        draws.append(nats[row].sum() / bytes[row].sum() / LOG2)
    return bounds(draws)


def only_present(nats, bytes, picks):
    draws = []
    for row in picks:
        present = np.isin(np.arange(len(nats)), row)
        draws.append((nats * present).sum() / (bytes * present).sum() / LOG2)
    return bounds(draws)


def returned_in_the_loop(nats, bytes, picks):
    draws = []
    for row in picks:
        draws.append(nats[row].sum() / bytes[row].sum() / LOG2)
        return bounds(draws)


def texts_of_the_first(nats, bytes, picks):
    return bounds(nats[picks[0]] / bytes[picks[0]] / LOG2)


def written_anew(nats, bytes, picks):
    for row in picks:
        draws = [nats[row].sum() / bytes[row].sum() / LOG2]
    return bounds(draws)


def never_set_back(nats, bytes, picks):
    total_nats = total_bytes = 0
    draws = []
    for row in picks:
        total_nats += nats[row].sum()
        total_bytes += bytes[row].sum()
        draws.append(total_nats / total_bytes / LOG2)
    return bounds(draws)


def weighed_by_number(nats, bytes, picks):
    return bounds((picks @ nats) / (picks @ bytes) / LOG2)


DRAWS = [
    ("mean of ratios", ratios_averaged),
    ("mean of ratios", ratios_averaged_loop),
    ("sum of ratios", made_of(lambda nats, size, row: sum(nats[i] / size[i] for i in row))),
    ("median of ratios", made_of(lambda nats, size, row: np.median(nats[row] / size[row]))),
    ("texts' own spread", all_drawn),
    ("texts' own spread", sums_of_single_texts),
    ("picks not used", nothing_drawn),
    ("down the columns", axis_zero),
    ("ratios down the columns", ratios_axis_zero),
    ("nats drawn only", all_bytes),
    ("bytes drawn only", all_nats),
    ("bytes of all draws", bytes_without_axis),
    ("all draws at once", no_axis),
    ("percentiles inside each draw", axis_one_of_percentile),
    ("mean over sum", made_of(lambda nats, size, row: nats[row].mean() / size[row].sum())),
    ("sum over mean", made_of(lambda nats, size, row: nats[row].sum() / np.mean(size[row]))),
    ("upside down", made_of(lambda nats, size, row: size[row].sum() / nats[row].sum())),
    ("no bytes", without_a_sum_over_bytes),
    ("per text", made_of(lambda nats, size, row: nats[row].mean())),
    ("each text once", as_sets),
    ("each text once", only_present),
    ("texts of the first draw", texts_of_the_first),
    ("first draw only", returned_in_the_loop),
    ("last draw only", written_anew),
    ("numbers taken for weights", weighed_by_number),
    ("totals not begun anew", never_set_back),
]

MISTAKEN = {}  # they are counted with the others, in gpt2_interval
