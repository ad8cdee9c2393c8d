"""Notebook 12: the ways to forget the wrong things, for applications_3_trim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Message = dict[str, str]
Count = Callable[[list[Message]], int]

EXERCISES = ()  # the exercise that these belong to stands in applications_3_trim


def flawed(
    messages: list[Message],
    count: Count,
    limit: int,
    *,
    dropped: str = "oldest turn",
    keeps: str = "system and newest",
    until: str = "at most",
    counted: str = "all",
    told: str = "kept",
) -> Any:
    """The same with what can go wrong."""
    first = int(messages[0]["role"] == "system" or keeps == "the first message")
    if keeps == "newest":
        first = 0
    system, rest = messages[:first], messages[first:]
    lost: list[Message] = []
    least = 0 if keeps == "system" else 1

    def tokens() -> int:
        return {
            "all": lambda: count(system + rest),
            "without the system": lambda: count(rest),
            "without the newest": lambda: count(system + rest[:-1]),
            "messages": lambda: len(system + rest),
            "characters": lambda: sum(len(each["content"]) for each in system + rest),
            "words": lambda: sum(len(each["content"].split()) for each in system + rest),
            "newest alone": lambda: count(rest[-1:]),
            "apart": lambda: count(rest) + (count(system) if system else 0),
            "one by one": lambda: sum(count([each]) for each in system + rest),
        }[counted]()

    def too_long() -> bool:
        return tokens() >= limit if until == "below" else tokens() > limit

    if until != "never":
        while len(rest) > least and too_long():
            rest, out = _dropped(dropped, rest)
            lost += out
            if until == "once":
                break
    return {
        "kept": lambda: system + rest,
        "lost": lambda: lost,
        "count": lambda: count(system + rest),
        "without the system": lambda: rest,
        "system last": lambda: rest + system,
        "both": lambda: (system + rest, lost),
        "contents": lambda: [each["content"] for each in system + rest],
    }[told]()


def _dropped(what: str, rest: list[Message]) -> tuple[list[Message], list[Message]]:
    """What stays of the messages after the system's, and what goes."""
    return {
        "oldest turn": lambda: (rest[2:], rest[:2]),
        "oldest message": lambda: (rest[1:], rest[:1]),
        "newest turn": lambda: (rest[:-3] + rest[-1:], rest[-3:-1]),
        "newest message": lambda: (rest[:-1], rest[-1:]),
        "newest question": lambda: (rest[:-2], rest[-2:]),
        "everything": lambda: (rest[-1:], rest[:-1]),
        "oldest question": lambda: _without(rest, "user"),
        "oldest answer": lambda: _without(rest, "assistant"),
        "longest turn": lambda: _without_longest(rest),
        "three": lambda: (rest[3:] or rest[-1:], rest[:3]),
        "two turns": lambda: (rest[4:] or rest[-1:], rest[:4]),
        "second turn": lambda: (
            (rest[:2] + rest[4:], rest[2:4]) if len(rest) > 3 else (rest[-1:], rest[:2])
        ),
    }[what]()


def _without(rest: list[Message], role: str) -> tuple[list[Message], list[Message]]:
    """The first message of a role goes; when there is none but the newest, the first of all."""
    at = next((i for i, each in enumerate(rest[:-1]) if each["role"] == role), 0)
    return rest[:at] + rest[at + 1 :], rest[at : at + 1]


def _without_longest(rest: list[Message]) -> tuple[list[Message], list[Message]]:
    sizes = [len(rest[i]["content"] + rest[i + 1]["content"]) for i in range(0, len(rest) - 1, 2)]
    at = 2 * sizes.index(max(sizes))
    return rest[:at] + rest[at + 2 :], rest[at : at + 2]


def with_gaps(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """A turn that is too long is passed over, and an older one kept."""
    first = int(messages[0]["role"] == "system")
    system, kept, older = messages[:first], messages[-1:], messages[first:-1]
    for at in range(len(older) - 2, -1, -2):
        if count(system + older[at : at + 2] + kept) <= limit:
            kept = older[at : at + 2] + kept
    return system + kept


def in_place(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """Messages are deleted from the caller's list."""
    first = int(messages[0]["role"] == "system")
    while len(messages) > first + 1 and count(messages) > limit:
        del messages[first : first + 2]
    return messages


def given_back_whole(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """Where nothing fits, nothing is dropped."""
    kept = flawed(messages, count, limit)
    return kept if count(kept) <= limit else list(messages)


def given_back_empty(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """Where nothing fits, nothing is kept."""
    kept = flawed(messages, count, limit)
    return kept if count(kept) <= limit else []


def one_message_counted(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """count is given a message, and not a list of them."""
    first = int(messages[0]["role"] == "system")
    system, rest = messages[:first], messages[first:]
    while len(rest) > 1 and sum(count(each) for each in system + rest) > limit:  # type: ignore
        rest = rest[2:]
    return system + rest


def runs_empty(messages: list[Message], count: Count, limit: int) -> list[Message]:
    """pop(0) until it fits, which it may never do."""
    first = int(messages[0]["role"] == "system")
    system, rest = messages[:first], messages[first:]
    while count(system + rest) > limit:
        rest.pop(0)
        rest.pop(0)
    return system + rest
