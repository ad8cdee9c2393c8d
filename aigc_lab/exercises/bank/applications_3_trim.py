"""Notebook 12: what a conversation forgets when it becomes too long."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aigc_lab.exercises.bank.applications_3_trim_flawed import (
    flawed,
    given_back_empty,
    given_back_whole,
    in_place,
    one_message_counted,
    runs_empty,
    with_gaps,
)
from aigc_lab.exercises.bank.applications_3_trim_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe

Message = dict[str, str]
Count = Callable[[list[Message]], int]


def trim_history(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """The system message, the newest question, and as many turns before it as fit."""
    first = 1 if messages[0]["role"] == "system" else 0
    system, rest = messages[:first], messages[first:]
    while len(rest) > 1 and count(system + rest) > limit:
        rest = rest[2:]
    return system + rest


def _tokens(messages: list[Message]) -> int:
    """A stand-in for a tokenizer: 2 marks a message, and 1 for the beginning."""
    return 1 + sum(2 + len(message["content"].split()) for message in messages)


def _left(
    before: list[Message], messages: list[Message], count: Count, limit: int
) -> dict[str, bool]:
    """Whether the list that went in is still what it was."""
    return {"“messages is unchanged”": messages == before}


def _talk(system: int | None, *lengths: int) -> list[Message]:
    """A conversation of messages with so many words."""
    roles = [] if system is None else ["system"]
    roles += ["user", "assistant"] * (len(lengths) // 2) + ["user"]
    sizes = lengths if system is None else (system, *lengths)
    return [
        {"role": role, "content": " ".join(f"{role[0]}{place}" for _ in range(size))}
        for place, (role, size) in enumerate(zip(roles, sizes, strict=True))
    ]


def _probes() -> list[Probe]:
    cases: list[tuple[str, list[Message], int]] = [
        ("everything fits", _talk(3, 5, 2, 4), 40),
        ("one token to spare", _talk(3, 5, 2, 4), 24),
        ("many short messages", _talk(None, 1, 1, 1, 1, 1, 1, 1, 1, 1), 8),
        ("it fits just so", _talk(3, 5, 2, 4), 23),
        ("it fits just so, without a system message", _talk(None, 5, 2, 4), 18),
        ("one token too many", _talk(3, 5, 2, 4), 22),
        ("the two oldest of 3 turns must go", _talk(4, 7, 3, 5, 6, 2, 9, 3), 32),
        ("no system message", _talk(None, 6, 5, 3, 4, 7), 24),
        ("half a turn would be enough", _talk(2, 11, 1, 3, 4, 5), 30),
        ("a long turn between short ones", _talk(2, 1, 1, 17, 13, 2, 2, 3), 27),
        ("a long system message", _talk(23, 3, 2, 5, 1, 4), 39),
        ("a long newest question", _talk(2, 3, 2, 5, 1, 29), 44),
        ("only the newest question fits", _talk(None, 8, 9, 7, 6, 5), 9),
        ("even these are too long", _talk(5, 4, 3, 13), 11),
        ("the first question, too long", _talk(None, 13), 7),
    ]
    return [
        probe(label, messages, _tokens, limit, leaves=partial(_left, [*messages]))
        for label, messages, limit in cases
    ]


def _turns(function: Function) -> str | None:
    kept = function(_talk(2, 6, 3, 2, 2, 3), _tokens, 26)
    if not isinstance(kept, list) or not all(isinstance(each, dict) for each in kept):
        return None
    roles = " ".join(each.get("role", "?") for each in kept)
    if roles == "system user assistant user":
        return None
    told = f"are by {roles}" if roles else "are none"
    return f"a system message, one turn and the question should be left; the messages left {told}"


BY_FUNCTION = (
    Mistake(
        "gaps",
        symptom="an old turn is kept, and a younger one is missing",
        diagnosis="you collect from the newest turn on, and pass over those that are too long",
        hint="What should happen to all older turns as soon as one does not fit?",
        wrong=with_gaps,
    ),
    Mistake(
        "in place",
        symptom="the answer is right, and the caller's list is changed",
        diagnosis="you delete messages from the list that was given; its owner may want to show "
        "them",
        hint="Which lines make a new list, and which change the one that came?",
        wrong=in_place,
    ),
    Mistake(
        "all, if nothing fits",
        symptom="where not even the newest question fits, nothing is dropped",
        diagnosis="you give the whole list back when the least is still too long",
        hint="What is to come back if the system message and the question are too long?",
        wrong=given_back_whole,
    ),
    Mistake(
        "none, if nothing fits",
        symptom="where not even the newest question fits, nothing is left",
        diagnosis="you give an empty list back when the least is still too long",
        hint="What is to come back if the system message and the question are too long?",
        wrong=given_back_empty,
    ),
    Mistake(
        "one message counted",
        symptom="it stops with a TypeError inside count",
        diagnosis="you give count a single message; it takes a list of them",
        hint="What does count take, by the text?",
        wrong=one_message_counted,
    ),
    Mistake(
        "pops without end",
        symptom="it stops with an IndexError where the least is too long",
        diagnosis="you drop messages until it fits, and it may never fit",
        hint="When must you stop dropping, whatever count says?",
        wrong=runs_empty,
    ),
)

TRIM = Exercise(
    name="trim_history",
    notebook="12_applications",
    title="What to forget",
    points=2,
    reference=trim_history,
    probes=_probes,
    flawed=flawed,
    keeps_inputs=True,
    hints=(
        "Cut the list into three: what always stays in front, what always stays at the end, and "
        "the turns between. From which side are turns dropped?",
        "system = messages[:1] if the first role is “system”, else []; rest is what follows. While "
        "rest holds more than the newest question, and count(system + rest) is above the limit, "
        "take two messages off its front: rest = rest[2:].",
        "while len(rest) > 1 and count(system + rest) > limit:\n    rest = …\nreturn system + rest",
    ),
    mistakes=(*MISTAKES, *BY_FUNCTION),
    laws=(Law("turns", _turns),),
)

EXERCISES = (TRIM,)
