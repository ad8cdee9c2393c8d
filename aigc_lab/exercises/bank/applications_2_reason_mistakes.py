"""Notebook 12: the mistakes known of the exercise in applications_2_reason."""

from __future__ import annotations

from operator import ge, le, lt

from aigc_lab.exercises.definition import Function, Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_2_reason

SEEN = "With max_tokens = 3, which of the ids does the server take?"
LAST = "Where does a server stop reading: at the end of the list, or at the first `end`?"
BOTH = "An answer of just max_tokens tokens, the end being its last: was it cut off?"
NO_LIMIT = "If nothing limits the answer, what can still end it?"


def unguarded(compare: Function) -> Function:
    """list.index finds no end where there is none, and None is no number."""

    def function(ids: list[int], end: int, max_tokens: int | None) -> str:
        return "stop" if compare(ids.index(end), max_tokens) else "length"

    return function


def limit_first(ids: list[int], end: int, max_tokens: int | None) -> str:
    """The limit is asked for before the token that reaches it is looked at."""
    for taken, token in enumerate(ids, start=1):
        if ge(taken, max_tokens):
            return "length"
        if token == end:
            return "stop"
    return "length"


TWICE = (
    Mistake(
        "index, with no question before",
        symptom="it stops where there is no end, and where there is no limit",
        diagnosis="list.index looks for an end that is not there, and None is no number",
        hint="Which two questions come first? Or what does `end in ids[:max_tokens]` need of them?",
        wrong=unguarded(lt),
    ),
    Mistake(
        "index, one more, with no question before",
        symptom="it stops where there is no end or no limit, and an end just behind it counts",
        diagnosis="list.index looks for an end that is not there, None is no number, and the place "
        "max_tokens lies behind the limit: places begin at 0",
        hint="Which two questions come first? And which places have the first three tokens?",
        wrong=unguarded(le),
    ),
    Mistake(
        "one less, and None as a limit",
        symptom="an end at the last allowed place does not count, and without a limit it stops",
        diagnosis="you ask for the limit before you look at the token that reaches it, and compare "
        "a number with None",
        hint=BOTH,
        wrong=limit_first,
    ),
)
MISTAKES = (
    *TWICE,
    Mistake(
        "limit ignored",
        symptom="an end that the server never reached counts",
        diagnosis="you look for the end in all of the ids, also behind the limit",
        hint=SEEN,
        knobs={"seen": "everything"},
    ),
    Mistake(
        "one less",
        symptom="an end at the last allowed place does not count",
        diagnosis="you look at one token too few; the end counts as one of max_tokens",
        hint=BOTH,
        knobs={"seen": "one less"},
    ),
    Mistake(
        "one more",
        symptom="an end just behind the limit counts",
        diagnosis="you look at one token too many",
        hint=SEEN,
        knobs={"seen": "one more"},
    ),
    Mistake(
        "first token left out",
        symptom="an end that comes at once does not count",
        diagnosis="you take place 0 for no place, or begin with the second token",
        hint="What is `if 0:` in Python?",
        knobs={"seen": "the end not first"},
    ),
    Mistake(
        "last id",
        symptom="it depends on what the model would have written last",
        diagnosis="you look at the last of all ids only",
        hint=LAST,
        knobs={"seen": "last id"},
    ),
    Mistake(
        "last id taken",
        symptom="an end with tokens behind it does not count",
        diagnosis="you cut at max_tokens and look at the last token only; the server stops earlier",
        hint=LAST,
        knobs={"seen": "last id taken"},
    ),
    Mistake(
        "last id, and the length",
        symptom="an end with tokens behind it does not count",
        diagnosis="you look at the last of all ids, and whether there are no more than max_tokens",
        hint=LAST,
        knobs={"seen": "last id, and the length"},
    ),
    Mistake(
        "at the limit",
        symptom="only an end at the last allowed place counts",
        diagnosis="you look at the token at place max_tokens only",
        hint=LAST,
        knobs={"seen": "at the limit"},
    ),
    Mistake(
        "first token only",
        symptom="only an end that comes at once counts",
        diagnosis="you decide at the first token: both returns stand in the loop",
        hint="What does your loop do with a first token that is not the end?",
        knobs={"seen": "first of the loop"},
    ),
    Mistake(
        "by the length, below",
        symptom="any answer shorter than the limit is said to be whole",
        diagnosis="you compare lengths (below max_tokens means “stop”), and do not look for the "
        "end",
        hint="Can an answer be short without being finished, and long with an early end?",
        knobs={"seen": "length below"},
    ),
    Mistake(
        "by the length, up to",
        symptom="any answer no longer than the limit is said to be whole",
        diagnosis="you compare lengths (up to max_tokens means “stop”), and do not look for the "
        "end",
        hint="Can an answer be short without being finished, and long with an early end?",
        knobs={"seen": "length up to"},
    ),
    Mistake(
        "the length first, below",
        symptom="a list longer than the limit is always said to be cut",
        diagnosis="you compare lengths before you look for the end: from max_tokens on it is "
        "“length”",
        hint=BOTH,
        knobs={"seen": "length below, and an end"},
    ),
    Mistake(
        "the length first, up to",
        symptom="a list longer than the limit is always said to be cut",
        diagnosis="you compare lengths before you look for the end: above max_tokens it is "
        "“length”",
        hint="ids goes on behind the end. Does the server ever see that?",
        knobs={"seen": "length up to, and an end"},
    ),
    Mistake(
        "behind the limit",
        symptom="only an end that comes too late counts",
        diagnosis="you look at ids[max_tokens:], which the server does not take",
        hint=SEEN,
        knobs={"seen": "after the limit"},
    ),
    Mistake(
        "always stop",
        symptom="every answer is said to be whole",
        diagnosis="you always give “stop”",
        hint=SEEN,
        knobs={"seen": "always"},
    ),
    Mistake(
        "always length",
        symptom="every answer is said to be cut",
        diagnosis="you always give “length”",
        hint="Compare the ids with `end`. Can they be equal in your code?",
        knobs={"seen": "never"},
    ),
    Mistake(
        "exchanged",
        symptom="whole answers are said to be cut, and cut ones whole",
        diagnosis="the two words are exchanged",
        hint="“length” says that there was no room for more.",
        knobs={"words": ("length", "stop")},
    ),
    Mistake(
        "bools",
        symptom="True or False comes back",
        diagnosis="you return whether it stopped, and not the API's word for it",
        hint="Two words are asked for: “stop” and “length”.",
        knobs={"words": (True, False)},
    ),
    Mistake(
        "no word for length",
        symptom="nothing comes back for a cut answer",
        diagnosis="your function ends without a return where no end is found",
        hint="What does a Python function return when no return is reached?",
        knobs={"words": ("stop", None)},
    ),
    Mistake(
        "the parameter's name",
        symptom="the word for a cut answer is not the API's",
        diagnosis="you return “max_tokens”; the reason is called “length”",
        hint="Two words are asked for: “stop” and “length”.",
        knobs={"words": ("stop", "max_tokens")},
    ),
    Mistake(
        "no limit is length",
        symptom="without a limit every answer is said to be cut",
        diagnosis="you give “length” whenever max_tokens is None",
        hint=NO_LIMIT,
        knobs={"unlimited": "length"},
    ),
    Mistake(
        "no limit is stop",
        symptom="without a limit every answer is said to be whole",
        diagnosis="you give “stop” whenever max_tokens is None",
        hint=NO_LIMIT,
        knobs={"unlimited": "stop"},
    ),
)
