"""Structured output: a JSON object found in an answer, validated, and what to say if it fails."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

ORDER = {  # every key of an order and what its value must look like: words for the message, pattern
    "number": ("four digits", r"[0-9]{4}"),
    "name": ("a name", r"\S.*"),
    "item": ("an item", r"\S.*"),
    "status": ("a status", r"\S.*"),
    "day": ("a day", r"\S.*"),
}
Schema = Mapping[str, tuple[str, str]]


def parse_order(text: str, schema: Schema = ORDER) -> dict[str, str]:
    """The order that a text holds as a JSON object, whatever is said around it.

    Raises: ValueError when there is no such object, or when it lacks a key, has one too many, or
        holds a value of another form. The message says which, so that it can be told to a model.
    Notebook: 12 applications.

    >>> parse_order('Here it is: {"number": "0412"} Goodbye!', {"number": ORDER["number"]})
    {'number': '0412'}
    """
    found = find_object(text)
    for key, (expected, pattern) in schema.items():
        if key not in found:
            raise ValueError(f'the key "{key}" is missing; write it with {expected}')
        value = found[key]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            shown = json.dumps(value, ensure_ascii=False)
            raise ValueError(f'"{key}" is {shown}; write {expected} between quotation marks')
    extra = [key for key in found if key not in schema]
    if extra:
        raise ValueError(f'the key "{extra[0]}" is not known; the keys are {", ".join(schema)}')
    return found


def find_object(text: str) -> dict[str, Any]:
    """The first JSON object in a text; a key that stands there twice is refused.

    Raises: ValueError when no object begins, or none that begins is written as JSON wants it.
    """
    trouble = "there is no JSON object; begin with { and end with }"
    for start in (match.start() for match in re.finditer("{", text)):
        try:
            return _DECODER.raw_decode(text, start)[0]
        except json.JSONDecodeError as error:
            trouble = f"this is no JSON: {error.msg}"
    raise ValueError(trouble)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f'the key "{key}" stands there twice; write it once')
    return dict(pairs)


_DECODER = json.JSONDecoder(object_pairs_hook=_no_key_twice)
