"""Right solutions of notebook 08's exercises on time, memory and arithmetic."""

import statistics

import numpy as np
import torch


def seconds_two_loops(work, clock, repeats, warmup):
    for _ in range(warmup):
        work()
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return np.median(times)


def seconds_sorted(work, clock, repeats, warmup):
    i = 0
    while i < warmup:
        work()
        i += 1
    times = [0.0] * repeats
    for i in range(repeats):
        begin = clock()
        work()
        end = clock()
        times[i] = end - begin
    times.sort()
    middle = repeats // 2
    if repeats % 2 == 1:
        return times[middle]
    return (times[middle - 1] + times[middle]) / 2


def seconds_all_timed_then_cut(work, clock, repeats, warmup):
    times = []
    for _ in range(warmup + repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return statistics.median(times[warmup:])


def seconds_stamps(work, clock, repeats, warmup):
    [work() for _ in range(warmup)]
    stamps = [clock()]
    for _ in range(repeats):
        work()
        stamps.append(clock())
    return np.quantile(np.diff(stamps), 0.5)


def seconds_of_once(work, clock, repeats, warmup):
    def once():
        start = clock()
        work()
        return clock() - start

    for _ in range(warmup):
        once()
    return torch.tensor([once() for _ in range(repeats)], dtype=torch.float64).quantile(0.5)


def seconds_both_middles(work, clock, repeats, warmup):
    times = np.zeros(repeats)
    for i in range(-warmup, repeats):
        start = clock()
        work()
        if i >= 0:
            times[i] = clock() - start
    times = np.sort(times)
    return (times[(repeats - 1) // 2] + times[repeats // 2]) / 2


def bytes_table(n_parameters, optimizer, bytes_per_number):
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return n_parameters * (2 + kept) * bytes_per_number


def bytes_branches(n_parameters, optimizer, bytes_per_number):
    parameters = n_parameters * bytes_per_number
    gradients = parameters
    if optimizer == "sgd":
        state = 0
    elif optimizer == "momentum":
        state = parameters
    else:
        state = 2 * parameters
    return parameters + gradients + state


def bytes_added_up(n_parameters, optimizer, bytes_per_number):
    total = n_parameters
    total += n_parameters
    if optimizer in ("momentum", "adamw"):
        total += n_parameters
    if optimizer == "adamw":
        total += n_parameters
    return total * bytes_per_number


def bytes_index(n_parameters, optimizer, bytes_per_number):
    return n_parameters * bytes_per_number * (2 + ["sgd", "momentum", "adamw"].index(optimizer))


def bytes_match(n_parameters, optimizer, bytes_per_number):
    match optimizer:
        case "sgd":
            arrays = 2
        case "momentum":
            arrays = 3
        case _:
            arrays = 4
    return float(arrays) * bytes_per_number * n_parameters


def bytes_shapes(n_parameters, optimizer, bytes_per_number):
    names = ["parameter", "gradient"]
    names += {"sgd": [], "momentum": ["velocity"], "adamw": ["mean", "mean of squares"]}[optimizer]
    return sum(np.int64(n_parameters) * bytes_per_number for _ in names)


def flops_plain(n_layer, n_embd, vocab_size, length):
    weights = n_layer * 12 * n_embd**2 + vocab_size * n_embd
    attention = n_layer * 4 * length * n_embd
    return 3 * (2 * weights + attention)


def flops_layer_by_layer(n_layer, n_embd, vocab_size, length):
    c = n_embd
    total = 0
    for _ in range(n_layer):
        for n, m in [(c, 3 * c), (c, c), (c, 4 * c), (4 * c, c)]:
            total += 2 * n * m
        total += 2 * length * c  # scores
        total += 2 * length * c  # mixing
    total += 2 * c * vocab_size
    return total + 2 * total


def flops_one_line(n_layer, n_embd, vocab_size, length):
    return 6 * (n_layer * n_embd * (12 * n_embd + 2 * length) + vocab_size * n_embd)


def flops_six_per_weight(n_layer, n_embd, vocab_size, length):
    attn = 4 * n_embd * n_embd
    mlp = 8 * n_embd * n_embd
    head = vocab_size * n_embd
    return 6 * (n_layer * (attn + mlp) + head) + 12 * n_layer * length * n_embd


def flops_whole_text(n_layer, n_embd, vocab_size, length):
    matrices = 2 * length * (12 * n_layer * n_embd**2 + vocab_size * n_embd)
    attention = n_layer * 2 * (2 * length * length * n_embd)
    return 3 * (matrices + attention) / length


def flops_shapes(n_layer, n_embd, vocab_size, length):
    shapes = [(n_embd, width * n_embd) for width in (3, 1, 4, 4)] * n_layer
    shapes += [(n_embd, vocab_size)]
    forward = sum(2 * np.prod(shape) for shape in shapes) + 4 * length * n_embd * n_layer
    backward = 2 * forward
    return forward + backward


def mfu_plain(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token / peak


def mfu_two_lines(tokens_per_second, flops_per_token, peak):
    used = flops_per_token * tokens_per_second
    return used / peak


def mfu_seconds(tokens_per_second, flops_per_token, peak):
    needed = flops_per_token / peak  # seconds of a token on a device that is never idle
    took = 1 / tokens_per_second
    return needed / took


def mfu_tokens(tokens_per_second, flops_per_token, peak):
    return tokens_per_second / (peak / flops_per_token)


def mfu_numpy(tokens_per_second, flops_per_token, peak):
    return np.divide(np.prod([tokens_per_second, flops_per_token], dtype=float), peak)


CORRECT = {
    "median_seconds": [
        seconds_two_loops,
        seconds_sorted,
        seconds_all_timed_then_cut,
        seconds_stamps,
        seconds_of_once,
        seconds_both_middles,
    ],
    "training_bytes": [
        bytes_table,
        bytes_branches,
        bytes_added_up,
        bytes_index,
        bytes_match,
        bytes_shapes,
    ],
    "flops_per_token": [
        flops_plain,
        flops_layer_by_layer,
        flops_one_line,
        flops_six_per_weight,
        flops_whole_text,
        flops_shapes,
    ],
    "mfu": [mfu_plain, mfu_two_lines, mfu_seconds, mfu_tokens, mfu_numpy],
}
