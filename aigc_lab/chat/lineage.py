"""From the Transformer to ChatGPT and after: what came when, and what was told about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aigc_lab.core.files import data_folder, read_json

CHECKED = ("source", "report", "memory")  # how a fact was checked before it was written down
BUILT_ON, PUBLISHED_IN = "built on", "published in"


@dataclass(frozen=True)
class Event:
    """One step: `needs` names the steps it was built on, as far as its makers said.

    `weights` are "public", "never" (published) or "none" (there are none). `checked` says how we
    know: "source" (its own words were read), "report" (others' words were) or "memory".
    """

    key: str
    name: str
    date: date
    kind: str
    maker: str
    needs: tuple[str, ...]
    weights: str
    disclosed: tuple[str, ...]
    undisclosed: tuple[str, ...]
    source: str
    checked: str


@dataclass(frozen=True)
class Verdict:
    """What an article says, and what the dates and the makers' own words say to that."""

    where: str
    claim: str
    right: bool
    because: str


def lineage(path: str | Path | None = None) -> list[Event]:
    """All events, the earliest first.

    Raises: ValueError for an event that needs a later or an unknown one.
    Notebook: 11 from GPT to ChatGPT.

    >>> [event.name for event in lineage() if event.key in ("gpt-2", "chatgpt")]
    ['GPT-2', 'ChatGPT']
    """
    read = read_json(path or data_folder() / "facts" / "lineage.json")["events"]
    events = sorted((_event(entry) for entry in read), key=lambda event: event.date)
    if wrong := out_of_order(events):
        raise ValueError(
            f"an event cannot need what is unknown or came later: {wrong}; mend its date or needs"
        )
    return events


def out_of_order(events: Iterable[Event]) -> list[tuple[str, str]]:
    """The pairs (event, what it needs) in which the second is unknown or younger than the first."""
    dates = {event.key: event.date for event in events}
    return [
        (key.key, need)
        for key in events
        for need in key.needs
        if need not in dates or dates[need] > key.date
    ]


def ancestors(key: str, events: Sequence[Event]) -> list[Event]:
    """All that an event was built on, directly or not, the earliest first.

    Raises: ValueError for an unknown event.

    >>> [event.key for event in ancestors("gpt-3", lineage())]
    ['transformer', 'gpt-1', 'gpt-2']
    """
    by_key = {event.key: event for event in events}
    waiting, found = list(_known(by_key, key).needs), set()
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            waiting += _known(by_key, need).needs
    return [event for event in events if event.key in found]


def verdicts(path: str | Path | None = None) -> list[Verdict]:
    """What five popular articles say of ChatGPT's origin and year, judged by the lineage.

    Notebook: 11 from GPT to ChatGPT.

    >>> {verdict.claim: verdict.right for verdict in verdicts() if "published" in verdict.claim}
    {'ChatGPT was published in 2021': False, 'ChatGPT was published in 2022': True}
    """
    path = path or data_folder() / "facts" / "lineage.json"
    events = {event.key: event for event in lineage(path)}
    return [_verdict(claim, events) for claim in read_json(path)["claims"]]


def _verdict(claim: dict[str, str], events: dict[str, Event]) -> Verdict:
    about, value, where = _known(events, claim["about"]), claim["value"], claim["where"]
    if claim["claims"] == PUBLISHED_IN:
        said = f"{about.name} was published in {value}"
        return Verdict(where, said, str(about.date.year) == value, f"it was on {about.date}")
    base = _known(events, value)
    said = f"{about.name} was built on {base.name}"
    if value in about.needs:
        return Verdict(where, said, True, "its makers say so")
    if base.date > about.date:
        later = (base.date - about.date).days
        return Verdict(where, said, False, f"{base.name} came {later} days later")
    known = ", ".join(events[need].name for need in about.needs)
    return Verdict(where, said, False, f"its makers name {known}")


def _known(events: dict[str, Event], key: str) -> Event:
    if key not in events:
        raise ValueError(f"event {key!r} is not known; choose one of {', '.join(events)}")
    return events[key]


def _event(entry: dict) -> Event:
    lists = {name: tuple(entry[name]) for name in ("needs", "disclosed", "undisclosed")}
    return Event(**{**entry, **lists, "date": date.fromisoformat(entry["date"])})
