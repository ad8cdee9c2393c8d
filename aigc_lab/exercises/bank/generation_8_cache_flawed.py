"""Notebook 07: the ways to get attention with a cache wrong, for generation_8_cache."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.model import reference

EXERCISES = ()  # the exercise that these belong to stands in generation_8_cache

Answer = tuple[ndarray, ndarray, ndarray]


def flawed(
    q: ndarray,
    k: ndarray,
    v: ndarray,
    keys: ndarray,
    values: ndarray,
    *,
    place: str = "behind",
    kept: str = "both",
    sees: str = "all",
    scale: str = "root",
    soft: str = "keys",
    give: str = "result",
) -> Answer:
    """The same with what can go wrong."""
    past = keys, values
    new = {"queries": (q, v), "exchanged": (v, k), "only keys": (k, k)}.get(kept, (k, v))
    if place == "last replaced":
        past = keys[:-1], values[:-1]
    if place == "flat":
        reference.softmax(q @ np.append(keys, k)) @ np.append(values, v)  # stops
    if place == "beside":
        q @ np.concatenate((keys, k), axis=1).T  # stops: neither of the two fits
    parts = [past, new] if place != "in front" else [new, past]
    keys, values = (np.concatenate(pair) for pair in zip(*parts, strict=True))
    seen = {"all": slice(None), "past": slice(0, -1), "new": slice(-1, None), "first": slice(0, 1)}
    if place == "in front" and sees in ("past", "new"):
        seen = {"past": slice(1, None), "new": slice(0, 1)}
    divisor = {
        "root": math.sqrt(q.shape[-1]),
        "none": 1.0,
        "width": q.shape[-1],
        "length": math.sqrt(len(keys)),
    }[scale]
    asking = {"all rows": keys, "key asks": k}.get(give, q)
    if sees == "past or nothing":
        sees, soft = "past", soft if len(keys) > 1 else "none"
    scores = asking @ keys[seen[sees]].T / divisor
    weights = {
        "keys": reference.softmax,
        "queries": lambda s: reference.softmax(s.T).T,
        "none": lambda s: s,
        "no shift": lambda s: np.exp(s) / np.exp(s).sum(axis=-1, keepdims=True),
    }[soft](scores)
    mixed = keys if give == "mixed keys" else values
    result = weights if give == "weights" else weights @ mixed[seen[sees]]
    result = result[0] if give == "flat" else result
    old = past if place != "last replaced" else (keys, values)
    left = {
        "neither": new,
        "not appended": old,
        "only keys appended": (keys, old[1]),
        "only values appended": (old[0], values),
    }.get(kept, (keys, values))
    if give == "only result":
        return result
    return (*left, result) if give == "result last" else (result, *left)
