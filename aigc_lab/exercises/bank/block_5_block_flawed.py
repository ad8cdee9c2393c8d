"""Notebook 05: the ways to get the block wrong, for block_5_block."""

from __future__ import annotations

from numpy import ndarray

from aigc_lab.exercises.definition import Function

EXERCISES = ()  # the exercise that these belong to stands in block_5_block


def flawed(
    x: ndarray,
    ln_1: Function,
    attn: Function,
    ln_2: Function,
    mlp: Function,
    *,
    first: str = "pre",
    second: str = "pre",
    norms: str = "right",
    order: str = "attention first",
    reads: str = "new",
    adds: str = "new",
) -> ndarray:
    """The block with what can go wrong."""
    turned = {"ln_1 twice": (ln_1, ln_1), "ln_2 twice": (ln_2, ln_2), "exchanged": (ln_2, ln_1)}
    ln_1, ln_2 = turned.get(norms, (ln_1, ln_2))
    if order == "mlp first":
        ln_1, attn, ln_2, mlp = ln_2, mlp, ln_1, attn
    middle = half(x, x, ln_1, attn, first)
    found = attn(ln_1(x))
    reading = {"new": middle, "old": x, "found": found, "normed": ln_1(x)}[reads]
    stream = {"new": middle, "old": x, "found": found, "twice": x + middle, "doubled": 2 * middle}[
        adds
    ]
    return half(stream, reading, ln_2, mlp, second)


def half(stream: ndarray, read: ndarray, norm: Function, part: Function, how: str) -> ndarray:
    """One branch: it reads `read` and comes back to `stream`."""
    ways = {
        "pre": lambda: stream + part(norm(read)),
        "post": lambda: norm(stream + part(read)),
        "bare": lambda: stream + part(read),
        "replace": lambda: part(norm(read)),
        "overwrite": lambda: norm(read) + part(norm(read)),
        "after": lambda: stream + norm(part(read)),
        "beside": lambda: norm(stream) + part(read),
        "times": lambda: stream * part(norm(read)),
        "both": lambda: stream + norm(part(norm(read))),
        "inside": lambda: part(stream + norm(read)),
        "missing": lambda: stream,
    }
    return ways[how]()
