"""The most telling difference between two values, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aigc_lab.exercises.plain import Strange, cut, named, plain

SHOWN = 8  # numbers of a row that are printed


def difference(yours: Any, right: Any, tolerance: float) -> str | None:
    """One sentence on how `yours` differs from `right`, or None when it does not.

    Numbers may come as Python numbers, lists, arrays or tensors of any float type; a tolerance is
    relative and absolute. Only True and False must be just that.

    >>> difference([2.0, 4.0], [1.0, 2.0], 1e-6)
    'every number is 2 times the right one'
    >>> difference(np.float32(0.1), 0.1, 1e-6) is None
    True
    """
    return _difference(plain(yours), plain(right), tolerance)


def _difference(yours: Any, right: Any, tolerance: float) -> str | None:
    if yours is None and right is not None:
        return "it gives back None; is a `return` missing?"
    if _is_empty(yours) and _is_empty(right):
        return None
    if isinstance(yours, np.ndarray) and isinstance(right, np.ndarray):
        return _numbers(yours, right, tolerance)
    if isinstance(yours, Mapping) and isinstance(right, Mapping):
        return _mappings(yours, right, tolerance)
    if isinstance(yours, np.ndarray) and yours.ndim and isinstance(right, list):
        yours = list(map(np.asarray, yours))  # an array of rows does for a list of them
    if isinstance(yours, list) and isinstance(right, list):
        return _sequences(yours, right, tolerance)
    if type(yours) is not type(right) or isinstance(right, Strange):
        return f"it gives {kind(yours)}, and {kind(right)} is expected{_advice(yours, right)}"
    return None if yours == right else f"it gives {show(yours)}, and {show(right)} is right"


def _is_empty(value: Any) -> bool:
    return (isinstance(value, list) and not value) or (
        isinstance(value, np.ndarray) and value.shape == (0,)
    )


def _advice(yours: Any, right: Any) -> str:
    items = yours if isinstance(yours, list) else []
    arrays = bool(items) and all(isinstance(each, np.ndarray) for each in items)
    return "; make one array of it" if arrays and isinstance(right, np.ndarray) else ""


def _numbers(yours: np.ndarray, right: np.ndarray, tolerance: float) -> str | None:
    if (yours.dtype == bool) != (right.dtype == bool):
        return f"it gives numbers of type {yours.dtype}, and {right.dtype} is expected"
    if yours.shape != right.shape:
        turned = yours.ndim == 2 and yours.T.shape == right.shape
        known = (
            " (the right answer, transposed)"
            if turned and not _off(yours.T, right, tolerance).any()
            else ""
        )
        return f"its shape is {yours.shape}, and {right.shape} is right{known}"
    off = _off(yours, right, tolerance)
    if not off.any():
        return None
    if right.dtype == bool:
        return _first(yours, right, off)
    yours, right = yours.astype(float), right.astype(float)
    return _strange(yours, right) or _pattern(yours, right, tolerance) or _first(yours, right, off)


def _off(yours: np.ndarray, right: np.ndarray, tolerance: float) -> np.ndarray:
    """Where two arrays of one shape differ; of whole numbers no tolerance lets one pass."""
    if right.dtype.kind in "biu" and yours.dtype.kind in "biu":
        return yours != right
    yours, right = yours.astype(float), right.astype(float)
    return ~np.isclose(yours, right, rtol=tolerance, atol=tolerance, equal_nan=True)


def _strange(yours: np.ndarray, right: np.ndarray) -> str | None:
    """Numbers that are none, where they should be."""
    for name, test in (("nan", np.isnan), ("infinite", np.isinf)):
        bad = test(yours) & ~test(right)
        if bad.any():
            others = " and should not be" if test(right).any() else ""
            return f"{_count(bad)} {name}{others}{_at(bad)}"
    return None


def _pattern(yours: np.ndarray, right: np.ndarray, tolerance: float) -> str | None:
    """What all numbers have in common."""
    if yours.size < 2 or not (np.isfinite(yours) & np.isfinite(right)).all():
        return None
    scale = max(tolerance, 1e-6)
    if np.allclose(yours, right, rtol=scale, atol=scale):  # too near for a pattern
        return None
    biggest = np.abs(right).argmax()
    if right.flat[biggest]:
        ratio = yours.flat[biggest] / right.flat[biggest]
        if ratio == 0 and not yours.any():
            return "every number is 0"
        if np.allclose(yours, ratio * right, rtol=scale, atol=scale):
            return f"every number is {_apart(ratio, 1.0)[0]} times the right one"
    shift = (yours - right).flat[0]
    if np.allclose(yours, right + shift, rtol=scale, atol=scale):
        return f"every number is {abs(shift):.4g} too {'large' if shift > 0 else 'small'}"
    if (
        yours.ndim == 2
        and yours.shape == yours.T.shape
        and not _off(yours.T, right, tolerance).any()
    ):
        return "it is the right answer, transposed"
    if np.allclose(np.sort(yours, None), np.sort(right, None), rtol=scale, atol=scale):
        return "the numbers are right, but they stand in the wrong places"
    return None


def _first(yours: np.ndarray, right: np.ndarray, off: np.ndarray) -> str:
    at = tuple(np.argwhere(off)[0])
    mine, expected = _apart(yours[at], right[at])
    if yours.ndim == 0:
        return f"it gives {mine}, and {expected} is right"
    return f"{_count(off)} wrong{_at(off)}: {mine}, and {expected} is right"


def _apart(yours: Any, right: Any) -> tuple[str, str]:
    """Two unequal numbers with as many digits as tell them apart, and at least four.

    >>> _apart(1.7221, 1.7222), _apart(np.True_, np.False_)
    (('1.7221', '1.7222'), ('True', 'False'))
    """
    if isinstance(right, np.bool_):
        return str(yours), str(right)
    for digits in range(4, 18):
        told = f"{yours:.{digits}g}", f"{right:.{digits}g}"
        if told[0] != told[1]:
            break
    return told


def _count(found: np.ndarray) -> str:
    many = int(found.sum())
    return f"{many} of {found.size} numbers {'is' if many == 1 else 'are'}"


def _at(found: np.ndarray) -> str:
    if found.ndim == 0:
        return ""
    at = ", ".join(map(str, np.argwhere(found)[0]))
    return f", the first at [{at}]"


def _sequences(yours: list, right: list, tolerance: float) -> str | None:
    for at, (one, other) in enumerate(zip(yours, right, strict=False)):
        told = _difference(one, other, tolerance)
        if told is not None:
            return f"item {at}: {told}"
    if len(yours) != len(right):
        return f"it has {len(yours)} items, and {len(right)} are right"
    return None


def _mappings(yours: Mapping, right: Mapping, tolerance: float) -> str | None:
    for key in right:
        if key not in yours:
            return f"the key {show(key)} is missing"
        told = _difference(yours[key], right[key], tolerance)
        if told is not None:
            return f"at {show(key)}: {told}"
    extra = [key for key in yours if key not in right]
    return f"the key {show(extra[0])} should not be there" if extra else None


def left_behind(yours: Any, right: Any, tolerance: float) -> str | None:
    """One sentence on the first thing that was left in another state than it should be, or None.

    >>> left_behind({"model.training": False}, {"model.training": True}, 0)
    'its answer is right, but afterwards model.training is False instead of True'
    """
    for name in right or ():
        if name not in (yours or {}):
            return f"its answer is right, but afterwards {name} is gone"
        mine, expected = (plain(each)[name] for each in (yours, right))
        told = _difference(mine, expected, tolerance)
        if told is None:
            continue
        single = isinstance(expected, np.ndarray) and expected.ndim == 0
        how = f"is {show(mine)} instead of {show(expected)}" if single else f"is not right: {told}"
        return f"its answer is right, but afterwards {name} {how}"
    return None


def kind(value: Any) -> str:
    """What a value is, for a sentence.

    >>> kind([1]), kind("a"), kind(2.5), kind(None)
    ('an array of numbers', 'a str', 'a number', 'None')
    """
    value = plain(value)
    if isinstance(value, np.ndarray):
        return "an array of numbers" if value.ndim else "a number"
    if isinstance(value, Strange):
        return value.kind
    if _is_empty(value):
        return "an empty list"
    return "None" if value is None else named(type(value).__name__)


def show(value: Any) -> str:
    """A value on one line, rounded and cut to what helps.

    >>> show(np.array([0.123456, 1.0]))
    '[0.1235, 1]'
    """
    value = plain(value)
    if isinstance(value, Strange):
        return value.looks
    if isinstance(value, list):
        return cut(f"[{', '.join(map(show, value))}]")
    if not isinstance(value, np.ndarray):
        return cut(repr(value))
    if value.ndim == 0:
        return f"{value:.4g}" if value.dtype.kind == "f" else cut(str(value))
    if value.ndim > 1:
        return f"shape {value.shape}"
    cells = [f"{n:.4g}" if value.dtype.kind == "f" else str(n) for n in value[:SHOWN]]
    return f"[{', '.join([*cells, '…'] if value.size > SHOWN else cells)}]"


def show_both(yours: Any, right: Any, tolerance: float) -> tuple[str, str]:
    """Both values where they first differ: the row, the item, or all of them when they are short.

    >>> show_both([[1, 2], [3, 9]], [[1, 2], [3, 4]], 0)
    ('row [1]: [3, 9]', 'row [1]: [3, 4]')
    """
    yours, right = plain(yours), plain(right)
    if isinstance(yours, list) and isinstance(right, list) and len(yours) == len(right):
        return _show_items(yours, right, tolerance)
    if isinstance(yours, Mapping) and isinstance(right, Mapping):
        return _show_entries(yours, right, tolerance)
    if not isinstance(yours, np.ndarray) or not isinstance(right, np.ndarray):
        return show(yours), show(right)
    if yours.shape != right.shape or right.ndim < 2:
        told = show(yours), show(right)
        single = right.ndim == 0 and yours.ndim == 0 and told[0] == told[1]
        return _apart(yours[()], right[()]) if single else told
    off = ~np.isclose(yours.astype(float), right.astype(float), tolerance, tolerance, True)
    row = tuple(np.argwhere(off)[0][:-1]) if off.any() else (0,) * (right.ndim - 1)
    name = f"row [{', '.join(map(str, row))}]: "
    return name + show(yours[row]), name + show(right[row])


def _show_items(yours: list, right: list, tolerance: float) -> tuple[str, str]:
    """The first item that differs, where items are too large to be written out together."""
    if any(isinstance(each, np.ndarray) and each.ndim > 1 for each in right):
        for at, (one, other) in enumerate(zip(yours, right, strict=True)):
            if _difference(one, other, tolerance) is not None:
                shown = show_both(one, other, tolerance)
                return f"item {at}, {shown[0]}", f"item {at}, {shown[1]}"
    return show(yours), show(right)


def _show_entries(yours: Mapping, right: Mapping, tolerance: float) -> tuple[str, str]:
    """The first entry that differs, where entries are too large to be written out together."""
    if any(isinstance(each, np.ndarray) and each.ndim for each in right.values()):
        for key in [*right, *yours]:
            name, nothing = f"at {show(key)}: ", f"nothing at {show(key)}"
            if key not in yours or key not in right:
                told = name + show(yours.get(key, right.get(key)))
                return (told, nothing) if key in yours else (nothing, told)
            if _difference(yours[key], right[key], tolerance) is not None:
                shown = show_both(yours[key], right[key], tolerance)
                return name + shown[0], name + shown[1]
    return show(yours), show(right)
