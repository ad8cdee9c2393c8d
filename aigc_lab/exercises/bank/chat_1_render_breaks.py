"""Notebook 11: what is written between the marks and should not be, for chat_1_render."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake
from aigc_lab.text.words import END_OF_TEXT

EXERCISES = ()  # the exercise that these belong to stands in chat_1_render

NOTHING = "The model learned one form, character by character. What stands between the marks in it?"

BREAKS = (
    Mistake(
        "line break after each mark",
        symptom="there is a line break behind each role",
        diagnosis="you write a line break after the mark of a role, as other templates do",
        hint=NOTHING,
        knobs={"after_mark": "\n"},
    ),
    Mistake(
        "space after each mark",
        symptom="each content begins with a space too many",
        diagnosis="you write a space between the mark of a role and the content",
        hint=NOTHING,
        knobs={"after_mark": " "},
    ),
    Mistake(
        "colon after each mark",
        symptom="there is a colon behind each role",
        diagnosis="you write ': ' between the mark of a role and the content",
        hint=NOTHING,
        knobs={"after_mark": ": "},
    ),
    Mistake(
        "line break after each message",
        symptom="every message ends with a line break",
        diagnosis="you write a line break after each '<|end|>'",
        hint=NOTHING,
        knobs={"between": "line break after each"},
    ),
    Mistake(
        "line break between all",
        symptom="every part stands on a line of its own",
        diagnosis="you join the parts with line breaks",
        hint=NOTHING,
        knobs={"between": "line break"},
    ),
    Mistake(
        "line break between messages",
        symptom="every message stands on a line of its own",
        diagnosis=f"you join what follows '{END_OF_TEXT}' with line breaks",
        hint=NOTHING,
        knobs={"between": "line break, not after the beginning"},
    ),
    Mistake(
        "line break after each message and the beginning",
        symptom="the beginning and every message end with a line break",
        diagnosis=f"you write a line break after '{END_OF_TEXT}' and after each '<|end|>'",
        hint=NOTHING,
        knobs={"between": "line break after all"},
    ),
    Mistake(
        "another template",
        symptom="each mark and each message is followed by a line break",
        diagnosis="you write line breaks as ChatML does, another template: after each role, each "
        "'<|end|>' and the prompt",
        hint=NOTHING,
        knobs={"after_mark": "\n", "between": "line break after each", "prompt": "line break"},
    ),
    Mistake(
        "space after each message",
        symptom="every message ends with a space",
        diagnosis="you write a space after each '<|end|>'",
        hint=NOTHING,
        knobs={"between": "space after each"},
    ),
    Mistake(
        "space between all",
        symptom="there are spaces between the parts",
        diagnosis="you join the parts with spaces",
        hint=NOTHING,
        knobs={"between": "space"},
    ),
    Mistake(
        "line break after the prompt",
        symptom="the answer would begin on a new line",
        diagnosis="you write a line break after the last '<|assistant|>'",
        hint=NOTHING,
        knobs={"prompt": "line break"},
    ),
    Mistake(
        "space after the prompt",
        symptom="the answer would begin behind a space, where no answer ever began in training",
        diagnosis="you write a space after the last '<|assistant|>'",
        hint=NOTHING,
        knobs={"prompt": "space"},
    ),
)
