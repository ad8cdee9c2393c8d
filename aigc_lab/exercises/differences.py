"""The most telling difference between two values, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

SHOWN = 8  # numbers of a row that are printed
LONGEST = 120  # characters of a value that are printed


def difference(yours: Any, right: Any, tolerance: float) -> str | None:
    """One sentence on how `yours` differs from `right`, or None when it does not.

    Numbers may come as Python numbers, lists, arrays or tensors of any float type; a tolerance is
    relative and absolute. Only True and False must be just that.

    >>> difference([2.0, 4.0], [1.0, 2.0], 1e-6)
    'every number is 2 times the right one'
    >>> difference(np.float32(0.1), 0.1, 1e-6) is None
    True
    """
    if yours is None and right is not None:
        return "it gives back None; is a `return` missing?"
    numbers = as_array(right)
    if numbers is not None:
        mine = as_array(yours)
        if mine is None:
            return f"it gives {kind(yours)}, and {kind(right)} is expected"
        return _numbers(mine, numbers, tolerance)
    if isinstance(right, Mapping) and isinstance(yours, Mapping):
        return _mappings(yours, right, tolerance)
    if isinstance(right, list | tuple) and isinstance(yours, list | tuple):
        return _sequences(yours, right, tolerance)
    if type(yours) is not type(right):
        return f"it gives {kind(yours)}, and {kind(right)} is expected"
    return None if yours == right else f"it gives {show(yours)}, and {show(right)} is right"


def as_array(value: Any) -> np.ndarray | None:
    """A number, a list of numbers, an array or a tensor as an array; None for anything else."""
    if hasattr(value, "detach"):  # a tensor; torch is not imported for this
        value = value.detach().cpu()
        return (value.float() if value.is_floating_point() else value).numpy()
    if isinstance(value, np.ndarray | np.generic):
        return None if np.asarray(value).dtype.kind in "OSU" else np.asarray(value)
    if isinstance(value, Number):
        return np.asarray(value)
    if isinstance(value, list | tuple) and value and _is_nested_numbers(value):
        try:
            return np.asarray(value)
        except ValueError:  # rows of different lengths
            return None
    return None


def _is_nested_numbers(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_nested_numbers, value))
    return isinstance(value, Number | np.generic)


def _numbers(yours: np.ndarray, right: np.ndarray, tolerance: float) -> str | None:
    if (yours.dtype == bool) != (right.dtype == bool):
        return f"it gives numbers of type {yours.dtype}, and {right.dtype} is expected"
    if yours.shape != right.shape:
        turned = yours.ndim == 2 and yours.T.shape == right.shape
        known = (
            " (the right answer, transposed)" if turned and _same(yours.T, right, tolerance) else ""
        )
        return f"its shape is {yours.shape}, and {right.shape} is right{known}"
    if _same(yours, right, tolerance):
        return None
    yours, right = yours.astype(float), right.astype(float)
    return (
        _strange(yours, right)
        or _pattern(yours, right, tolerance)
        or _first(yours, right, tolerance)
    )


def _same(yours: np.ndarray, right: np.ndarray, tolerance: float) -> bool:
    if right.dtype.kind in "biu" and yours.dtype.kind in "biu":
        return np.array_equal(yours, right)
    return np.allclose(
        yours.astype(float), right.astype(float), rtol=tolerance, atol=tolerance, equal_nan=True
    )


def _strange(yours: np.ndarray, right: np.ndarray) -> str | None:
    """Numbers that are none, where they should be."""
    for name, test in (("nan", np.isnan), ("infinite", np.isinf)):
        bad = test(yours) & ~test(right)
        if bad.any():
            return f"{_count(bad)} {name}{_at(bad)}"
    return None


def _pattern(yours: np.ndarray, right: np.ndarray, tolerance: float) -> str | None:
    """What all numbers have in common."""
    if yours.size < 2 or not (np.isfinite(yours) & np.isfinite(right)).all():
        return None
    scale = max(tolerance, 1e-6)
    biggest = np.abs(right).argmax()
    if right.flat[biggest]:
        ratio = yours.flat[biggest] / right.flat[biggest]
        if ratio == 0 and not yours.any():
            return "every number is 0"
        if np.allclose(yours, ratio * right, rtol=scale, atol=scale):
            return f"every number is {ratio:.4g} times the right one"
    shift = (yours - right).flat[0]
    if np.allclose(yours, right + shift, rtol=scale, atol=scale):
        return f"every number is {abs(shift):.4g} too {'large' if shift > 0 else 'small'}"
    if yours.ndim == 2 and yours.shape == yours.T.shape and _same(yours.T, right, tolerance):
        return "it is the right answer, transposed"
    if np.allclose(np.sort(yours, None), np.sort(right, None), rtol=scale, atol=scale):
        return "the numbers are right, but they stand in the wrong places"
    return None


def _first(yours: np.ndarray, right: np.ndarray, tolerance: float) -> str:
    off = ~np.isclose(yours, right, rtol=tolerance, atol=tolerance, equal_nan=True)
    if yours.ndim == 0:
        return f"it gives {yours:.4g}, and {right:.4g} is right"
    at = tuple(np.argwhere(off)[0])
    return f"{_count(off)} wrong{_at(off)}: {yours[at]:.4g}, and {right[at]:.4g} is right"


def _count(found: np.ndarray) -> str:
    many = int(found.sum())
    return f"{many} of {found.size} numbers {'is' if many == 1 else 'are'}"


def _at(found: np.ndarray) -> str:
    if found.ndim == 0:
        return ""
    at = ", ".join(map(str, np.argwhere(found)[0]))
    return f", the first at [{at}]"


def _sequences(yours: Any, right: Any, tolerance: float) -> str | None:
    for at, (one, other) in enumerate(zip(yours, right, strict=False)):
        told = difference(one, other, tolerance)
        if told is not None:
            return f"item {at}: {told}"
    if len(yours) != len(right):
        return f"it has {len(yours)} items, and {len(right)} are right"
    return None


def _mappings(yours: Mapping, right: Mapping, tolerance: float) -> str | None:
    for key in right:
        if key not in yours:
            return f"the key {show(key)} is missing"
        told = difference(yours[key], right[key], tolerance)
        if told is not None:
            return f"at {show(key)}: {told}"
    extra = [key for key in yours if key not in right]
    return f"the key {show(extra[0])} should not be there" if extra else None


def kind(value: Any) -> str:
    """What a value is, for a sentence.

    >>> kind([1]), kind("a")
    ('a list', 'a str')
    """
    name = {"ndarray": "array", "Tensor": "tensor"}.get(type(value).__name__, type(value).__name__)
    return "None" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def show(value: Any) -> str:
    """A value on one line, rounded and cut to what helps.

    >>> show(np.array([0.123456, 1.0]))
    '[0.1235, 1]'
    """
    numbers = as_array(value)
    if numbers is not None:
        if numbers.ndim == 0:
            return f"{numbers:.4g}" if numbers.dtype.kind == "f" else str(numbers)
        if numbers.ndim > 1:
            return f"shape {numbers.shape}"
        cells = [f"{n:.4g}" if numbers.dtype.kind == "f" else str(n) for n in numbers[:SHOWN]]
        return f"[{', '.join([*cells, '…'] if numbers.size > SHOWN else cells)}]"
    if isinstance(value, list | tuple) and any(map(_is_grid, value)):
        return f"({', '.join(map(show, value))})"
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def show_both(yours: Any, right: Any, tolerance: float) -> tuple[str, str]:
    """Both values where they first differ: the row, the item, or all of them when they are short.

    >>> show_both([[1, 2], [3, 9]], [[1, 2], [3, 4]], 0)
    ('row [1]: [3, 9]', 'row [1]: [3, 4]')
    """
    mine, numbers = as_array(yours), as_array(right)
    if mine is None and numbers is None and isinstance(right, list | tuple):
        return _show_items(yours, right, tolerance)
    if mine is None or numbers is None or mine.shape != numbers.shape or numbers.ndim < 2:
        return show(yours), show(right)
    off = ~np.isclose(mine.astype(float), numbers.astype(float), tolerance, tolerance, True)
    row = tuple(np.argwhere(off)[0][:-1]) if off.any() else (0,) * (numbers.ndim - 1)
    name = f"row [{', '.join(map(str, row))}]: "
    return name + show(mine[row]), name + show(numbers[row])


def _show_items(yours: Any, right: Sequence[Any], tolerance: float) -> tuple[str, str]:
    """The first item that differs, of two sequences of the same length that hold arrays."""
    if isinstance(yours, list | tuple) and len(yours) == len(right) and any(map(_is_grid, right)):
        for at, (one, other) in enumerate(zip(yours, right, strict=True)):
            if difference(one, other, tolerance) is not None:
                shown = show_both(one, other, tolerance)
                return f"item {at}, {shown[0]}", f"item {at}, {shown[1]}"
    return show(yours), show(right)


def _is_grid(value: Any) -> bool:
    """Whether a value is an array of rows, too large to be written out."""
    numbers = as_array(value)
    return numbers is not None and numbers.ndim > 1
