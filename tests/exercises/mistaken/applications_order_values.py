"""Notebook 12: mistakes in checking the values of an object, as readers write them."""

import json


def checked(order, keys):
    """The right checks, for mistakes made elsewhere."""
    if set(order) != set(keys):
        raise ValueError("other keys")
    for value in order.values():
        if not isinstance(value, str):
            raise ValueError("no string")
    return order


def unless(bad):
    """The object is refused when this says so of its values."""

    def function(text, keys):
        order = json.loads(text[text.find("{") : text.rfind("}") + 1])
        if set(order) != set(keys):
            raise ValueError("other keys")
        if bad(list(order.values())):
            raise ValueError("no string")
        return order

    return function


def returns_in_the_loop(text, keys):
    order = json.loads(text[text.find("{") : text.rfind("}") + 1])
    if sorted(order) != sorted(keys):
        raise ValueError("other keys")
    for value in order.values():
        if isinstance(value, str):
            return order
        raise ValueError("no string")


def converted(text, keys):
    order = json.loads(text[text.find("{") : text.rfind("}") + 1])
    if set(order) != set(keys):
        raise ValueError("other keys")
    return {key: str(value) for key, value in order.items()}


def is_number(value):
    return isinstance(value, int | float)


VALUES = [
    ("values not checked", unless(lambda values: False)),
    ("one string is enough", unless(lambda values: not any(isinstance(v, str) for v in values))),
    ("first value only", returns_in_the_loop),
    ("made strings", converted),
    (
        "empty refused",
        unless(lambda values: any(not isinstance(v, str) or v == "" for v in values)),
    ),
    ("true values", unless(lambda values: not all(values))),
    ("null alone refused", unless(lambda values: None in values)),
    ("numbers alone refused", unless(lambda values: any(map(is_number, values)))),
    (
        "lists alone refused",
        unless(lambda values: any(isinstance(v, (list, dict)) for v in values)),
    ),
    (
        "digits refused",
        unless(lambda values: any(not isinstance(v, str) or v.isdigit() for v in values)),
    ),
]
MISTAKEN: dict = {}  # they stand in applications_order, with the other mistakes of the exercise
