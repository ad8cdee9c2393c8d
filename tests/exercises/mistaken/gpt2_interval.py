"""Mistakes with intervals of ratios, as readers of notebook 09 write them."""

import numpy as np
import torch

from tests.exercises.mistaken.gpt2_interval_draws import DRAWS

LOG2 = np.log(2)


def results(nats, bytes, picks):
    return np.array([nats[row].sum() / bytes[row].sum() / LOG2 for row in picks])


def of_results(answer):
    def function(nats, bytes, picks):
        return answer(results(nats, bytes, picks))

    return function


def with_measured(answer):
    def function(nats, bytes, picks):
        measured = nats.sum() / bytes.sum() / LOG2
        return answer(results(nats, bytes, picks), measured)

    return function


def still_nats(nats, bytes, picks):
    draws = nats[picks].sum(axis=1) / bytes[picks].sum(axis=1)
    return np.percentile(draws, [2.5, 97.5])


def still_nats_loop(nats, bytes, picks):
    draws = []
    for row in picks:
        draws.append(sum(nats[i] for i in row) / sum(bytes[i] for i in row))
    return np.percentile(draws, 2.5), np.percentile(draws, 97.5)


def pythons_sum(nats, bytes, picks):
    draws = sum(nats[picks]) / sum(bytes[picks]) / LOG2
    return np.percentile(draws, [2.5, 97.5])


def multiplied(nats, bytes, picks):
    draws = nats[picks].sum(axis=1) * LOG2 / bytes[picks].sum(axis=1)
    return np.percentile(draws, [2.5, 97.5])


def log2_taken(nats, bytes, picks):
    draws = np.log2(nats[picks].sum(axis=1) / bytes[picks].sum(axis=1))
    low, high = np.percentile(draws, [2.5, 97.5])
    return low, high


def bits_of_bits(nats, bytes, picks):
    draws = nats[picks].sum(axis=1) / (8 * bytes[picks].sum(axis=1)) / LOG2
    return np.percentile(draws, [2.5, 97.5])


def percentiles(low, high):
    return of_results(lambda draws: np.percentile(draws, [low, high]))


def min_and_max(nats, bytes, picks):
    draws = results(nats, bytes, picks)
    return min(draws), max(draws)


def bell(draws):
    return draws.mean() - 1.96 * draws.std(), draws.mean() + 1.96 * draws.std()


def bell_around(draws, measured):
    half = 1.96 * np.std(draws)
    return measured - half, measured + half


def standard_error(draws):
    half = 1.96 * draws.std() / np.sqrt(len(draws))
    return draws.mean() - half, draws.mean() + half


def standard_error_of_texts(nats, bytes, picks):
    draws = results(nats, bytes, picks)
    half = 1.96 * draws.std() / np.sqrt(picks.shape[1])
    return [draws.mean() - half, draws.mean() + half]


def basic(draws, measured):
    low, high = np.percentile(draws, [2.5, 97.5])
    return 2 * measured - high, 2 * measured - low


def distances(draws, measured):
    low, high = np.percentile(draws, [2.5, 97.5])
    return measured - low, high - measured


def measured_between(draws, measured):
    low, high = np.percentile(draws, [2.5, 97.5])
    return low, measured, high


def not_sorted(draws):
    n = len(draws)
    return draws[int(n * 0.025)], draws[int(n * 0.975)]


def sorted_not_kept(draws):
    draws = list(draws)
    sorted(draws)
    return draws[round(0.025 * (len(draws) - 1))], draws[round(0.975 * (len(draws) - 1))]


def counted_from_one(draws):
    draws = sorted(draws)
    return draws[int(len(draws) * 0.025) + 1], draws[int(len(draws) * 0.975) + 1]


def torch_quantile(draws):
    draws = torch.tensor(draws)
    return torch.quantile(draws, 2.5), torch.quantile(draws, 97.5)


def parts_divided(nats, bytes, picks):
    low, high = np.percentile(nats[picks].sum(axis=1), [2.5, 97.5])
    low_bytes, high_bytes = np.percentile(bytes[picks].sum(axis=1), [2.5, 97.5])
    return low / low_bytes / LOG2, high / high_bytes / LOG2


def mean_of_ratios_in_nats(nats, bytes, picks):
    return np.percentile((nats / bytes)[picks].mean(axis=1), [2.5, 97.5])


MISTAKEN = {
    "ratio_interval": [
        *DRAWS,
        ("nats", still_nats),
        ("nats", still_nats_loop),
        ("times ln 2", multiplied),
        ("logarithm of the ratio", log2_taken),
        ("eighths", bits_of_bits),
        ("hundredth part of the levels", percentiles(0.025, 0.975)),
        ("5 and 95", percentiles(5, 95)),
        ("0 and 95", percentiles(0, 95)),
        ("2.5 and 95", percentiles(2.5, 95)),
        ("5 and 97.5", percentiles(5, 97.5)),
        ("0.5 and 99.5", percentiles(0.5, 99.5)),
        ("quarters", percentiles(25, 75)),
        ("least and most", min_and_max),
        ("two deviations", of_results(bell)),
        ("2 deviations", of_results(lambda x: (x.mean() - 2 * x.std(), x.mean() + 2 * x.std()))),
        ("two deviations around the measured", with_measured(bell_around)),
        ("two standard errors", of_results(standard_error)),
        ("divided by the texts again", standard_error_of_texts),
        ("turned around", with_measured(basic)),
        ("distances", with_measured(distances)),
        ("not sorted", of_results(not_sorted)),
        ("not sorted", of_results(sorted_not_kept)),
        ("one place further", of_results(counted_from_one)),
        ("exchanged", percentiles(97.5, 2.5)),
        ("width", of_results(lambda x: np.percentile(x, 97.5) - np.percentile(x, 2.5))),
        ("half the width", of_results(lambda x: np.ptp(np.percentile(x, [2.5, 97.5])) / 2)),
        ("with the median", of_results(lambda draws: np.percentile(draws, [2.5, 50, 97.5]))),
        ("with what was measured", with_measured(measured_between)),
        ("lower bound only", of_results(lambda draws: np.quantile(draws, 0.025))),
        ("all draws", results),
        ("all draws, sorted", of_results(sorted)),
        ("percentiles apart", parts_divided),
        ("quantiles above 1 in torch", of_results(torch_quantile)),
        ("levels as two arguments", of_results(lambda draws: np.percentile(draws, 2.5, 97.5))),
        ("quantiles above 1", of_results(lambda draws: np.quantile(draws, [2.5, 97.5]))),
        ("down the columns", pythons_sum),
        ("mean of ratios + nats", mean_of_ratios_in_nats),
    ],
}
