"""Notebook 12: the ways not to find an object in a text, for applications_6_order."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_6_order

AROUND = "A model likes to talk. What may stand before the first { and behind the last }?"

FOUND = (
    Mistake(
        "whole text",
        symptom="words around the object are too much for it",
        diagnosis="you give the whole text to json.loads",
        hint=AROUND,
        knobs={"found": "whole"},
    ),
    Mistake(
        "from the first brace",
        symptom="words behind the object are too much for it",
        diagnosis="you cut off what stands before the object, and not what stands behind",
        hint=AROUND,
        knobs={"found": "from the first"},
    ),
    Mistake(
        "up to the last brace",
        symptom="words before the object are too much for it",
        diagnosis="you cut off what stands behind the object, and not what stands before",
        hint=AROUND,
        knobs={"found": "up to the last"},
    ),
    Mistake(
        "first closing brace",
        symptom="a } inside a value ends the object",
        diagnosis="you cut at the first }, by find, split or a pattern that takes as little as it "
        "can",
        hint="From the first { to the … }? A value may hold a brace.",
        knobs={"found": "first to first"},
    ),
    Mistake(
        "last opening brace",
        symptom="a { inside a value begins the object",
        diagnosis="you begin at the last {",
        hint="From the … { to the last }? A value may hold a brace.",
        knobs={"found": "last to last"},
    ),
    Mistake(
        "closing brace lost",
        symptom="no object is ever read",
        diagnosis="you cut just before the last }, and it belongs to the object",
        hint="In text[i:j], is character j still part of it?",
        knobs={"found": "one short"},
    ),
    Mistake(
        "opening brace lost",
        symptom="no object is ever read",
        diagnosis="you cut just behind the first {, and it belongs to the object",
        hint="In text[i:j], is character i part of it?",
        knobs={"found": "one late"},
    ),
    Mistake(
        "one line",
        symptom="an object of several lines is not found",
        diagnosis="in a pattern '.' stands for anything but a line break",
        hint="text.find('{') and text.rfind('}') know no lines. Or what does re.DOTALL do?",
        knobs={"found": "one line"},
    ),
    Mistake(
        "fence removed",
        symptom="a code fence is no trouble, but words are",
        diagnosis="you remove ```json and ```, and leave the words around the object",
        hint=AROUND,
        knobs={"found": "no fence"},
    ),
    Mistake(
        "in a fence only",
        symptom="words around an object without a fence are too much for it",
        diagnosis="you take what stands in a code fence; an object may come without one",
        hint=AROUND,
        knobs={"found": "in a fence"},
    ),
    Mistake(
        "quotes exchanged",
        symptom="an apostrophe spoils the object, or what is no JSON is let pass",
        diagnosis="you write quotation marks for all apostrophes, those in a name, too",
        hint="What becomes of O'Brien?",
        knobs={"found": "quotes"},
    ),
    Mistake(
        "spaces removed",
        symptom="spaces inside a value are lost",
        diagnosis="you remove all spaces and line breaks before reading",
        hint="JSON lets spaces stand between its parts. Which spaces are not between them?",
        knobs={"found": "no line breaks"},
    ),
)
