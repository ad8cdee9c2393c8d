"""The checks that configs share; each `require_…` refuses a field by name, saying what would do."""

from __future__ import annotations

import sys
from typing import Any


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, True and False not being numbers.

    >>> is_number(0.5), is_number(True), is_number(float("nan")), is_number(10**400)
    (True, False, False, False)
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) <= sys.float_info.max  # so neither nan nor a giant int


def require_whole(config: Any, *names: str) -> None:
    """Refuse what is not a whole number, 1 or more."""
    for name in names:
        value = getattr(config, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}={value!r} must be a whole number, 1 or more")


def require_positive(config: Any, *names: str) -> None:
    """Refuse what is not a finite number above zero."""
    for name in names:
        value = getattr(config, name)
        if not is_number(value) or value <= 0:
            raise ValueError(f"{name}={value!r} must be a finite number above zero")


def require_within(config: Any, low: float, high: float, *names: str) -> None:
    """Refuse what is not a number from `low` to `high`."""
    for name in names:
        value = getattr(config, name)
        if not is_number(value) or not low <= value <= high:
            raise ValueError(f"{name}={value!r} must be a number from {low:g} to {high:g}")


def require_choice(config: Any, name: str, choices: tuple[Any, ...]) -> None:
    """Refuse what is none of the choices."""
    value = getattr(config, name)
    if value not in choices:
        known = ", ".join(map(str, choices))
        raise ValueError(f"{name}={value!r} is not known; choose one of {known}")
