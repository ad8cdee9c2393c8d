"""Notebook 11: which tokens of a conversation the loss counts."""

from __future__ import annotations

from typing import Any

from aigc_lab.exercises.bank.chat_2_scored_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe

ASSISTANT, END = 50, 51  # in the probes; 48 and 49 are the marks of the system and the user


def scored_tokens(ids: list[int], assistant: int, end: int) -> list[bool]:
    """The answers and the end of each."""
    scored, answering = [], False
    for token in ids:
        scored.append(answering)
        if token == assistant:
            answering = True
        elif token == end:
            answering = False
    return scored


def flawed(
    ids: list[int],
    assistant: int,
    end: int,
    *,
    mark: bool = False,
    closing: bool = True,
    answers: str = "all",
    others: str = "none",
    content: str = "all",
    unfinished: str = "counted",
    shift: int = 0,
    told: str = "bools",
) -> Any:
    """The same with what can go wrong."""
    scored = [False] * len(ids)
    spans = _spans(ids, assistant, end)
    chosen = {"all": spans, "first": spans[:1], "last": spans[-1:]}[answers]
    for begin, stop in chosen:
        whole = stop < len(ids)
        inside = range(begin + 1, stop)
        if content == "first":
            inside = inside[:1]
        elif content == "not the first":
            inside = inside[1:]
        elif content == "none":
            inside = inside[:0]
        if whole or unfinished == "counted":
            for place in inside:
                scored[place] = True
        elif unfinished == "not the last":
            for place in inside[:-1]:
                scored[place] = True
        if closing and whole:
            scored[stop] = True
        if mark:
            scored[begin] = True
    scored = _with_others(others, scored, ids, assistant, end)
    for _ in range(abs(shift)):
        scored = [*scored[1:], False] if shift < 0 else [False, *scored[:-1]]
    return {
        "bools": lambda: scored,
        "inverted": lambda: [not each for each in scored],
        "numbers": lambda: [int(each) for each in scored],
        "labels": lambda: [each if s else -100 for each, s in zip(ids, scored, strict=True)],
        "ids": lambda: [each for each, s in zip(ids, scored, strict=True) if s],
        "without the marks": lambda: [
            s for token, s in zip(ids, scored, strict=True) if token != assistant
        ],
        "places": lambda: [place for place, s in enumerate(scored) if s],
    }[told]()


def _spans(ids: list[int], assistant: int, end: int) -> list[tuple[int, int]]:
    """Each answer's mark, and its end: its place, or the length where there is none."""
    marks = [place for place, token in enumerate(ids) if token == assistant]
    return [(at, ids.index(end, at) if end in ids[at:] else len(ids)) for at in marks]


def _with_others(
    others: str, scored: list[bool], ids: list[int], assistant: int, end: int
) -> list[bool]:
    first = ids.index(assistant)
    last = max(place for place, token in enumerate(ids) if token == assistant)
    return {
        "none": lambda: scored,
        "ends": lambda: [s or token == end for s, token in zip(scored, ids, strict=True)],
        "after the first": lambda: [place > first for place in range(len(ids))],
        "after the last": lambda: [place > last for place in range(len(ids))],
        "from the first": lambda: [place >= first for place in range(len(ids))],
        "everything": lambda: [True] * len(ids),
        "nothing": lambda: [False] * len(ids),
        "every text": lambda: [token not in (assistant, end) for token in ids],
        "no mark": lambda: [token != assistant for token in ids],
        "marks": lambda: [token == assistant for token in ids],
        "both marks": lambda: [token in (assistant, end) for token in ids],
        "ends alone": lambda: [token == end for token in ids],
    }[others]()


def unfinished_by_index(ids: list[int], assistant: int, end: int) -> list[bool]:
    """list.index finds no end in a last answer without one."""
    scored = [False] * len(ids)
    for at, token in enumerate(ids):
        if token == assistant:
            for place in range(at + 1, ids.index(end, at) + 1):
                scored[place] = True
    return scored


def first_by_index(ids: list[int], assistant: int, end: int) -> list[bool]:
    """The first answer alone, and list.index finds no end in one without."""
    begin = ids.index(assistant)
    stop = ids.index(end, begin)
    return [begin < place <= stop for place in range(len(ids))]


def unfinished_by_while(ids: list[int], assistant: int, end: int) -> list[bool]:
    """The search for the end runs over the end of the list."""
    scored = [False] * len(ids)
    for at, token in enumerate(ids):
        if token == assistant:
            place = at + 1
            while ids[place] != end:
                scored[place] = True
                place += 1
            scored[place] = True
    return scored


def _probes() -> list[Probe]:
    system = [48, 7, 8, 9, END]
    asked, said = [49, 3, 4, END], [ASSISTANT, 5, 6, 5, END]
    again, told = [49, 11, 3, 12, 13, END], [ASSISTANT, 14, 15, END]
    begin = [60]
    cases = {
        "one question and its answer": [*begin, *asked, *said],
        "a system message, too": [*begin, *system, *again, *told],
        "two answers": [*begin, *asked, *said, *again, *told],
        "two answers, then a question": [*begin, *system, *asked, *said, *again, *told, *asked],
        "a question that waits for its answer": [*begin, *asked, ASSISTANT],
        "an answer cut off by the end of the block": [*begin, *again, ASSISTANT, 14, 15, 16],
        "a whole answer and one cut off": [*begin, *asked, *said, *again, ASSISTANT, 2, 3],
        "an empty answer": [*begin, *asked, ASSISTANT, END, *asked, *told],
    }
    return [probe(label, ids, ASSISTANT, END) for label, ids in cases.items()]


def _counted(function: Function) -> str | None:
    names = ["endoftext", "user", "Hi", "end", "assistant", "Hello", "you", "end"]
    scored = function([9, 1, 5, 3, 2, 6, 7, 3], 2, 3)
    if len(scored) != len(names) or not all(isinstance(each, bool) for each in scored):
        return None
    mine = [name for name, s in zip(names, scored, strict=True) if s]
    if mine == ["Hello", "you", "end"] and not scored[3]:
        return None
    return f"of {' '.join(names)}, “Hello you end” should count; with yours “{' '.join(mine)}” does"


BY_ERROR = (
    Mistake(
        "an end is expected, by index",
        symptom="it stops with a ValueError where the last answer has no end",
        diagnosis="list.index looks for an '<|end|>' that is not there",
        hint="A block ends where it ends. How far does the answer count then?",
        wrong=unfinished_by_index,
    ),
    Mistake(
        "first answer only, and an end is expected",
        symptom="only the first answer counts, and one without an end stops with a ValueError",
        diagnosis="list.index finds the first mark and no other, and no '<|end|>' that is not "
        "there",
        hint="How many answers can there be, and can the last one be cut off?",
        wrong=first_by_index,
    ),
    Mistake(
        "an end is expected, step by step",
        symptom="it stops with an IndexError where the last answer has no end",
        diagnosis="you walk on to an '<|end|>' that is not there, and over the end of the list",
        hint="A block ends where it ends. When must your walk stop?",
        wrong=unfinished_by_while,
    ),
)

SCORED = Exercise(
    name="scored_tokens",
    notebook="11_chat",
    title="What counts",
    points=2,
    reference=scored_tokens,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Read the ids from left to right. What do you have to remember to know, at each of them, "
        "whether it belongs to an answer?",
        "Keep one bool, answering, False at first. For each id: write the bool down, and only then "
        "change it: the mark of the assistant sets it, an end clears it. Why in this order?",
        "scored, answering = [], False\n"
        "for token in ids:\n"
        "    scored.append(answering)\n"
        "    if token == assistant: answering = True\n"
        "What else can happen to it?",
    ),
    mistakes=(*MISTAKES, *BY_ERROR),
    laws=(Law("what counts", _counted),),
)

EXERCISES = (SCORED,)
