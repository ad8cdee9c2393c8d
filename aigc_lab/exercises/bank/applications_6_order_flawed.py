"""Notebook 12: the ways to trust JSON too much, for applications_6_order."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

EXERCISES = ()  # the exercise that these belong to stands in applications_6_order


def flawed(
    text: str,
    keys: list[str],
    *,
    found: str = "first to last",
    checked: str = "exactly",
    values: str = "strings",
    refusing: str = "ValueError",
    told: str = "dict",
) -> Any:
    """The same with what can go wrong."""
    try:
        order = _read(text, found)
    except ValueError:
        if refusing == "ValueError" or refusing.endswith("checks"):
            raise
        return _refused(refusing)
    if checked == "by place" and list(order) != keys:
        return _refused(refusing)
    fits = {
        "exactly": lambda: set(order) == set(keys),
        "none missing": lambda: set(keys) <= set(order),
        "none besides": lambda: set(order) <= set(keys),
        "one at least": lambda: bool(set(order) & set(keys)),
        "as many": lambda: len(order) == len(keys),
        "the first": lambda: keys[0] in order,
        "not at all": lambda: True,
        "by place": lambda: True,
        "first of the loop": lambda: next(iter(order), "") in keys,
    }[checked]()
    said = order.values()
    fine = {
        "strings": lambda: all(isinstance(value, str) for value in said),
        "one at least": lambda: any(isinstance(value, str) for value in said),
        "first": lambda: isinstance(next(iter(said), ""), str),
        "not at all": lambda: True,
        "made strings": lambda: True,
        "not empty": lambda: all(isinstance(value, str) and value for value in said),
        "true": lambda: all(said),
        "not None": lambda: all(value is not None for value in said),
        "no numbers": lambda: not any(isinstance(value, int | float) for value in said),
        "simple": lambda: not any(isinstance(value, list | dict) for value in said),
        "no digits": lambda: all(isinstance(value, str) and not value.isdigit() for value in said),
    }[values]()
    if not fits or not fine:
        return _refused(refusing)
    if values == "made strings":
        order = {key: str(value) for key, value in order.items()}
    return {
        "dict": lambda: order,
        "asked for": lambda: {key: order.get(key) for key in keys},
        "text": lambda: _piece(text, found),
        "values": lambda: list(order.values()),
        "whether": lambda: True,
        "lower": lambda: {key: value.lower() for key, value in order.items()},
        "stripped": lambda: {key: value.strip() for key, value in order.items()},
    }[told]()


def _piece(text: str, found: str) -> str:
    """What is taken for JSON."""
    first, last = text.find("{"), text.rfind("}")
    return {
        "first to last": lambda: text[first : last + 1],
        "whole": lambda: text,
        "stripped": lambda: text.strip().strip("`"),
        "first to first": lambda: text[first : text.find("}") + 1],
        "one short": lambda: text[first:last],
        "one late": lambda: text[first + 1 : last + 1],
        "from the first": lambda: text[first:],
        "up to the last": lambda: text[: last + 1],
        "one line": lambda: next(iter(re.findall(r"\{.*\}", text)), ""),
        "no fence": lambda: text.replace("```json", "").replace("```", ""),
        "in a fence": lambda: text.split("```json")[-1].split("```")[0],
        "quotes": lambda: text[first : last + 1].replace("'", '"'),
        "last to last": lambda: text[text.rfind("{") : last + 1],
        "no line breaks": lambda: text[first : last + 1].replace("\n", "").replace(" ", ""),
    }[found]()


def _read(text: str, found: str) -> Any:
    """What json.loads makes of a piece; any ValueError will do where there is nothing to read."""
    try:
        return json.loads(_piece(text, found))
    except json.JSONDecodeError as error:
        if _is_json(_piece(text, "first to last")):
            raise
        raise ValueError("not what was asked for") from error


def _is_json(piece: str) -> bool:
    try:
        json.loads(piece)
    except json.JSONDecodeError:
        return False
    return True


def _refused(how: str) -> Any:
    errors = {"ValueError": ValueError, "KeyError": KeyError, "TypeError": TypeError}
    errors |= {"AssertionError": AssertionError, "Exception": Exception}
    error = errors.get(how.removesuffix(", checks"))
    if error:
        raise error("not what was asked for")
    return {"None": None, "empty": {}, "False": False, "text": "ValueError"}[how]


def only_json_refused_so(text: str, keys: list[str]) -> Any:
    """What is no JSON gives None, and the rest a ValueError."""
    try:
        json.loads(_piece(text, "first to last"))
    except ValueError:
        return None
    return flawed(text, keys)


def missing_key_by_index(text: str, keys: list[str]) -> Any:
    """A missing key is asked for."""
    order = _read(text, "first to last")
    for key in keys:
        if not isinstance(order[key], str):
            raise ValueError(key)
    if len(order) > len(keys):
        raise ValueError("too many")
    return order


def keys_never_equal(text: str, keys: list[str]) -> Any:
    """keys(), a set or a sorted list is compared with the list as it stands; JSON is read first."""
    order = json.loads(_piece(text, "first to last"))
    if order.keys() != keys:  # whatever they are
        raise ValueError("not what was asked for")
    return order


def first_line_by_match(text: str, keys: list[str]) -> Any:
    """re.search finds nothing over several lines, and nothing has no group."""
    order = json.loads(re.search(r"\{.*\}", text).group())  # type: ignore[union-attr]
    if set(order) != set(keys) or not all(isinstance(value, str) for value in order.values()):
        raise ValueError("not what was asked for")
    return order


def all_lines_by_match(text: str, keys: list[str]) -> Any:
    """Where there is no object, nothing has no group."""
    order = json.loads(re.search(r"\{.*\}", text, re.S).group())  # type: ignore[union-attr]
    if set(order) != set(keys) or not all(isinstance(value, str) for value in order.values()):
        raise ValueError("not what was asked for")
    return order


def as_python(text: str, keys: list[str]) -> Any:
    """JSON is read as Python, which it is not."""
    order = ast.literal_eval(_piece(text, "first to last"))
    if set(order) != set(keys) or not all(isinstance(value, str) for value in order.values()):
        raise ValueError("not what was asked for")
    return order
