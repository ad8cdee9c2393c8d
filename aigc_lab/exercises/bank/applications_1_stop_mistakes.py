"""Notebook 12: the mistakes known of the exercise in applications_1_stop."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_1_stop

FIRST = "Which stop would the model have reached first while it was writing?"
LETTERS = 'What does `for stop in "<end>"` go through?'
WHY = "“stop” says that something was cut. What does “length” say?"
PAIR = "Two things are asked for: the text, then the reason."

MISTAKES = (
    Mistake(
        "first of the list",
        symptom="a later stop wins over an earlier one",
        diagnosis="you cut at the first stop of the list that occurs, not at the first place",
        hint=FIRST,
        knobs={"which": "first of the list"},
    ),
    Mistake(
        "last of the list",
        symptom="a later stop wins over an earlier one",
        diagnosis="you cut at the last stop of the list that occurs: each one found replaces the "
        "one before",
        hint=FIRST,
        knobs={"which": "last of the list"},
    ),
    Mistake(
        "latest",
        symptom="the text is cut at the last of the stops",
        diagnosis="you take the largest place, not the smallest",
        hint=FIRST,
        knobs={"which": "latest"},
    ),
    Mistake(
        "last place",
        symptom="where a stop occurs twice, the text is cut at the last place",
        diagnosis="you search from the right, with rfind or rsplit, and take the largest place",
        hint=FIRST,
        knobs={"which": "last place"},
    ),
    Mistake(
        "last place of each",
        symptom="where a stop occurs twice, the text is cut too late",
        diagnosis="you search from the right, with rfind or rsplit",
        hint=FIRST,
        knobs={"which": "last place of the earliest"},
    ),
    Mistake(
        "longest stop",
        symptom="a long stop wins over an earlier one",
        diagnosis="you cut at the longest stop that occurs, not at the first place",
        hint=FIRST,
        knobs={"which": "longest"},
    ),
    Mistake(
        "first stop alone",
        symptom="only the first stop of the list is ever found",
        diagnosis="you look at the first stop only: a return or break stands in the loop too early",
        hint="What happens in your loop when the first stop does not occur?",
        knobs={"which": "first stop alone"},
    ),
    Mistake(
        "all of them",
        symptom="the text is cut only where every stop occurs",
        diagnosis="you ask whether all stops occur, or take the −1 of one that does not for "
        "“nothing found”; one is enough",
        hint="all(…), or any(…)? And which is smaller, −1 or the place of a stop that is there?",
        knobs={"which": "all of them"},
    ),
    Mistake(
        "minus one",
        symptom="a stop that does not occur costs the last character",
        diagnosis="find gives −1 for a stop that does not occur, and you take it for a place",
        hint="What is text[:-1]?",
        knobs={"which": "no question"},
    ),
    Mistake(
        "at the end only",
        symptom="a stop in the middle is not seen",
        diagnosis="you only look whether the text ends with a stop",
        hint="A server that checks late finds text behind the stop. Where must it look?",
        knobs={"which": "at the end"},
    ),
    Mistake(
        "not at the start",
        symptom="a stop at the very beginning is not seen",
        diagnosis="you ask whether the place is above 0, or true; place 0 is one, too",
        hint="What does find give for a text that begins with the stop, and what for one without "
        "it?",
        knobs={"which": "not at the start"},
    ),
    Mistake(
        "a pattern",
        symptom="a full stop or a bar cuts where there is none",
        diagnosis="you use the stops as a regular expression, in which '.' and '|' mean something",
        hint="What does re.escape do?",
        knobs={"which": "a pattern"},
    ),
    Mistake(
        "whole words",
        symptom="a stop inside a word is not seen",
        diagnosis="you look for the stop among the words of the text",
        hint="A stop is a piece of text anywhere. What does `stop in text` ask?",
        knobs={"which": "a word"},
    ),
    Mistake(
        "the whole text",
        symptom="nothing is ever cut",
        diagnosis="you compare the whole text with the stop",
        hint="A stop is a piece of text anywhere. What does `stop in text` ask?",
        knobs={"which": "the whole"},
    ),
    Mistake(
        "letters",
        symptom="a single string cuts at the first of its letters",
        diagnosis="you go through a string as if it were a list, letter by letter",
        hint=LETTERS,
        knobs={"one": "letters"},
    ),
    Mistake(
        "letters, first of the list",
        symptom="a single string cuts at one of its letters, and a later stop wins over an earlier",
        diagnosis="you go through a string letter by letter, and cut at the first stop of the list",
        hint=LETTERS,
        knobs={"one": "letters", "which": "first of the list"},
    ),
    Mistake(
        "stop kept",
        symptom="the stop is part of the answer",
        diagnosis="you cut behind the stop",
        hint="Who should see the stop: the reader of the answer, or only the server?",
        knobs={"cut": "with the stop"},
    ),
    Mistake(
        "what follows",
        symptom="what the model should not have written is all that is left",
        diagnosis="you return what stands behind the stop",
        hint="Which half of the text comes first?",
        knobs={"cut": "behind"},
    ),
    Mistake(
        "one character short",
        symptom="the character before the stop is lost",
        diagnosis="you cut one character too early",
        hint="In text[:n], is character n still part of it?",
        knobs={"cut": "one short"},
    ),
    Mistake(
        "not cut",
        symptom="the reason is right, and the text is uncut",
        diagnosis="you return the text as it came",
        hint="Strings do not change. What did you do with the piece you cut?",
        knobs={"cut": "not"},
    ),
    Mistake(
        "stripped",
        symptom="spaces at the ends are lost",
        diagnosis="you strip the text",
        hint="“All other characters stay.” What if the next piece of a stream follows?",
        knobs={"stripped": "always"},
    ),
    Mistake(
        "stripped when cut",
        symptom="spaces at the ends are lost where a stop was found",
        diagnosis="you strip the text after cutting it",
        hint="“All other characters stay.” What if the next piece of a stream follows?",
        knobs={"stripped": "when cut"},
    ),
    Mistake(
        "stripped on the right",
        symptom="spaces at the end are lost",
        diagnosis="you strip the end of the text",
        hint="“All other characters stay.” What if the next piece of a stream follows?",
        knobs={"stripped": "right end"},
    ),
    Mistake(
        "reasons exchanged",
        symptom="what was cut is said to be too long",
        diagnosis="the two reasons are exchanged",
        hint=WHY,
        knobs={"missing": "stop", "found": "length"},
    ),
    Mistake(
        "always stop",
        symptom="every answer ended with a stop, or so it says",
        diagnosis="you give “stop” as the reason also where none was found",
        hint=WHY,
        knobs={"missing": "stop"},
    ),
    Mistake(
        "always length",
        symptom="every answer was too long, or so it says",
        diagnosis="you give “length” as the reason also where a stop was found",
        hint=WHY,
        knobs={"found": "length"},
    ),
    Mistake(
        "no reason without a stop",
        symptom="where nothing was cut there is no reason",
        diagnosis="you give None as the reason where no stop was found",
        hint=WHY,
        knobs={"missing": None},
    ),
    Mistake(
        "the stop as reason",
        symptom="the reason is a bool",
        diagnosis="you return True or False where “stop” or “length” is asked for",
        hint=WHY,
        knobs={"missing": False, "found": True},
    ),
    Mistake(
        "text alone",
        symptom="the reason is missing",
        diagnosis="you return the text without the reason",
        hint=PAIR,
        knobs={"told": "text"},
    ),
    Mistake(
        "reason first",
        symptom="text and reason come in the other order",
        diagnosis="you return the reason first",
        hint=PAIR,
        knobs={"told": "exchanged"},
    ),
    Mistake(
        "pieces",
        symptom="a list of pieces comes back instead of a text",
        diagnosis="you return all that split gives; only its first piece is the answer",
        hint=PAIR,
        knobs={"told": "pieces"},
    ),
)
