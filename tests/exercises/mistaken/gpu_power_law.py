"""Mistakes with a line in log-log, as readers of notebook 08 write them."""

import numpy as np


def height_returned(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return height, slope


def tens_and_e(x, y):
    slope, height = np.polyfit(np.log10(x), np.log10(y), 1)
    return np.exp(height), slope


def twos_and_e(x, y):
    slope, height = np.polyfit(np.log2(x), np.log2(y), 1)
    return np.exp(height), slope


def ten_to_the(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return 10**height, slope


def slope_first(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return slope, np.exp(height)


def unpacked_the_other_way(x, y):
    height, slope = np.polyfit(np.log(x), np.log(y), 1)
    return np.exp(height), slope


def both_undone(x, y):
    return tuple(np.exp(np.polyfit(np.log(x), np.log(y), 1)[::-1]))


def minus(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return np.exp(height), -slope


def size(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return np.exp(height), abs(slope)


def straight(x, y):
    slope, height = np.polyfit(x, y, 1)
    return height, slope


def straight_exp(x, y):
    slope, height = np.polyfit(x, y, 1)
    return np.exp(height), slope


def log_y(x, y):
    slope, height = np.polyfit(x, np.log(y), 1)
    return np.exp(height), slope


def log_x(x, y):
    slope, height = np.polyfit(np.log(x), y, 1)
    return np.exp(height), slope


def arguments_exchanged(x, y):
    slope, height = np.polyfit(np.log(y), np.log(x), 1)
    return np.exp(height), slope


def solved_for_y(x, y):
    slope, height = np.polyfit(np.log(y), np.log(x), 1)
    return np.exp(-height / slope), 1 / slope


def ends(x, y):
    exponent = (np.log(y[-1]) - np.log(y[0])) / (np.log(x[-1]) - np.log(x[0]))
    return y[0] / x[0] ** exponent, exponent


def ends_by_ratio(x, y):
    exponent = np.log(y[-1] / y[0]) / np.log(x[-1] / x[0])
    return y[-1] * x[-1] ** -exponent, exponent


def extremes(x, y):
    low, high = np.argmin(x), np.argmax(x)
    exponent = np.log(y[high] / y[low]) / np.log(x[high] / x[low])
    return np.exp(np.log(y[low]) - exponent * np.log(x[low])), exponent


def ends_then_mean(x, y):
    exponent = np.log(y[-1] / y[0]) / np.log(x[-1] / x[0])
    return np.exp(np.mean(np.log(y) - exponent * np.log(x))), exponent


def slopes_averaged(x, y):
    a, b = np.log(x), np.log(y)
    slopes = [(b[i + 1] - b[i]) / (a[i + 1] - a[i]) for i in range(len(a) - 1)]
    exponent = sum(slopes) / len(slopes)
    return np.exp(b.mean() - exponent * a.mean()), exponent


def no_ones(x, y):
    slope, *_ = np.linalg.lstsq(np.log(x)[:, None], np.log(y), rcond=None)
    return 1.0, slope[0]


def meets_the_first(x, y):
    exponent = np.polyfit(np.log(x), np.log(y), 1)[0]
    return y[0] / x[0] ** exponent, exponent


def meets_the_last(x, y):
    exponent = np.polyfit(np.log(x), np.log(y), 1)[0]
    return y[-1] / float(x[-1]) ** exponent, exponent


def ratios_averaged(x, y):
    exponent, _ = np.polyfit(np.log(x), np.log(y), 1)
    return (y / x**exponent).mean(), exponent


def logs_of_means(x, y):
    a, b = np.log(x), np.log(y)
    exponent = np.cov(a, b)[0, 1] / np.var(a, ddof=1)
    return np.exp(np.log(np.mean(y)) - exponent * np.log(np.mean(x))), exponent


def not_centred(x, y):
    a, b = np.log(x), np.log(y)
    exponent = (a * b).sum() / (a**2).sum()
    return np.exp(b.mean() - exponent * a.mean()), exponent


def correlated(x, y):
    a, b = np.log(x), np.log(y)
    exponent = np.corrcoef(a, b)[0, 1]
    return np.exp(b.mean() - exponent * a.mean()), exponent


def slope_only(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


def fitted(x, y):
    return np.exp(np.polyval(np.polyfit(np.log(x), np.log(y), 1), np.log(x)))


def covariances_apart(x, y):
    a, b = np.log(x), np.log(y)
    exponent = np.cov(a, b)[0, 1] / np.var(a)
    return np.exp(b.mean() - exponent * a.mean()), exponent


def pair_of_logs_as_is(x, y):
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    return slope, height


def in_order(x, y):
    slope, height = np.polyfit(np.log(np.sort(x)), np.log(y), 1)
    return np.exp(height), slope


def both_in_order(x, y):
    slope, height = np.polyfit(np.log(sorted(x)), np.log(sorted(y)), 1)
    return np.exp(height), slope


MISTAKEN = {
    "fit_power_law": [
        ("log of the factor", height_returned),
        ("another base", tens_and_e),
        ("base 2", twos_and_e),
        ("ten to the height", ten_to_the),
        ("exchanged", slope_first),
        ("slope taken for height", unpacked_the_other_way),
        ("exponent undone too", both_undone),
        ("sign turned", minus),
        ("without sign", size),
        ("no logarithms", straight_exp),
        ("straight line itself", straight),
        ("x as it is", log_y),
        ("y as it is", log_x),
        ("x by y", arguments_exchanged),
        ("x by y, turned back", solved_for_y),
        ("first and last", ends),
        ("first and last", ends_by_ratio),
        ("smallest and largest", extremes),
        ("slope of the ends", ends_then_mean),
        ("mean of slopes", slopes_averaged),
        ("through 0", no_ones),
        ("factor of the first point", meets_the_first),
        ("factor of the last point", meets_the_last),
        ("mean factor", ratios_averaged),
        ("factor of the means", logs_of_means),
        ("slope without means", not_centred),
        ("two kinds of variance", covariances_apart),
        ("correlation", correlated),
        ("x sorted alone", in_order),
        ("each sorted", both_in_order),
        ("exponent only", slope_only),
        ("log of the factor + exchanged", pair_of_logs_as_is),
        ("curve", fitted),
    ]
}
