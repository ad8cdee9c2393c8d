"""Notebook 12: mistakes in reading a JSON object, as readers write them."""

import json

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_order_found import FOUND
from tests.exercises.mistaken.applications_order_values import VALUES, checked
from tests.exercises.mistaken.applications_slips import SLIPS


def cut(text):
    return text[text.find("{") : text.rfind("}") + 1]


def each_key(text, keys):
    order = json.loads(cut(text))
    for key in keys:
        if key not in order or not isinstance(order[key], str):
            raise ValueError(key)
    return order


def no_unknown_key(text, keys):
    order = json.loads(cut(text))
    for key, value in order.items():
        if key not in keys or not isinstance(value, str):
            raise ValueError(key)
    return order


def any_key(text, keys):
    order = json.loads(cut(text))
    if not any(key in order for key in keys):
        raise ValueError("none of the keys")
    if not all(isinstance(value, str) for value in order.values()):
        raise ValueError("no string")
    return order


def first_key(text, keys):
    order = json.loads(cut(text))
    if keys[0] not in order:
        raise ValueError("missing")
    if any(not isinstance(value, str) for value in order.values()):
        raise ValueError("no string")
    return order


def how_many_keys(text, keys):
    order = json.loads(cut(text))
    if len(order) != len(keys):
        raise ValueError("too few or too many")
    if any(not isinstance(value, str) for value in order.values()):
        raise ValueError("no string")
    return order


def no_look_at_keys(text, keys):
    order = json.loads(cut(text))
    for value in order.values():
        if not isinstance(value, str):
            raise ValueError(value)
    return order


def lists_of_keys(text, keys):
    order = json.loads(cut(text))
    if list(order.keys()) != keys:
        raise ValueError("other keys")
    if not all(isinstance(value, str) for value in order.values()):
        raise ValueError("no string")
    return order


def only_the_known(text, keys):
    order = json.loads(cut(text))
    if any(not isinstance(value, str) for value in order.values()):
        raise ValueError("no string")
    if not set(keys).issubset(order):
        raise ValueError("missing")
    return {key: order[key] for key in keys}


def get(text, keys):
    order = json.loads(cut(text))
    return {key: order.get(key) for key in keys}


def trusting(text, keys):
    return json.loads(cut(text))


def refusing(how):
    """Whatever is wrong, this happens."""

    def function(text, keys):
        try:
            return checked(json.loads(cut(text)), keys)
        except ValueError:
            return how()

    return function


def raises(error):
    def function():
        raise error("not what was asked for")

    return function


def complaining(error):
    """Only the checks raise it."""

    def function(text, keys):
        order = json.loads(cut(text))
        if set(order) != set(keys):
            raise error("the keys are not right")
        for key in keys:
            if type(order[key]) is not str:
                raise error(f"{key} is no string")
        return order

    return function


def first_of_the_keys_returns(text, keys):
    order = json.loads(cut(text))
    for key in order:
        if key not in keys:
            raise ValueError("unknown key")
        break
    else:
        raise ValueError("empty")
    for value in order.values():
        if not isinstance(value, str):
            raise ValueError("no string")
    return order


def none_if_no_json(text, keys):
    try:
        order = json.loads(cut(text))
    except json.JSONDecodeError:
        return None
    return checked(order, keys)


def indexed(text, keys):
    order = json.loads(cut(text))
    if not all(isinstance(order[key], str) for key in keys):
        raise ValueError("no string")
    if set(order) - set(keys):
        raise ValueError("too many")
    return order


def told(change):
    """A right object, changed before it is returned."""
    return lambda text, keys: change(checked(json.loads(cut(text)), keys))


def the_text(text, keys):
    checked(json.loads(cut(text)), keys)
    return cut(text)


def strict(text, keys):
    order = json.loads(cut(text))
    assert set(order) == set(keys)
    assert all(isinstance(value, str) for value in order.values())
    return order


MISTAKEN = {
    "parse_order": [
        *SLIPS["parse_order"],
        *TRIED["parse_order"],
        *FOUND,
        *VALUES,
        ("keys too many pass", each_key),
        ("keys missing pass", no_unknown_key),
        ("one key is enough", any_key),
        ("first key is enough", first_key),
        ("first key of the object is enough", first_of_the_keys_returns),
        ("as many keys", how_many_keys),
        ("keys not checked", no_look_at_keys),
        ("order of the keys", lists_of_keys),
        ("keys cut out", only_the_known),
        ("keys filled up", get),
        ("nothing checked", trusting),
        ("None for an error", refusing(lambda: None)),
        ("an empty dict for an error", refusing(dict)),
        ("False for an error", refusing(lambda: False)),
        ("KeyError for ValueError", refusing(raises(KeyError))),
        ("TypeError for ValueError", refusing(raises(TypeError))),
        ("AssertionError for ValueError", refusing(raises(AssertionError))),
        ("KeyError for ValueError in the checks", complaining(KeyError)),
        ("TypeError for ValueError in the checks", complaining(TypeError)),
        ("another error", complaining(Exception)),
        ("another error", refusing(raises(Exception))),
        ("no JSON is None", none_if_no_json),
        ("missing key", indexed),
        ("text", the_text),
        ("values alone", told(lambda order: list(order.values()))),
        ("True", told(lambda order: True)),
        ("small letters", told(lambda order: {k: v.lower() for k, v in order.items()})),
        ("stripped", told(lambda order: {k: v.strip() for k, v in order.items()})),
        ("AssertionError for ValueError in the checks", strict),
    ],
}
