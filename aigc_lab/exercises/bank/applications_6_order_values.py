"""Notebook 12: values that are let pass or refused wrongly, for applications_6_order."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_6_order

KEYS = "Exactly these keys: which two ways are there not to be that?"
VALUES = "What does isinstance(value, str) say of 412, of None, and of “”? And for how many values?"

WRONG_VALUES = (
    Mistake(
        "values not checked",
        symptom="numbers and lists are let pass",
        diagnosis="you do not look at the values",
        hint=VALUES,
        knobs={"values": "not at all"},
    ),
    Mistake(
        "nothing checked",
        symptom="any JSON object is let pass",
        diagnosis="you look neither at the keys nor at the values",
        hint=KEYS,
        knobs={"values": "not at all", "checked": "not at all"},
    ),
    Mistake(
        "one string is enough",
        symptom="numbers are let pass where one value is a string",
        diagnosis="you ask whether any value is a string; all must be",
        hint=VALUES,
        knobs={"values": "one at least"},
    ),
    Mistake(
        "first value only",
        symptom="numbers are let pass behind a first string",
        diagnosis="you look at the first value only",
        hint=VALUES,
        knobs={"values": "first"},
    ),
    Mistake(
        "made strings",
        symptom="numbers and null are let pass, as strings",
        diagnosis="you turn the values into strings, and the text wants them refused",
        hint="What is str(None)? Would you send a parcel to it?",
        knobs={"values": "made strings"},
    ),
    Mistake(
        "empty refused",
        symptom="an empty string is refused",
        diagnosis="you want the values to be strings that are not empty; an empty one is a "
        "string, too",
        hint=VALUES,
        knobs={"values": "not empty"},
    ),
    Mistake(
        "true values",
        symptom="numbers are let pass, and an empty string is not",
        diagnosis="you ask whether the values are true, and not whether they are strings",
        hint=VALUES,
        knobs={"values": "true"},
    ),
    Mistake(
        "null alone refused",
        symptom="numbers and lists are let pass",
        diagnosis="you refuse None and nothing else",
        hint=VALUES,
        knobs={"values": "not None"},
    ),
    Mistake(
        "numbers alone refused",
        symptom="null and lists are let pass",
        diagnosis="you refuse numbers and nothing else",
        hint=VALUES,
        knobs={"values": "no numbers"},
    ),
    Mistake(
        "lists alone refused",
        symptom="numbers and null are let pass",
        diagnosis="you refuse lists and dicts and nothing else",
        hint=VALUES,
        knobs={"values": "simple"},
    ),
    Mistake(
        "digits refused",
        symptom="a string of digits is refused",
        diagnosis="you ask isdigit of the values; a string of digits is a string",
        hint=VALUES,
        knobs={"values": "no digits"},
    ),
)
