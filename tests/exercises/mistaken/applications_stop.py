"""Notebook 12: mistakes in cutting a text at its stops, as readers write them."""

import re

from tests.exercises.mistaken.applications_slips import SLIPS


def listed(stops):
    """A string or a list, as a list: for mistakes made elsewhere."""
    return [stops] if isinstance(stops, str) else list(stops)


def first_that_occurs(text, stops):
    for stop in listed(stops):
        if stop in text:
            return text[: text.index(stop)], "stop"
    return text, "length"


def split_at_first(text, stops):
    for stop in listed(stops):
        parts = text.split(stop)
        if len(parts) > 1:
            return parts[0], "stop"
    return text, "length"


def overwritten(text, stops):
    answer = (text, "length")
    for stop in listed(stops):
        place = text.find(stop)
        if place != -1:
            answer = (text[:place], "stop")
    return answer


def farthest(text, stops):
    found = [text.find(stop) for stop in listed(stops) if stop in text]
    return (text[: max(found)], "stop") if found else (text, "length")


def from_the_right(text, stops):
    found = [text.rfind(stop) for stop in listed(stops) if stop in text]
    return (text[: max(found)], "stop") if found else (text, "length")


def rfind_smallest(text, stops):
    found = [text.rfind(stop) for stop in listed(stops) if text.rfind(stop) >= 0]
    if not found:
        return text, "length"
    return text[: min(found)], "stop"


def longest_first(text, stops):
    for stop in sorted(listed(stops), key=len, reverse=True):
        if stop in text:
            return text.split(stop)[0], "stop"
    return text, "length"


def else_in_the_loop(text, stops):
    for stop in listed(stops):
        if stop in text:
            return text[: text.find(stop)], "stop"
        else:
            return text, "length"
    return text, "length"


def all_must_occur(text, stops):
    stops = listed(stops)
    if all(stop in text for stop in stops):
        return text[: min(text.find(stop) for stop in stops)], "stop"
    return text, "length"


def not_asked(text, stops):
    return text[: min(text.find(stop) for stop in listed(stops))], "stop"


def least_is_minus_one(text, stops):
    place = min(text.find(stop) for stop in listed(stops))
    if place == -1:
        return text, "length"
    return text[:place], "stop"


def ends_with(text, stops):
    for stop in listed(stops):
        if text.endswith(stop):
            return text[: -len(stop)], "stop"
    return text, "length"


def place_as_truth(text, stops):
    found = [text.find(stop) for stop in listed(stops)]
    found = [place for place in found if place > 0]
    return (text[: min(found)], "stop") if found else (text, "length")


def unescaped(text, stops):
    stops = listed(stops)
    parts = re.split("|".join(stops), text, maxsplit=1)
    return parts[0], "stop" if len(parts) > 1 else "length"


def in_words(text, stops):
    words = text.split()
    found = [text.find(stop) for stop in listed(stops) if stop in words]
    return (text[: min(found)], "stop") if found else (text, "length")


def equal(text, stops):
    for stop in listed(stops):
        if text == stop:
            return "", "stop"
    return text, "length"


def letters(text, stops):
    found = [text.find(stop) for stop in stops if stop in text]
    return (text[: min(found)], "stop") if found else (text, "length")


def letters_one_by_one(text, stops):
    for stop in stops:
        if stop in text:
            return text[: text.find(stop)], "stop"
    return text, "length"


def places(text, stops):
    return sorted((text.find(stop), stop) for stop in listed(stops) if stop in text)


def stop_included(text, stops):
    found = places(text, stops)
    if not found:
        return text, "length"
    place, stop = found[0]
    return text[: place + len(stop)], "stop"


def second_half(text, stops):
    found = places(text, stops)
    return (text.split(found[0][1], 1)[1], "stop") if found else (text, "length")


def minus_one(text, stops):
    found = places(text, stops)
    if found:
        return text[: max(0, found[0][0] - 1)], "stop"
    return text, "length"


def cut_and_forgotten(text, stops):
    reason = "length"
    for stop in listed(stops):
        if stop in text:
            text.split(stop)[0]
            reason = "stop"
    return text, reason


def answer(change=lambda text: text, found="stop", missing="length"):
    """A right cut, with another text or other words afterwards."""

    def function(text, stops):
        at = places(text, stops)
        text, reason = (text[: at[0][0]], found) if at else (text, missing)
        return change(text), reason

    return function


def stripped_piece(text, stops):
    found = places(text, stops)
    return (text[: found[0][0]].strip(), "stop") if found else (text, "length")


def no_reason(text, stops):
    found = places(text, stops)
    return text[: found[0][0]] if found else text


def reason_first(text, stops):
    found = places(text, stops)
    return ("stop", text[: found[0][0]]) if found else ("length", text)


def all_pieces(text, stops):
    found = places(text, stops)
    return (text.split(found[0][1]), "stop") if found else ([text], "length")


def reason_set_first(text, stops):
    reason = None
    for stop in listed(stops):
        if stop in text:
            text, reason = text[: text.find(stop)], "stop"
    return text, reason


MISTAKEN = {
    "cut_at_stop": [
        *SLIPS["cut_at_stop"],
        ("first of the list", first_that_occurs),
        ("first of the list", split_at_first),
        ("last of the list", overwritten),
        ("latest", farthest),
        ("last place", from_the_right),
        ("last place of each", rfind_smallest),
        ("longest stop", longest_first),
        ("first stop alone", else_in_the_loop),
        ("all of them", all_must_occur),
        ("minus one", not_asked),
        ("all of them", least_is_minus_one),
        ("at the end only", ends_with),
        ("not at the start", place_as_truth),
        ("a pattern", unescaped),
        ("whole words", in_words),
        ("the whole text", equal),
        ("letters", letters),
        ("letters, first of the list", letters_one_by_one),
        ("stop kept", stop_included),
        ("what follows", second_half),
        ("one character short", minus_one),
        ("not cut", cut_and_forgotten),
        ("stripped", answer(str.strip)),
        ("stripped when cut", stripped_piece),
        ("stripped on the right", answer(str.rstrip)),
        ("reasons exchanged", answer(found="length", missing="stop")),
        ("always stop", answer(missing="stop")),
        ("always length", answer(found="length")),
        ("no reason without a stop", answer(missing=None)),
        ("no reason without a stop", reason_set_first),
        ("the stop as reason", answer(found=True, missing=False)),
        ("text alone", no_reason),
        ("reason first", reason_first),
        ("pieces", all_pieces),
    ],
}
