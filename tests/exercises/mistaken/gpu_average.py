"""Mistakes with gradients of several processes, as readers of notebook 08 write them."""

import numpy as np


def np_mean(gradients, scored):
    return [np.mean(arrays, axis=0) for arrays in zip(*gradients, strict=True)]


def divided_by_processes(gradients, scored):
    means = [np.zeros_like(g) for g in gradients[0]]
    for process in gradients:
        for i, g in enumerate(process):
            means[i] += g / len(gradients)
    return means


def scoring_only(gradients, scored):
    some = [process for process, n in zip(gradients, scored, strict=True) if n > 0]
    return [sum(arrays) / len(some) for arrays in zip(*some, strict=True)]


def added(gradients, scored):
    return [sum(arrays) for arrays in zip(*gradients, strict=True)]


def weighed(divide):
    def function(gradients, scored):
        totals = []
        for i in range(len(gradients[0])):
            total = sum(scored[r] * gradients[r][i] for r in range(len(gradients)))
            totals.append(total / divide(scored))
        return totals

    return function


def mean_of_weighed(gradients, scored):
    return [
        np.mean([n * g for n, g in zip(scored, arrays, strict=True)], axis=0)
        for arrays in zip(*gradients, strict=True)
    ]


def shares_averaged(gradients, scored):
    total = sum(scored)
    return [
        np.mean([n / total * g for n, g in zip(scored, arrays, strict=True)], axis=0)
        for arrays in zip(*gradients, strict=True)
    ]


def not_multiplied(gradients, scored):
    return [sum(arrays) / sum(scored) for arrays in zip(*gradients, strict=True)]


def own_count(gradients, scored):
    n = np.array(scored)
    return [sum(g / n[r] for r, g in enumerate(arrays)) for arrays in zip(*gradients, strict=True)]


def turned_share(gradients, scored):
    total = np.float64(sum(scored))
    return [
        sum(g * (total / np.float64(n)) for n, g in zip(scored, arrays, strict=True))
        for arrays in zip(*gradients, strict=True)
    ]


def half_and_half(gradients, scored):
    means = list(gradients[0])
    for process in gradients[1:]:
        means = [(m + g) / 2 for m, g in zip(means, process, strict=True)]
    return means


def first_one(gradients, scored):
    return gradients[0]


def returned_early(gradients, scored):
    for process in gradients:
        means = [g.copy() for g in process]
        return means


def last_one(gradients, scored):
    for process in gradients:
        means = list(process)
    return means


def last_share(gradients, scored):
    means = [np.zeros_like(g) for g in gradients[0]]
    for process, n in zip(gradients, scored, strict=True):
        for i, g in enumerate(process):
            means[i] = n * g / sum(scored)
    return means


def begun_with_the_first(gradients, scored):
    totals = [scored[0] * g for g in gradients[0]]
    for r in range(len(gradients)):
        totals = [t + scored[r] * g for t, g in zip(totals, gradients[r], strict=True)]
    return [t / sum(scored) for t in totals]


def first_as_it_is(gradients, scored):
    totals = [g.copy() for g in gradients[0]]
    for r in range(1, len(gradients)):
        for i in range(len(totals)):
            totals[i] += scored[r] * gradients[r][i]
    return [t / sum(scored) for t in totals]


def one_parameter(gradients, scored):
    total = 0
    for process, n in zip(gradients, scored, strict=True):
        total = total + n * process[0]
    return total / sum(scored)


def flattened(gradients, scored):
    long = [np.concatenate([g.ravel() for g in process]) for process in gradients]
    return np.average(long, axis=0, weights=scored)


def weights_only(gradients, scored):
    return [
        [n * g / sum(scored) for g in arrays] for n, arrays in zip(scored, gradients, strict=True)
    ]


def no_axis(gradients, scored):
    answer = []
    for i in range(len(gradients[0])):
        arrays = [process[i] for process in gradients]
        answer.append(sum(n * a.mean() for n, a in zip(scored, arrays, strict=True)) / sum(scored))
    return answer


def process_by_process(gradients, scored):
    answer = []
    for process in gradients:
        total = 0
        for n, g in zip(scored, process, strict=False):
            total = total + n * g
        answer.append(total / sum(scored))
    return answer


def i_before_r(gradients, scored):
    answer = []
    for i in range(len(gradients[0])):
        total = 0
        for r in range(len(gradients)):
            total = total + scored[r] * gradients[i][r]
        answer.append(total / sum(scored))
    return answer


def averaged_at_once(gradients, scored):
    return np.average(gradients, axis=0, weights=scored)


def as_array(gradients, scored):
    weights = np.array(scored) / sum(scored)
    return list((weights * np.array(gradients).T).sum(-1).T)


def number_times_list(gradients, scored):
    return sum(scored[r] * gradients[r] for r in range(len(scored))) / sum(scored)


def number_times_list_added_up(gradients, scored):
    total, count = 0, 0
    for process, n in zip(gradients, scored, strict=True):
        total += n * process
        count += n
    return total / count


MISTAKEN = {
    "average_gradients": [
        ("mean of means", np_mean),
        ("mean of means", divided_by_processes),
        ("mean of the means that score", scoring_only),
        ("sum of means", added),
        ("sum of sums", weighed(lambda scored: 1)),
        ("sums over processes", weighed(len)),
        ("sums over processes", mean_of_weighed),
        ("divided twice", weighed(lambda scored: sum(scored) * len(scored))),
        ("divided twice", shares_averaged),
        ("means over the count", not_multiplied),
        ("divided by its own count", own_count),
        ("weighed upside down", turned_share),
        ("last count", weighed(lambda scored: np.float64(scored[-1]))),
        ("first count", weighed(lambda scored: scored[0])),
        ("largest count", weighed(max)),
        ("running halves", half_and_half),
        ("first process only", first_one),
        ("first process only", returned_early),
        ("last process only", last_one),
        ("last share only", last_share),
        ("first process twice", begun_with_the_first),
        ("first process not weighed", first_as_it_is),
        ("first array only", one_parameter),
        ("one long array", flattened),
        ("shares not added", weights_only),
        ("one number each", no_axis),
        ("added inside a process", process_by_process),
        ("indices exchanged", i_before_r),
        ("one array of all", averaged_at_once),
        ("one array of all", as_array),
        ("lists multiplied", number_times_list),
        ("lists multiplied and added up", number_times_list_added_up),
    ]
}
