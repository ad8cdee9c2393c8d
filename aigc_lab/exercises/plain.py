"""Whatever a function gives back, as something plain that can be kept and compared.

A plain value is an array of numbers, a str or bytes, None, a list or dict of plain values, or
Strange: anything that cannot be compared, with a word for it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from numbers import Number
from typing import Any, NamedTuple

import numpy as np

DEEPEST = 20  # lists in lists
LONGEST = 120  # characters of a value that are kept to be shown


class Strange(NamedTuple):
    """A value of which only the kind and the looks are known."""

    kind: str
    looks: str


def plain(value: Any, depth: int = 0) -> Any:
    """The plain value: a copy, so that what happens to the original later changes nothing.

    Numbers may be Python's, NumPy's or PyTorch's, alone or in nested lists of equal lengths.

    >>> plain([[1, 2], [3, 4]]).shape, plain((1, "a"))[1], plain(1j).kind
    ((2, 2), 'a', 'a complex')
    """
    if value is None or isinstance(value, str | bytes | Strange):
        return value
    if isinstance(value, list | tuple | Mapping) and depth == DEEPEST:
        return strange(value)
    if isinstance(value, Mapping):
        return {key: plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return _plain_list([plain(each, depth + 1) for each in value], value)
    numbers = _numbers(value)
    return strange(value) if numbers is None else numbers


def _plain_list(items: list[Any], original: Any) -> Any:
    """One array for numbers, or for lists of numbers; a list that holds arrays stays a list."""
    written = [isinstance(each, list | tuple | Number | np.generic) for each in original]
    alike = {each.shape if isinstance(each, np.ndarray) else None for each in items}
    if items and all(written) and len(alike) == 1 and None not in alike:
        return np.stack(items)
    return items


def _numbers(value: Any) -> np.ndarray | None:
    if isinstance(value, Number | np.generic):
        return _real(np.asarray(value))
    if isinstance(value, np.ma.MaskedArray):
        return _real(value.astype(float).filled(np.nan))
    if isinstance(value, np.ndarray):
        return _real(np.array(value))
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu().to_dense().resolve_conj().resolve_neg()
        if value.is_floating_point():
            value = value.double()
        return _real(value.numpy().copy())
    return None


def _real(numbers: np.ndarray) -> np.ndarray | None:
    if numbers.dtype.kind == "O":
        return numbers.astype(float)
    return numbers if numbers.dtype.kind in "biuf" else None


def strange(value: Any) -> Strange:
    """What can be said of a value that cannot be compared, or could not be looked at."""
    try:
        looks = repr(value)
    except Exception as error:  # a class of the reader's may do anything
        looks = f"(it cannot be printed: {type(error).__name__})"
    kind = named(type(value).__name__)
    if isinstance(value, np.ndarray):
        kind = f"an array of {value.dtype}"
    return Strange(kind, cut(looks))


def named(name: str) -> str:
    """A class's name with its article.

    >>> named("array"), named("str")
    ('an array', 'a str')
    """
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def cut(text: str) -> str:
    """The text, or its beginning when it is long."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
