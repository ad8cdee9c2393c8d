"""Notebook 12: the mistakes known of the exercise in applications_6_order."""

from __future__ import annotations

from aigc_lab.exercises.bank.applications_6_order_found import FOUND
from aigc_lab.exercises.bank.applications_6_order_values import KEYS, WRONG_VALUES
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_6_order

REFUSE = "The caller writes `except ValueError:`. What does it catch of yours?"
BACK = "The dict as it was read, if all is well. What do you return?"

MISTAKES = (
    *FOUND,
    Mistake(
        "keys too many pass",
        symptom="an object with a key too many is let pass",
        diagnosis="you ask whether each key is there, and not whether there are others",
        hint=KEYS,
        knobs={"checked": "none missing"},
    ),
    Mistake(
        "keys missing pass",
        symptom="an object without one of its keys is let pass",
        diagnosis="you ask whether each key of the object was asked for, and not whether one is "
        "missing",
        hint=KEYS,
        knobs={"checked": "none besides"},
    ),
    Mistake(
        "one key is enough",
        symptom="an object with one of the keys is let pass",
        diagnosis="you ask whether any key is there; all must be",
        hint=KEYS,
        knobs={"checked": "one at least"},
    ),
    Mistake(
        "first key is enough",
        symptom="an object with the first of the keys is let pass",
        diagnosis="you look at the first key asked for only",
        hint=KEYS,
        knobs={"checked": "the first"},
    ),
    Mistake(
        "first key of the object is enough",
        symptom="an object that begins with one of the keys is let pass",
        diagnosis="you look at the first key of the object only: a return stands in the loop",
        hint=KEYS,
        knobs={"checked": "first of the loop"},
    ),
    Mistake(
        "as many keys",
        symptom="an object with other keys is let pass",
        diagnosis="you count the keys, and do not look which they are",
        hint=KEYS,
        knobs={"checked": "as many"},
    ),
    Mistake(
        "keys not checked",
        symptom="any keys are let pass",
        diagnosis="you do not look at the keys",
        hint=KEYS,
        knobs={"checked": "not at all"},
    ),
    Mistake(
        "order of the keys",
        symptom="the same keys in another order are refused",
        diagnosis="you compare lists of keys, in which the order matters",
        hint="What compares two collections whatever their order?",
        knobs={"checked": "by place"},
    ),
    Mistake(
        "keys cut out",
        symptom="an object with a key too many is let pass, without that key",
        diagnosis="you take the keys asked for, and drop the others without a word",
        hint=KEYS,
        knobs={"checked": "none missing", "told": "asked for"},
    ),
    Mistake(
        "keys filled up",
        symptom="any object is let pass, with None for a missing key",
        diagnosis="you take the keys asked for by get, whether they are there or not",
        hint=KEYS,
        knobs={"checked": "not at all", "told": "asked for", "values": "not at all"},
    ),
    *WRONG_VALUES,
    *(
        Mistake(
            name,
            symptom=f"what should be refused gives {what}",
            diagnosis=f"you return {what} where a ValueError is asked for",
            hint=REFUSE,
            knobs={"refusing": knob},
        )
        for name, what, knob in (
            ("None for an error", "None", "None"),
            ("an empty dict for an error", "an empty dict", "empty"),
            ("False for an error", "False", "False"),
        )
    ),
    *(
        Mistake(
            f"{name} for ValueError{where}",
            symptom=f"what should be refused stops with {word}{where}",
            diagnosis=f"you raise {word}, with assert perhaps, and a ValueError is asked for"
            if name == "AssertionError"
            else f"you raise {word}, and a ValueError is asked for",
            hint=REFUSE,
            knobs={"refusing": knob},
        )
        for name, word in (
            ("KeyError", "a KeyError"),
            ("TypeError", "a TypeError"),
            ("AssertionError", "an AssertionError"),
        )
        for where, knob in (("", name), (" in the checks", f"{name}, checks"))
    ),
    Mistake(
        "another error",
        symptom="what should be refused stops with another error",
        diagnosis="an error of yours, or one that came by itself, is no ValueError",
        hint=REFUSE,
        knobs={"refusing": "Exception"},
    ),
    Mistake(
        "text",
        symptom="the object comes back as a text",
        diagnosis="you return the JSON text, and not what json.loads makes of it",
        hint=BACK,
        knobs={"told": "text"},
    ),
    Mistake(
        "values alone",
        symptom="the values come back without their keys",
        diagnosis="you return the values as a list",
        hint=BACK,
        knobs={"told": "values"},
    ),
    Mistake(
        "True",
        symptom="True comes back",
        diagnosis="you return whether the object is valid",
        hint=BACK,
        knobs={"told": "whether"},
    ),
    Mistake(
        "small letters",
        symptom="capitals are lost",
        diagnosis="you write the values in small letters",
        hint=BACK,
        knobs={"told": "lower"},
    ),
    Mistake(
        "stripped",
        symptom="spaces at the ends of a value are lost",
        diagnosis="you strip the values",
        hint=BACK,
        knobs={"told": "stripped"},
    ),
)
