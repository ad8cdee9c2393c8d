"""Notebook 12: system messages gone astray, for applications_4_few_shot."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_4_few_shot

SYSTEM = "Where does a system message stand, how often, and what if there is none?"

SYSTEMS = (
    Mistake(
        "empty system",
        symptom="without a system message there is one with None in it",
        diagnosis="you always write a system message, also when `system` is None",
        hint=SYSTEM,
        knobs={"head": "always"},
    ),
    Mistake(
        "empty system, as a text",
        symptom="without a system message there is an empty one",
        diagnosis="you write an empty system message when `system` is None",
        hint=SYSTEM,
        knobs={"head": "empty"},
    ),
    Mistake(
        "no system",
        symptom="the system message is lost",
        diagnosis="you never write the system message",
        hint=SYSTEM,
        knobs={"head": "never"},
    ),
    Mistake(
        "system last",
        symptom="the system message stands at the end",
        diagnosis="you append the system message after all others",
        hint=SYSTEM,
        knobs={"head": "last"},
    ),
    Mistake(
        "system before the question",
        symptom="the system message stands between the examples and the question",
        diagnosis="you write the system message after the examples",
        hint=SYSTEM,
        knobs={"head": "before the question"},
    ),
    Mistake(
        "system by the user",
        symptom="the system message is said by the user",
        diagnosis="you give the system message the role of the user",
        hint=SYSTEM,
        knobs={"head": "as the user"},
    ),
    Mistake(
        "system again and again",
        symptom="the system message stands before every question",
        diagnosis="you write the system message inside the loop",
        hint=SYSTEM,
        knobs={"head": "each example"},
    ),
    Mistake(
        "system before each example",
        symptom="the system message stands before every example",
        diagnosis="you write the system message inside the loop over the examples",
        hint=SYSTEM,
        knobs={"head": "examples alone"},
    ),
    Mistake(
        "system in the question",
        symptom="the system message is part of the question",
        diagnosis="you write the system's text into the content of the question",
        hint=SYSTEM,
        knobs={"head": "in the question"},
    ),
    Mistake(
        "system in the first message",
        symptom="the system message is part of the first message",
        diagnosis="you write the system's text into the content of the first message",
        hint=SYSTEM,
        knobs={"head": "in the first message"},
    ),
)
