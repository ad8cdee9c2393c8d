"""Right solutions of notebook 12's exercises on reading answers and on numbers."""

import json
import math
import re

import numpy as np
import torch


def order_slice(text, keys):
    order = json.loads(text[text.find("{") : text.rfind("}") + 1])
    if set(order) != set(keys):
        raise ValueError(f"the keys are {sorted(order)}, and {sorted(keys)} were asked for")
    if not all(isinstance(value, str) for value in order.values()):
        raise ValueError("every value must be a string")
    return order


def order_pattern(text, keys):
    found = re.search(r"\{.*\}", text, flags=re.DOTALL)
    if not found:
        raise ValueError("no object")
    order = json.loads(found.group())
    if sorted(order) != sorted(keys):
        raise ValueError("other keys")
    for value in order.values():
        if type(value) is not str:
            raise ValueError("no string")
    return order


def order_key_by_key(text, keys):
    try:
        start, stop = text.index("{"), text.rindex("}")
        read = json.loads(text[start : stop + 1])
        order = {key: read.pop(key) for key in keys}
    except KeyError as error:
        raise ValueError("missing") from error
    if read or any(not isinstance(order[key], str) for key in keys):
        raise ValueError("too many keys, or no strings")
    return order


def order_decoder(text, keys):
    _, brace, tail = text.partition("{")
    order, _ = json.JSONDecoder().raw_decode(brace + tail)
    fits = order.keys() == set(keys) and {type(v) for v in order.values()} == {str}
    if not fits:
        raise ValueError(order)
    return order


def pieces_last(sentences, count, limit):
    found = []
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError(f"a sentence of {count(sentence)} tokens; at most {limit} fit")
        if found and count(f"{found[-1]} {sentence}") <= limit:
            found[-1] += f" {sentence}"
        else:
            found.append(sentence)
    return found


def pieces_current(sentences, count, limit):
    if any(count(s) > limit for s in sentences):
        raise ValueError("too long")
    done, current = [], []
    for sentence in sentences:
        if count(" ".join([*current, sentence])) > limit:
            done.append(" ".join(current))
            current = []
        current.append(sentence)
    if current:
        done.append(" ".join(current))
    return done


def pieces_indices(sentences, count, limit):
    found, start = [], 0
    while start < len(sentences):
        stop = start + 1
        if count(sentences[start]) > limit:
            raise ValueError(sentences[start])
        while stop < len(sentences) and count(" ".join(sentences[start : stop + 1])) <= limit:
            stop += 1
        found.append(" ".join(sentences[start:stop]))
        start = stop
    return tuple(found)


def pieces_recursive(sentences, count, limit):
    if not sentences:
        return []
    for many in range(len(sentences), 0, -1):
        piece = " ".join(sentences[:many])
        if count(piece) <= limit:
            return [piece, *pieces_recursive(sentences[many:], count, limit)]
    raise ValueError("too long")


def wilson_equation(right, total):
    z, p = 1.96, right / total
    scale = 1 + z**2 / total
    centre = (p + z**2 / (2 * total)) / scale
    half = z * np.sqrt(p * (1 - p) / total + z**2 / (4 * total**2)) / scale
    return centre - half, centre + half


def wilson_counts(right, total):
    z2 = 1.96 * 1.96
    wrong = total - right
    root = math.sqrt(z2) * math.sqrt(right * wrong / total + z2 / 4)
    return [(right + z2 / 2 + sign * root) / (total + z2) for sign in (-1, 1)]


def wilson_roots(right, total):
    z2, p = 1.959964**2, right / total
    return sorted(np.roots([1 + z2 / total, -2 * p - z2 / total, p * p]).real)


def wilson_torch(right, total):
    n, z = torch.tensor(float(total)), 1.96
    p = right / n
    signs = torch.tensor([-1.0, 1.0])
    root = torch.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)
    return (p + z * z / (2 * n) + signs * z * root) / (1 + z * z / n)


def exposure_sum(canary_nats, other_nats):
    rank = 1 + np.sum(other_nats < canary_nats)
    return np.log2(len(other_nats) + 1) - np.log2(rank)


def exposure_sorted(canary_nats, other_nats):
    everyone = sorted([canary_nats, *other_nats])
    return math.log2(len(everyone) / (everyone.index(canary_nats) + 1))


def exposure_loop(canary_nats, other_nats):
    rank = candidates = 1
    for nats in other_nats:
        candidates += 1
        if nats < canary_nats:
            rank += 1
    return math.log(candidates / rank, 2)


def exposure_search(canary_nats, other_nats):
    rank = np.searchsorted(np.sort(other_nats), canary_nats, side="left") + 1
    return (np.log(other_nats.size + 1) - np.log(rank)) / np.log(2)


def exposure_torch(canary_nats, other_nats):
    everyone = torch.cat([torch.tensor([canary_nats]).double(), torch.tensor(other_nats)])
    ahead = everyone[0] <= everyone
    return -torch.log2((~ahead).sum().add(1) / len(everyone))


CORRECT = {
    "parse_order": [order_slice, order_pattern, order_key_by_key, order_decoder],
    "pieces": [pieces_last, pieces_current, pieces_indices, pieces_recursive],
    "wilson_interval": [wilson_equation, wilson_counts, wilson_roots, wilson_torch],
    "exposure": [
        exposure_sum,
        exposure_sorted,
        exposure_loop,
        exposure_search,
        exposure_torch,
    ],
}
