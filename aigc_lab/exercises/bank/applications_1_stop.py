"""Notebook 12: a text is cut at the first stop."""

from __future__ import annotations

import re
from typing import Any

from aigc_lab.exercises.bank.applications_1_stop_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe


def cut_at_stop(text: str, stops: str | list[str]) -> tuple[str, str]:
    """The text up to where a stop first begins, and why it ends there."""
    return flawed(text, stops)


def flawed(
    text: str,
    stops: str | list[str],
    *,
    one: str = "a stop",
    which: str = "earliest",
    cut: str = "before",
    missing: str = "length",
    found: str = "stop",
    told: str = "both",
    stripped: str = "no",
) -> Any:
    """The same with what can go wrong."""
    if isinstance(stops, str) and one == "a stop":
        stops = [stops]
    place, stop = _place(text, list(stops), which)
    reason = missing if place is None else found
    kept = text
    if place is not None:
        kept = {
            "before": text[:place],
            "with the stop": text[: place + len(stop)],
            "behind": text[place + len(stop) :],
            "one short": text[: max(place - 1, 0)],
            "not": text,
        }[cut]
    if stripped == "always" or (stripped == "when cut" and place is not None):
        kept = kept.strip()
    elif stripped == "right end":
        kept = kept.rstrip()
    return {
        "both": lambda: (kept, reason),
        "exchanged": lambda: (reason, kept),
        "text": lambda: kept,
        "pieces": lambda: (text.split(stop) if place is not None else [text], reason),
    }[told]()


def _place(text: str, stops: list[str], which: str) -> tuple[int | None, str]:
    """Where a text is cut, if anywhere, and at which stop."""
    if which == "a pattern":
        match = re.search("|".join(stops), text)
        return (match.start(), match.group()) if match else (None, "")
    there = {
        "at the end": lambda stop: text.endswith(stop),
        "not at the start": lambda stop: text.find(stop) > 0,
        "a word": lambda stop: stop in text.split(),
        "the whole": lambda stop: text == stop,
    }.get(which, lambda stop: stop in text)
    found = [(text.find(stop), stop) for stop in stops if there(stop)]
    if which == "no question":
        return min((text.find(stop), stop) for stop in stops) if stops else (None, "")
    if which == "all of them" and len(found) < len(stops):
        return None, ""
    if which == "first stop alone":
        found = [each for each in found if each[1] == stops[0]]
    if not found:
        return None, ""
    return {
        "first of the list": lambda: found[0],
        "last of the list": lambda: found[-1],
        "latest": lambda: max(found),
        "last place": lambda: max((text.rfind(stop), stop) for _, stop in found),
        "last place of the earliest": lambda: min((text.rfind(stop), stop) for _, stop in found),
        "at the end": lambda: (text.rfind(found[0][1]), found[0][1]),
        "longest": lambda: max(found, key=lambda each: len(each[1])),
    }.get(which, lambda: min(found))()


def smallest_of_none(text: str, stops: str | list[str]) -> tuple[str, str]:
    """min of nothing is asked for."""
    stops = [stops] if isinstance(stops, str) else stops
    return text[: min(text.find(stop) for stop in stops if stop in text)], "stop"


def every_stop_expected(text: str, stops: str | list[str]) -> tuple[str, str]:
    """str.index finds no stop where there is none."""
    stops = [stops] if isinstance(stops, str) else stops
    found = [text.index(stop) for stop in stops]
    return text[: min(found)], "stop"


def _probes() -> list[Probe]:
    story = "Mia went home.\nThe sun was down.\n\nUser: and then?\nUser: tell me"
    return [
        probe("one stop of one letter", "one\ntwo\nthree", ["\n"]),
        probe("the second stop comes first", story, ["User:", "\n\n"]),
        probe("the first stop comes first", story, ["\n\n", "tell"]),
        probe("a single string", "Go to the shop. stop and stop", "stop"),
        probe("three stops", "one! two-- three; four", [";", "--", "!"]),
        probe("a mark with bars", "Number 17 | dog<|end|><|user|>Hi", ["<|end|>"]),
        probe("a full stop", "No stop? Yes. And more. ", [".", "!!"]),
        probe("no stop in the text", " The story goes on and on \n", ["###", "User:"]),
        probe("no stop in the text, a single string", "The dog is brown", "###"),
        probe("the text begins with a stop", "###\nMia", ["###"]),
        probe("the text ends with a stop", "In the garden###", ["***", "###"]),
        probe("spaces at both ends", "  A dog. \n END more", ["END"]),
    ]


def _kept(function: Function) -> str | None:
    given = function("a-b+c-d", ["+", "-"])
    if isinstance(given, tuple | list) and tuple(given) == ("a", "stop"):
        return None
    return f"“a-b+c-d” with the stops + and - gives ('a', 'stop'); yours gives {given!r}"


BY_ERROR = (
    Mistake(
        "smallest of none",
        symptom="it stops with a ValueError where no stop occurs",
        diagnosis="you ask for the smallest place, and there is none",
        hint="What comes back if nothing has to be cut?",
        wrong=smallest_of_none,
    ),
    Mistake(
        "every stop expected",
        symptom="it stops with a ValueError where one of the stops does not occur",
        diagnosis="text.index looks for a stop that is not there",
        hint="How do you ask whether a text contains another, before asking where?",
        wrong=every_stop_expected,
    ),
)

STOP = Exercise(
    name="cut_at_stop",
    notebook="12_applications",
    title="Stop here",
    points=1,
    reference=cut_at_stop,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Several stops may occur, some of them more than once. Which place decides, and what if "
        "there is none? And what is a string to a for loop?",
        "If stops is a string, make a list of it. Collect text.find(stop) of those that occur "
        "(find gives −1 for those that don't). If there are any, cut at the smallest place.",
        "found = [text.find(stop) for stop in stops if stop in text]; then (text[:min(found)], "
        '"stop") if found else what?',
    ),
    mistakes=(*MISTAKES, *BY_ERROR),
    laws=(Law("kept", _kept),),
)

EXERCISES = (STOP,)
