"""Notebook 12: why an answer ended."""

from __future__ import annotations

from typing import Any

from aigc_lab.exercises.bank.applications_2_reason_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe

END = 9  # in the probes


def finish_reason(ids: list[int], end: int, max_tokens: int | None) -> str:
    """Whether the end came before the limit."""
    return "stop" if end in ids[:max_tokens] else "length"


def flawed(
    ids: list[int],
    end: int,
    max_tokens: int | None,
    *,
    seen: str = "the first ones",
    words: tuple[Any, Any] = ("stop", "length"),
    unlimited: str = "all",
) -> Any:
    """The same with what can go wrong."""
    limit = max_tokens
    if limit is None:
        limit = len(ids)
        if unlimited != "all":
            return words[unlimited == "length"]
    taken = ids[:limit]
    whole = len(ids)
    stopped = {
        "the first ones": lambda: end in taken,
        "everything": lambda: end in ids,
        "one less": lambda: end in ids[: max(limit - 1, 0)] if max_tokens else end in ids,
        "one more": lambda: end in ids[: limit + 1],
        "the end not first": lambda: end in taken[1:],
        "last id": lambda: ids[-1] == end,
        "last id taken": lambda: bool(taken) and taken[-1] == end,
        "at the limit": lambda: limit <= whole and ids[limit - 1] == end,
        "length below": lambda: max_tokens is None or whole < limit,
        "length up to": lambda: max_tokens is None or whole <= limit,
        "length below, and an end": lambda: end in ids and (max_tokens is None or whole < limit),
        "length up to, and an end": lambda: end in ids and (max_tokens is None or whole <= limit),
        "last id, and the length": lambda: (
            ids[-1] == end and (max_tokens is None or whole <= limit)
        ),
        "always": lambda: True,
        "never": lambda: False,
        "after the limit": lambda: end in ids[limit:],
        "first of the loop": lambda: bool(taken) and taken[0] == end,
    }[seen]()
    return words[0] if stopped else words[1]


def by_index(ids: list[int], end: int, max_tokens: int | None) -> str:
    """list.index finds no end where there is none."""
    place = ids.index(end)
    return "stop" if max_tokens is None or place < max_tokens else "length"


def by_index_with_a_limit(ids: list[int], end: int, max_tokens: int | None) -> str:
    """The same, but where there is no limit nothing is looked for."""
    return "stop" if max_tokens is None or ids.index(end) < max_tokens else "length"


def compared_with_none(ids: list[int], end: int, max_tokens: int | None) -> str:
    """None is compared with a number, with >=."""
    if len(ids) >= max_tokens:  # type: ignore[operator]
        return "stop" if end in ids[:max_tokens] else "length"
    return "stop" if end in ids else "length"


def compared_with_none_above(ids: list[int], end: int, max_tokens: int | None) -> str:
    """None is compared with a number, with >."""
    if len(ids) > max_tokens:  # type: ignore[operator]
        return "stop" if end in ids[:max_tokens] else "length"
    return "stop" if end in ids else "length"


def compared_with_none_below(ids: list[int], end: int, max_tokens: int | None) -> str:
    """None is compared with a number, with <."""
    for place, token in enumerate(ids):
        if token == end and place < max_tokens:  # type: ignore[operator]
            return "stop"
    return "length"


def up_to_none(ids: list[int], end: int, max_tokens: int | None) -> str:
    """None is compared with a number, with <=, and one token too many is looked at."""
    if end in ids and ids.index(end) <= max_tokens:  # type: ignore[operator]
        return "stop"
    return "length"


def at_the_limit_by_index(ids: list[int], end: int, max_tokens: int | None) -> str:
    """The last allowed token alone is looked at, and there may be none."""
    limit = len(ids) if max_tokens is None else max_tokens
    return "stop" if ids[limit - 1] == end else "length"


def no_word_at_the_end(ids: list[int], end: int, max_tokens: int | None) -> str | None:
    """The loop ends by itself, and nothing is said."""
    for place, token in enumerate(ids):
        if place == max_tokens:
            return "length"
        if token == end:
            return "stop"
    return None


def range_of_none(ids: list[int], end: int, max_tokens: int | None) -> str:
    """range(None) is none."""
    for place in range(max_tokens):  # type: ignore[arg-type]
        if place < len(ids) and ids[place] == end:
            return "stop"
    return "length"


def over_the_end(ids: list[int], end: int, max_tokens: int | None) -> str:
    """The limit is larger than the list."""
    for place in range(len(ids) if max_tokens is None else max_tokens):
        if ids[place] == end:
            return "stop"
    return "length"


def _probes() -> list[Probe]:
    cases: dict[str, tuple[list[int], int | None]] = {
        "the end comes before the limit": ([5, 3, END, 4, 1, 2, 8, 3], 5),
        "the end comes after the limit": ([5, 3, 4, 1, END, 2], 3),
        "the end is the last token allowed": ([5, 3, 4, END, 7, 7], 4),
        "the end is one too late": ([5, 3, 4, END, 7, 7], 3),
        "there is no end": ([5, 3, 4, 2, 1], 3),
        "there is no end, and fewer tokens than the limit": ([5, 3, 4], 7),
        "no limit": ([5, 3, 4, 1, END], None),
        "no limit, and tokens behind the end": ([5, END, 4, 1], None),
        "no limit and no end": ([5, 3, 4, 1], None),
        "the first token is the end": ([END, 3, 4], 2),
        "the end and then the end again": ([5, END, 6, END], 2),
        "all of the answer fits": ([5, 3, END], 3),
        "a limit of 1": ([5, END], 1),
        "fewer tokens than the limit": ([5, 3, END], 11),
        "ends with the end, but too late": ([5, 2, END], 2),
    }
    return [probe(label, ids, END, limit) for label, (ids, limit) in cases.items()]


def _words(function: Function) -> str | None:
    given = function([1, 2, 3, 4], 4, 2), function([1, 4], 4, 2)
    if given == ("length", "stop"):
        return None
    return (
        "with 4 as the end and a limit of 2, [1, 2, 3, 4] is cut (“length”) and [1, 4] is whole "
        f"(“stop”); yours says {given[0]!r} and {given[1]!r}"
    )


NONE_IS_NO_NUMBER = (
    "How long is a list cut by [:None]? Or which question comes before the comparison?"
)
BY_ERROR = (
    *(
        Mistake(
            f"None as a limit, {name}",
            symptom="it stops with a TypeError where there is no limit",
            diagnosis=f"you {what} when max_tokens is None",
            hint=NONE_IS_NO_NUMBER,
            wrong=wrong,
        )
        for name, what, wrong in (
            ("at least", "compare a number with None, by >=", compared_with_none),
            ("above", "compare a number with None, by >", compared_with_none_above),
            ("below", "compare a number with None, by <", compared_with_none_below),
            ("range", "ask for range(max_tokens)", range_of_none),
        )
    ),
    Mistake(
        "one more, and None as a limit",
        symptom="an end just behind the limit counts, and without a limit there is a TypeError",
        diagnosis="you ask for a place up to max_tokens; places begin at 0, and None is no number",
        hint="Which places have the first three tokens? And what if there is no limit?",
        wrong=up_to_none,
    ),
    Mistake(
        "at the limit, over the end",
        symptom="only the last allowed token counts, and where there is none it stops",
        diagnosis="you look at ids[max_tokens - 1] only",
        hint="Where does a server stop reading: at the limit, or at the first `end`?",
        wrong=at_the_limit_by_index,
    ),
    Mistake(
        "no word at the end",
        symptom="nothing comes back where the ids run out",
        diagnosis="behind your loop there is no return: no end, and fewer tokens than the limit",
        hint="What does a Python function return when no return is reached?",
        wrong=no_word_at_the_end,
    ),
    Mistake(
        "an end is expected",
        symptom="it stops with a ValueError where there is no end",
        diagnosis="list.index looks for an end that is not there",
        hint="How do you ask whether something is in a list, before asking where?",
        wrong=by_index,
    ),
    Mistake(
        "an end is expected, with a limit",
        symptom="it stops with a ValueError where there is a limit and no end",
        diagnosis="list.index looks for an end that is not there; and without a limit you do not "
        "look for it at all",
        hint="How do you ask whether something is in a list, before asking where?",
        wrong=by_index_with_a_limit,
    ),
    Mistake(
        "over the end",
        symptom="it stops with an IndexError where the limit is larger than the list",
        diagnosis="you look at max_tokens places, and there are fewer tokens",
        hint="What does a slice do that reaches beyond the end of a list?",
        wrong=over_the_end,
    ),
)

REASON = Exercise(
    name="finish_reason",
    notebook="12_applications",
    title="Why did it end?",
    points=1,
    reference=finish_reason,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Which of the ids does the server ever see? Is the end among them?",
        "The server takes ids[:max_tokens] at most; [:None] is the whole list. If `end` is one of "
        "these, the reason is “stop”, otherwise “length”.",
        'return "stop" if end in … else "length"',
    ),
    mistakes=(*MISTAKES, *BY_ERROR),
    laws=(Law("words", _words),),
)

EXERCISES = (REASON,)
