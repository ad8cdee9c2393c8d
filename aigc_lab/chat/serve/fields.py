"""Reading one field of a request after another, refusing each wrong one by its name."""

from __future__ import annotations

from typing import Any

from aigc_lab.chat.serve.errors import ApiError
from aigc_lab.core.checks import is_number

MISSING, UNKNOWN, UNSUPPORTED = (
    "missing_required_parameter",
    "unknown_parameter",
    "unsupported_parameter",
)
TYPE, VALUE = "invalid_type", "invalid_value"


class Fields:
    """The body of a request; a field that is null counts as not given.

    Raises: ApiError naming the field, what arrived and what would do.
    """

    def __init__(self, body: Any) -> None:
        if not isinstance(body, dict):
            raise ApiError(f"the body is a {_kind(body)}; send a JSON object", code=TYPE)
        self._given = {name: value for name, value in body.items() if value is not None}

    def get(self, name: str, default: Any = None) -> Any:
        """A field as it came."""
        return self._given.get(name, default)

    def must(self, name: str) -> Any:
        """A field that has to be there."""
        if name not in self._given:
            raise ApiError(f"{name} is missing; every request needs it", param=name, code=MISSING)
        return self._given[name]

    def refuse_all_but(self, known: set[str]) -> None:
        """Refuse fields that the API does not have."""
        for name in self._given:
            if name not in known:
                raise ApiError(f"the API has no field {name!r}", param=name, code=UNKNOWN)

    def refuse_unless(self, harmless: dict[str, Any]) -> None:
        """Refuse what this server cannot do, unless the field asks for nothing."""
        for name, value in harmless.items():
            if name in self._given and self._given[name] != value:
                raise ApiError(
                    f"{name}={self._given[name]!r} is not supported by this server; leave it out",
                    param=name,
                    code=UNSUPPORTED,
                )

    def flag(self, name: str) -> bool:
        """True or false; false if not given."""
        value = self.get(name, False)
        if not isinstance(value, bool):
            raise _wrong_type(name, value, "true or false")
        return value

    def whole(self, name: str, low: int, high: int, default: Any = None) -> Any:
        """A whole number from `low` to `high`."""
        value = self.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(name, value, "a whole number")
        return _within(name, value, low, high)

    def number(self, name: str, low: float, high: float, default: float) -> float:
        """A number from `low` to `high`."""
        value = self.get(name)
        if value is None:
            return default
        if not is_number(value):
            raise _wrong_type(name, value, "a number")
        return float(_within(name, value, low, high))

    def strings(self, name: str, most: int) -> tuple[str, ...]:
        """One string, or a list of at most so many; none of them empty."""
        value = self.get(name, [])
        strings = [value] if isinstance(value, str) else value
        if not isinstance(strings, list) or not all(isinstance(item, str) for item in strings):
            raise _wrong_type(name, value, "a string or a list of strings")
        if len(strings) > most or "" in strings:
            raise ApiError(
                f"{name}={value!r} will not do; give at most {most} strings, none of them empty",
                param=name,
                code=VALUE,
            )
        return tuple(strings)

    def biases(self, name: str) -> dict[int, float]:
        """What is added to the logits of some tokens, by their ids."""
        value = self.get(name, {})
        if not isinstance(value, dict):
            raise _wrong_type(name, value, "an object of token ids and numbers")
        for key, bias in value.items():
            if not key.isdecimal() or not is_number(bias) or abs(bias) > 100:
                raise ApiError(
                    f"{name} has {key!r}: {bias!r}; give token ids, and numbers from -100 to 100",
                    param=name,
                    code=VALUE,
                )
        return {int(key): float(bias) for key, bias in value.items()}


def _within(name: str, value: Any, low: float, high: float) -> Any:
    if not low <= value <= high:
        raise ApiError(
            f"{name}={value} will not do; give a number from {low:,} to {high:,}",
            param=name,
            code=VALUE,
        )
    return value


def _wrong_type(name: str, value: Any, expected: str) -> ApiError:
    return ApiError(f"{name} is a {_kind(value)}; give {expected}", param=name, code=TYPE)


def _kind(value: Any) -> str:
    """A value's type as JSON calls it."""
    names = {bool: "boolean", str: "string", list: "list", dict: "object", type(None): "null"}
    return names.get(type(value), "number")
