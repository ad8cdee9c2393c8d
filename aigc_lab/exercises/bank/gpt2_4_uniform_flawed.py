"""Notebook 09: the ways to get the cost of a uniform guess wrong, for gpt2_4_uniform."""

from __future__ import annotations

import math

import numpy as np

EXERCISES = ()  # the exercise that these belong to stands in gpt2_4_uniform

LOGS = {
    "2": math.log2,
    "e": math.log,
    "10": math.log10,
    "none": float,
    "one over": lambda v: 1 / v,
    "8": lambda v: 8.0,
    "whole": lambda v: math.ceil(math.log2(v)),
    "floor": lambda v: int(math.log2(v)),
    "bit_length": lambda v: v.bit_length(),
    "negative": lambda v: math.log2(1 / v),
    "one term": lambda v: math.log2(v) / v,
    "ln twice": lambda v: math.log2(v) / math.log(2),
    "ln times ln 2": lambda v: math.log(v) * math.log(2),
    "less one": lambda v: math.log2(v - 1),
    "more one": lambda v: math.log2(v + 1),
}


def flawed(
    vocab_size: int, tokens: int, bytes: int, *, log: str = "2", share: str = "per byte"
) -> float:
    """The same with what can go wrong."""
    bits = LOGS[log](vocab_size)
    answer = {
        "per byte": lambda: tokens * bits / bytes,
        "per token": lambda: bits,
        "in all": lambda: tokens * bits,
        "upside down": lambda: bytes * bits / tokens,
        "bytes times": lambda: bytes * bits,
        "one token": lambda: bits / bytes,
        "over both": lambda: bits / (tokens * bytes),
        "times both": lambda: tokens * bits * bytes,
        "no bits": lambda: tokens / bytes,
        "bytes are bits": lambda: tokens * bits / (8 * bytes),
        "eight times": lambda: 8 * tokens * bits / bytes,
        "floored": lambda: tokens * bits // bytes,
        "tokens per byte floored": lambda: tokens // bytes * bits,
        "rounded": lambda: round(tokens * bits / bytes),
        "log of all": lambda: LOGS[log](vocab_size * tokens) / bytes,
        "log of the share": lambda: LOGS[log](vocab_size * tokens / bytes),
        "log of tokens": lambda: LOGS[log](tokens) / bytes,
        "turned": lambda: bytes / (tokens * bits),
        "perplexity": lambda: 2 ** (tokens * bits / bytes),
    }
    return answer[share]()


def product_and_log(vocab_size: int, tokens: int, bytes: int) -> float:
    """The probability of all tokens together, and its logarithm from math."""
    return -math.log2((1 / vocab_size) ** tokens) / bytes


def product_and_numpy_log(vocab_size: int, tokens: int, bytes: int) -> float:
    """The probability of all tokens together, and its logarithm from NumPy."""
    return -np.log2((1 / vocab_size) ** tokens) / bytes


def power_of_floats(vocab_size: int, tokens: int, bytes: int) -> float:
    """How many texts there are, as a float."""
    return math.log2(float(vocab_size) ** tokens) / bytes


def power_in_math(vocab_size: int, tokens: int, bytes: int) -> float:
    """How many texts there are, by math.pow."""
    return math.log2(math.pow(vocab_size, tokens)) / bytes
