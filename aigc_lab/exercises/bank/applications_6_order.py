"""Notebook 12: a JSON object is found in a text and checked."""

from __future__ import annotations

import json

from aigc_lab.chat.applications import json_answers
from aigc_lab.exercises.bank.applications_6_order_flawed import (
    all_lines_by_match,
    as_python,
    first_line_by_match,
    flawed,
    keys_never_equal,
    missing_key_by_index,
    only_json_refused_so,
)
from aigc_lab.exercises.bank.applications_6_order_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def parse_order(text: str, keys: list[str]) -> dict[str, str]:
    """The package's own reader, with any string as a value."""
    return json_answers.parse_order(text, dict.fromkeys(keys, ("a string", "(?s).*")))


def _probes() -> list[Probe]:
    order = '{"number": "0412", "name": "Mia", "item": "lamp"}'
    lines = '{\n  "number": "0073",\n  "name": "Tom",\n  "item": "kite"\n}'
    keys = ["number", "name", "item"]
    cases = {
        "the object alone": order,
        "words before and behind": f"Here is your order: {order} Anything else?",
        "words behind it": f"{order} Is that all?",
        "a code fence": f"```json\n{lines}\n```",
        "a code fence, and words around it": f"Here:\n```json\n{lines}\n```\nThank you!",
        "several lines": f"Of course.\n{lines}\n",
        "a word, and the keys in another order": f"Sure!\n{_of('item', 'number', 'name')}",
        "an apostrophe and a brace in a value": _with(name="O'Brien", item="a } b, { c"),
        "capitals, spaces, Chinese": 'A: {"number": "none", "name": " Li Na ", "item": "风筝"}',
        "an empty value": _with(item=""),
        "an escaped quotation mark": _with(item='a \\"big\\" box'),
        "a key is missing": '{"number": "0412", "name": "Mia"}',
        "the first key is missing": '{"name": "Mia", "item": "lamp"}',
        "a key too many": '{"number": "1", "name": "Mia", "item": "lamp", "price": "3"}',
        "a key too many, in front": '{"price": "3", "number": "1", "name": "Mia", "item": "lamp"}',
        "another key": '{"number": "0412", "name": "Mia", "thing": "lamp"}',
        "other keys altogether": '{"a": "0412", "b": "Mia", "c": "lamp"}',
        "a number": '{"number": 412, "name": "Mia", "item": "lamp"}',
        "a number that is not the first": '{"name": "Mia", "number": 0, "item": "lamp"}',
        "null": '{"number": "0412", "name": null, "item": "lamp"}',
        "true": '{"number": "0412", "name": "Mia", "item": true}',
        "a list": '{"number": "0412", "name": "Mia", "item": ["lamp", "kite"]}',
        "only the last is a string": '{"number": 0, "name": null, "item": "lamp"}',
        "no string at all": '{"number": 1, "name": 2, "item": 3}',
        "no object": "I do not know this order.",
        "cut off": '{"number": "0412", "name": "Mia", "it',
        "Python's quotes": "{'number': '0412', 'name': 'Mia', 'item': 'lamp'}",
        "an empty object": "{}",
    }
    return [probe(label, text, keys) for label, text in cases.items()]


def _of(*names: str) -> str:
    said = {"number": "0412", "name": "Mia", "item": "lamp"}
    return json.dumps({name: said[name] for name in names})


def _with(**said: str) -> str:
    shown = {"number": "0412", "name": "Mia", "item": "lamp"} | said
    return "{" + ", ".join(f'"{key}": "{value}"' for key, value in shown.items()) + "}"


def _kept(function: Function) -> str | None:
    given = function('So: {"a": "1", "b": "x"}.', ["a", "b"])
    if given == {"a": "1", "b": "x"}:
        return None
    return f'So: {{"a": "1", "b": "x"}}. with the keys a and b gives the dict; yours {given!r}'


BY_FUNCTION = (
    Mistake(
        "no JSON is None",
        symptom="what is no JSON gives None",
        diagnosis="you catch the error of json.loads and return None",
        hint="The caller wants to try again. How does it notice?",
        wrong=only_json_refused_so,
    ),
    Mistake(
        "missing key",
        symptom="it stops with a KeyError where a key is missing, not with a ValueError",
        diagnosis="you ask for a key that may not be there",
        hint="A KeyError is no ValueError. What do you ask before order[key]?",
        wrong=missing_key_by_index,
    ),
    Mistake(
        "keys never equal",
        symptom="every object is refused",
        diagnosis="you compare keys(), a set, or a sorted list with the list `keys` as it stands: "
        "these are never equal",
        hint="What do you have to make of both sides before they can be equal, in any order?",
        wrong=keys_never_equal,
    ),
    Mistake(
        "one line, and no question",
        symptom="it stops with an AttributeError where the object has several lines",
        diagnosis="in a pattern '.' stands for anything but a line break, and what is not found "
        "has no group()",
        hint="text.find('{') and text.rfind('}') know no lines. What do they give for no brace?",
        wrong=first_line_by_match,
    ),
    Mistake(
        "no question whether it was found",
        symptom="it stops with an AttributeError where there is no object",
        diagnosis="re.search gives None where nothing is found, and you ask it for its group()",
        hint="Which error is asked for when there is no object?",
        wrong=all_lines_by_match,
    ),
    Mistake(
        "read as Python",
        symptom="what is Python and not JSON is let pass, or stops with a SyntaxError",
        diagnosis="you read JSON as Python code, in which true and null mean nothing",
        hint="Which module reads JSON? (And never let eval read what others wrote.)",
        wrong=as_python,
    ),
)

ORDER = Exercise(
    name="parse_order",
    notebook="12_applications",
    title="Trust no JSON",
    points=2,
    reference=parse_order,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Four things can be wrong: there is no object, it is no JSON, the keys are others, a value "
        "is no string. Which of these does json.loads notice by itself?",
        "Cut from text.find('{') up to and with text.rfind('}') and give it to json.loads. Compare "
        "set(order) with set(keys), and ask isinstance(value, str) of every value. If either "
        "fails, raise ValueError(…).",
        'order = json.loads(text[text.find("{") : text.rfind("}") + 1])\n'
        "if set(order) != set(keys):\n    raise ValueError(…)\nand the values?",
    ),
    mistakes=(*BY_FUNCTION, *MISTAKES),
    laws=(Law("kept", _kept),),
)

EXERCISES = (ORDER,)
