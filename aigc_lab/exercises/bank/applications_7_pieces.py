"""Notebook 12: a long text in pieces of whole sentences."""

from __future__ import annotations

from collections.abc import Callable

from aigc_lab.chat.applications.map_reduce import pieces as packed
from aigc_lab.exercises.bank.applications_7_pieces_flawed import (
    any_piece,
    cut_words,
    even_pieces,
    flawed,
    from_the_end,
    starts_and_ends_empty,
    starts_empty,
)
from aigc_lab.exercises.bank.applications_7_pieces_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe

Count = Callable[[str], int]


def pieces(sentences: list[str], count: Count, limit: int) -> list[str]:
    """The package's own, with a space between sentences."""
    return packed(sentences, count, limit, between=" ")


def _tokens(text: str) -> int:
    """A stand-in for a tokenizer: a word is a token or, when long, two; each text has a mark."""
    return 1 + sum(1 + (len(word) > 6) for word in text.split()) if text else 0


def _marks(text: str) -> int:
    """Another one, for which a space between sentences costs a token as well."""
    return len(text.split()) + text.count(". ")


def _say(*lengths: int) -> list[str]:
    """Sentences of so many words."""
    return [
        " ".join([f"S{place}", *["and"] * (length - 2), "on."])
        for place, length in enumerate(lengths)
    ]


def _probes() -> list[Probe]:
    town = ["It was sunny.", "Mia was in the garden.", "She had a kite.", "Then she went home."]
    return [
        probe("4 sentences of Town, 10 tokens a piece", town, _tokens, 10),
        probe("the same with a limit of 9", town, _tokens, 9),
        probe("everything fits into one piece", town, _tokens, 100),
        probe("it fits just so", _say(4, 3, 5, 4), _tokens, 8),
        probe("many short sentences", _say(2, 2, 2, 2, 2, 2, 2), _tokens, 7),
        probe("room for one sentence each", _say(2, 2, 2, 2, 2, 2, 2), _tokens, 4),
        probe("a token to spare", _say(2, 2, 2, 5), _tokens, 8),
        probe("long and short in turn", _say(7, 2, 6, 2, 8, 3, 2), _tokens, 9),
        probe("each sentence alone", _say(5, 5, 4, 5), _tokens, 6),
        probe("a space costs a token", _say(3, 3, 4, 2, 3, 5, 2), _marks, 7),
        probe("long words", ["The elephant slept.", "Nobody noticed.", "It ended."], _tokens, 9),
        probe("one sentence", _say(6), _tokens, 7),
        probe("no sentences", [], _tokens, 7),
        probe("a sentence that is too long", _say(3, 9, 2), _tokens, 8),
        probe("the last sentence is too long", _say(3, 2, 9), _tokens, 8),
    ]


def _all_there(function: Function) -> str | None:
    sentences, limit = _say(3, 4, 2, 6, 2, 3, 2), 8
    found = function(sentences, _tokens, limit)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        return None
    if " ".join(found) != " ".join(sentences):
        return "your pieces, joined by spaces, are not the text that came in"
    longest = max(map(_tokens, found))
    return f"a piece of {longest} tokens, and {limit} are allowed" if longest > limit else None


BY_FUNCTION = (
    Mistake(
        "any piece",
        symptom="short sentences jump back into earlier pieces",
        diagnosis="you put each sentence into the first piece with room; the order is lost",
        hint="Which is the only piece that a sentence may still join?",
        wrong=any_piece,
    ),
    Mistake(
        "word by word",
        symptom="a sentence is cut in two",
        diagnosis="you fill the pieces word by word",
        hint="What is moved as a whole from one piece to the next?",
        wrong=cut_words,
    ),
    Mistake(
        "even pieces",
        symptom="there are more pieces than needed",
        diagnosis="you give all pieces the same number of sentences",
        hint="Is this piece full? Ask it for each sentence anew.",
        wrong=even_pieces,
    ),
    Mistake(
        "from the end",
        symptom="the first piece is short, and the last one is full",
        diagnosis="you begin with the last sentence",
        hint="Which piece is filled first?",
        wrong=from_the_end,
    ),
    Mistake(
        "begins with nothing",
        symptom="the first piece begins with a space",
        diagnosis="you join the first sentence to an empty text, with a space between",
        hint="What is f'{piece} {sentence}' while the piece is still empty?",
        wrong=starts_empty,
    ),
    Mistake(
        "begins with nothing, and ends with it",
        symptom="the first piece begins with a space, and for no sentences there is an empty one",
        diagnosis="you join the first sentence to an empty text, with a space between, and append "
        "the last piece whatever is in it",
        hint="What is f'{piece} {sentence}' while the piece is still empty?",
        wrong=starts_and_ends_empty,
    ),
)

PIECES = Exercise(
    name="pieces",
    notebook="12_applications",
    title="In pieces",
    points=2,
    reference=pieces,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Go through the sentences one by one. There is only one piece that a sentence can still "
        "join. Which, and when is a new one opened?",
        "Keep a list of pieces. If there is one, and count(last piece + ' ' + sentence) is at most "
        "the limit, join the sentence to it; otherwise append the sentence as a new piece. Before "
        "both, refuse a sentence that is too long by itself.",
        "if found and count(f'{found[-1]} {sentence}') <= limit: found[-1] += …\n"
        "else: found.append(…)",
    ),
    mistakes=(*MISTAKES, *BY_FUNCTION),
    laws=(Law("all there", _all_there),),
)

EXERCISES = (PIECES,)
